"""Reads AION_STORAGE_URL, and says in words what cannot be used."""

import os
from dataclasses import dataclass
from pathlib import Path

from aion.adapters.storage.errors import UnsupportedStorage

_FILE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class StorageLocation:
    """Where the embedded store lies; without a path it is in memory and ends with the process.

    The path is the file's own, with no symbolic link in it: what stands beside a store (its lock, its log) stands
    beside the file, whatever name leads to it.
    """

    path: Path | None

    @classmethod
    def from_url(cls, url: str) -> "StorageLocation":
        """Raises UnsupportedStorage, naming what would do."""
        if url == "sqlite://":
            return cls(None)
        if url.startswith(_FILE):
            path = Path(url.removeprefix(_FILE))
            if path.is_absolute():
                return cls(Path(os.path.realpath(path)))
            raise UnsupportedStorage(
                f"the storage URL {url} has a relative path; give an absolute one: sqlite:////var/lib/aion/aion.sqlite"
            )
        scheme = url.split(":", 1)[0] or "(empty)"
        raise UnsupportedStorage(
            f"storage of the kind {scheme} is not in this version; "
            "use sqlite:///ABSOLUTE_PATH, or leave AION_STORAGE_URL out"
        )
