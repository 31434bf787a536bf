"""Opens a store as it lies there, which nearly every start can.

Only a file that is new, or of another version, needs `schema`, and with it Alembic: much to import for one look.
"""

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy.schema import CreateIndex, CreateTable

from aion.adapters.storage.compiling import DIALECT
from aion.adapters.storage.connections import connect_file
from aion.adapters.storage.tables import metadata
from aion.adapters.storage.urls import StorageLocation

_MIGRATIONS = Path(__file__).with_name("migrations") / "versions"


def make_ready(url: str) -> None:
    """Makes an empty store ready; raises StoreNotMigrated for one that another version wrote, StoreUnreadable."""
    path = StorageLocation.from_url(url).path
    if path is None or revision_of(path) != newest_revision():
        from aion.adapters.storage import schema

        schema.ready(url)


def create(connection: sqlite3.Connection) -> None:
    """Makes all tables at once, for a store in memory that needs no history."""
    for text in definitions():
        connection.execute(text)


def definitions() -> list[str]:
    """The statements that make every table and index of this version."""
    statements = []
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=DIALECT)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements.extend(str(CreateIndex(index).compile(dialect=DIALECT)) for index in indexes)
    return statements


def newest_revision() -> str:
    """The last migration of this version: their files are named for their numbers."""
    return max(file.name[1:5] for file in _MIGRATIONS.glob("v*.py"))


def revision_of(path: Path) -> str:
    """The migration that a store is at; empty when it is at none, or when only `schema` can say what is wrong."""
    if not path.exists():
        return ""
    try:
        with contextlib.closing(connect_file(path)) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except (sqlite3.Error, OSError):
        return ""
    return str(found[0][0]) if len(found) == 1 else ""
