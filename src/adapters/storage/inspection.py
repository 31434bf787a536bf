"""Looks at a store without owning it, for whoever asks what keeps a server from starting. Changes nothing in it."""

import contextlib
from pathlib import Path
from typing import Final

from aion.adapters.storage.connections import connect_reader
from aion.adapters.storage.errors import StoreDamaged, StoreNotMigrated
from aion.adapters.storage.opening import newest_revision, revision_of
from aion.adapters.storage.startup import startup_errors
from aion.adapters.storage.urls import StorageLocation

READ_WHOLE: Final = 1 << 30
"""Bytes of a store that is read from end to end: some seconds. `aion backup` does so whatever the size."""


def inspect(url: str, read_whole: int = READ_WHOLE) -> str:
    """What there is, in words. Raises a StoreStartupError for what a server could not start with."""
    path = StorageLocation.from_url(url).path
    if path is None or not path.exists():
        return f"{path}: none yet, a start makes it"
    with startup_errors(path), contextlib.closing(connect_reader(path)) as connection:
        whole = path.stat().st_size <= read_whole
        if whole and (said := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise _damaged(path, said)
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return f"{path}: empty, a start makes it"
    if (revision := revision_of(path)) != newest_revision():
        raise StoreNotMigrated(
            f"the store {path} is at migration {revision or 'none'}, this version at {newest_revision()}; "
            "back it up, then run `aion migrate`"
        )
    return f"{path}: {'whole' if whole else 'not read to its end, which `aion backup` does'}"


def _damaged(path: Path, said: str) -> StoreDamaged:
    return StoreDamaged(
        f"the store {path} is damaged ({said.splitlines()[-1]}): move its files away and put the last backup in their "
        "place with `aion restore`"
    )
