"""One process owns a data directory: two writers on one SQLite file starve each other.

The lock is the operating system's (flock), so it ends with its process however that ends. The file's text is only for
people and for the message of the second process.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aion.adapters.storage.errors import StoreOwned

LOCK_NAME = "owner.lock"


@contextmanager
def owned_directory(directory: Path, owner: str) -> Iterator[None]:
    """Owns `directory` for as long as the block runs, making it (0700) when needed. Raises StoreOwned."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise StoreOwned(_who_owns(directory, descriptor)) from busy
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {owner}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _who_owns(directory: Path, descriptor: int) -> str:
    pid, _, owner = os.pread(descriptor, 200, 0).decode(errors="replace").strip().partition(" ")
    return (
        f"the data directory {directory} belongs to the running process {pid or 'unknown'} ({owner or 'unknown'}); "
        "stop that process, or give this one a data directory of its own with AION_DATA_DIR"
    )
