"""Connections of the embedded store, set up the one way that was measured to be durable and fast."""

import contextlib
import os
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

from aion.adapters.storage.errors import StoreUnreadable

BUSY_TIMEOUT = timedelta(seconds=5)
"""How long a write waits for the rare other writer (keys, migrations) before it says that the store is busy."""

_STATEMENTS_PREPARED = 512
"""All of the hot path: a statement for many rows is another one for each number of them."""


def connect_file(path: Path, busy_timeout: timedelta = BUSY_TIMEOUT) -> sqlite3.Connection:
    """A connection to a store's file, which is made (0600) when it is not there. Raises StoreUnreadable."""
    # Never open and close a file that SQLite may have open here: POSIX then drops this process's locks on it, another
    # process that closes the store takes itself for the last one, deletes the WAL, and every later commit is lost.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    _refuse_other_names(path)
    connection = _configured(_connected(path))
    connection.execute(f"PRAGMA busy_timeout = {round(busy_timeout / timedelta(milliseconds=1))}")
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    connection = connect_file(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def connect_memory() -> sqlite3.Connection:
    """A store that lives and ends with its connection."""
    return _configured(_connected(":memory:"))


def _refuse_other_names(path: Path) -> None:
    """Under each name a file has a lock and a write-ahead log of its own: two processes would destroy it."""
    about = path.stat()
    if stat.S_ISREG(about.st_mode) and (names := about.st_nlink) > 1:
        raise StoreUnreadable(
            f"the store {path} has {names} names (hard links), and whoever opens it by another one damages it: find "
            f"them with `find / -xdev -samefile {path}`, remove all but one, and copy a store with `aion backup` only"
        )


def _connected(database: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(
        database, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS_PREPARED
    )


def _configured(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    # Checkpoints are made apart from commits, see checkpoints.py.
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    return connection
