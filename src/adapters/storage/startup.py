"""Says in words why a store's file cannot be opened, by what SQLite or the disk said."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from aion.adapters.storage.errors import StoreDamaged, StoreStartupError, StoreUnreadable
from aion.domain.errors import Unavailable

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DAMAGED_WORDS: Final = ("unsupported file format", "could not decode to utf-8")
"""What has no code of its own."""
_HELD: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_CLOSED: Final = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_AUTH}
)
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def startup_errors(store: Path | None) -> Iterator[None]:
    """Turns what keeps a store from being opened into a StoreStartupError with a remedy; a defect stays what it is."""
    try:
        yield
    except (sqlite3.Error, DBAPIError, Unavailable, UnicodeDecodeError, OSError) as broken:
        if (refusal := refusal_of(store, broken)) is None:
            raise
        raise refusal from broken


def refusal_of(store: Path | None, broken: BaseException) -> StoreStartupError | None:
    """What an operator is told of this error; nothing when it is none that an operator could mend."""
    cause = _first_cause(broken)
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # the other bits say what the words say, too
    if code in _DAMAGED or isinstance(cause, UnicodeDecodeError) or str(cause).lower().startswith(_DAMAGED_WORDS):
        return StoreDamaged(
            f"the store {store} is damaged, or no store of AION ({cause}): move its files away and put the last backup "
            "in their place with `aion restore`, or set AION_DATA_DIR or AION_STORAGE_URL to the one you mean"
        )
    if code in _HELD:
        remedy = "another process writes to it; try again, or end that process"
    elif code == sqlite3.SQLITE_FULL or getattr(cause, "errno", None) in _NO_ROOM:
        remedy = "make room on its disk"
    elif code in _CLOSED or isinstance(cause, OSError):
        remedy = "give AION_STORAGE_URL a file that this user may write"
    else:
        return None
    return StoreUnreadable(f"the store {store} cannot be opened ({cause}); {remedy}")


def _first_cause(broken: BaseException) -> BaseException:
    """What the driver said: others wrap it."""
    while not isinstance(broken, sqlite3.Error | UnicodeDecodeError | OSError) and broken.__cause__ is not None:
        broken = broken.__cause__
    return broken
