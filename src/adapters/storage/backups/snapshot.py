"""Copies a store while its server writes to it, from another process.

One read transaction lasts for the whole copy: it sees one moment, and the copy never begins again because of a commit.
In write-ahead mode a reader stops no writer; between its steps the copy rests for as long as a step took, so that the
server has its half of the disk. Meanwhile the write-ahead log grows by what is written, since it cannot be copied back.
"""

import errno
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aion.adapters.storage.connections import connect_reader
from aion.adapters.storage.errors import BackupRefused

PAGES_A_STEP: Final = 256
"""A mebibyte: a few milliseconds."""

_STRANGE: Final = (
    "SELECT CASE WHEN type = 'table' THEN 'virtual table' ELSE type END, name FROM sqlite_master"
    " WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
)
"""What would run inside of the store when it is read or written. AION makes tables and indexes only."""

Rest = Callable[[float], None]


def snapshot(store: Path, into: Path, rest: Rest = time.sleep) -> str:
    """Copies `store` to the new file `into`, whole and checked; its migration. Raises BackupRefused and OSError."""
    if not store.is_file():
        raise BackupRefused(f"there is no store {store}; set AION_DATA_DIR or AION_STORAGE_URL to the one you mean")
    try:
        source = connect_reader(store)
        try:
            source.execute("BEGIN")
            revision = _revision(source)
            _copy(source, into, rest)
            return revision
        finally:
            source.close()
    except sqlite3.Error as broken:
        if broken.sqlite_errorcode in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE):
            raise OSError(errno.ENOSPC, str(broken), str(into)) from broken
        raise BackupRefused(f"the store {store} cannot be copied: {broken}") from broken


def problem_of(store: Path, revision: str) -> str | None:
    """Why this file is not a store of that migration, or None when it is one and whole."""
    connection = sqlite3.connect(store)
    try:
        if (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            return f"SQLite finds it damaged: {said}"
        if strange := connection.execute(_STRANGE).fetchone():
            return f"it holds the {strange[0]} {str(strange[1])[:64]!r}, which no AION makes"
        found = _revision(connection)
    except (sqlite3.Error, BackupRefused) as broken:
        return str(broken)
    finally:
        connection.close()
    return None if found == revision else f"it is at migration {found}, not {revision}"


def _copy(source: sqlite3.Connection, into: Path, rest: Rest) -> None:
    target = sqlite3.connect(into, isolation_level=None)
    began = time.monotonic()

    def stepped(_status: int, remaining: int, _total: int) -> None:
        nonlocal began
        if remaining:
            rest(time.monotonic() - began)
        began = time.monotonic()

    try:
        target.execute("PRAGMA synchronous = OFF")  # whoever keeps the copy makes it durable
        source.backup(target, pages=PAGES_A_STEP, progress=stepped)
        # The copy says of itself that it has a write-ahead log, which would be a second file.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        target.close()


def _revision(connection: sqlite3.Connection) -> str:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as missing:
        raise BackupRefused(f"it is no store of AION ({missing})") from missing
    if row is None:
        raise BackupRefused("it is no store of AION (it is at no migration)")
    return str(row[0])
