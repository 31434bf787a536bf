"""Makes a store, or opens it as it lies there, which nearly every start can.

Only a file of another version needs `schema`, and with it Alembic: much to import for one look.
"""

import contextlib
import sqlite3
from functools import cache
from pathlib import Path

from sqlalchemy.schema import CreateIndex, CreateTable

from aion.adapters.storage.compiling import DIALECT
from aion.adapters.storage.connections import connect_file
from aion.adapters.storage.startup import startup_errors
from aion.adapters.storage.tables import metadata
from aion.adapters.storage.urls import StorageLocation

_MIGRATIONS = Path(__file__).with_name("migrations") / "versions"


def make_ready(url: str) -> None:
    """Makes the tables of an empty file. Raises StoreNotMigrated for one of another version, and StoreUnreadable."""
    path = StorageLocation.from_url(url).path
    if path is not None and revision_of(path) != newest_revision() and not _made(path):
        from aion.adapters.storage import schema

        schema.refuse_other_versions(url)


def create(connection: sqlite3.Connection) -> None:
    """Makes all tables at once. `schema.check` holds that the migrations, which older stores pass through, make the
    same.
    """
    for text in definitions():
        connection.execute(text)


@cache
def definitions() -> tuple[str, ...]:
    """The statements that make every table and index of this version."""
    statements = []
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=DIALECT)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements.extend(str(CreateIndex(index).compile(dialect=DIALECT)) for index in indexes)
    return tuple(statements)


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


def _made(path: Path) -> bool:
    """Whether the file was empty, and is now a store: all of it or nothing."""
    with startup_errors(path), contextlib.closing(connect_file(path)) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
            return False
        create(connection)
        # As Alembic notes how far a store is.
        connection.execute(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        connection.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (newest_revision(),))
    return True
