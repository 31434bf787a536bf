"""Backup and restore of the embedded store with the secret that its API keys need: one file, while a server serves.

A restored store is one whose server was killed at that moment: what was RUNNING then runs again, what had been accepted
is there. The configuration and the modules are the operator's own files and are not in it.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from aion.adapters.storage.backups.archive import Archive, Manifest, opened_archive, part_of, sync_folder, write_archive
from aion.adapters.storage.backups.snapshot import problem_of, snapshot
from aion.adapters.storage.errors import BackupRefused
from aion.adapters.storage.ownership import LOCK_NAME, owned_directory
from aion.adapters.storage.under_secret import UnderSecret, found_under_secret

STORE: Final = "store.db"


def back_up(store: Path, secret: Path, file: Path, version: str, now: datetime) -> Manifest:
    """Writes a backup of the store and of the secret file to a new file; without one if nothing in the store needs it.

    Raises BackupRefused; then there is no file.
    """
    if file.exists():
        raise BackupRefused(f"{file} exists already; name a new file, a backup never overwrites one")
    if not file.parent.is_dir():
        raise BackupRefused(f"{file.parent} is no folder; create it or name another")
    # Beside the archive and not in /tmp: it is as large as the store, and as secret.
    with _room(store, file), tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as folder:
        copy = Path(folder) / STORE
        revision = snapshot(store, copy)
        if (problem := problem_of(copy, revision)) is not None:
            raise BackupRefused(f"the copy of {store} is not whole ({problem}); nothing was written")
        files = {STORE: copy}
        if secret.exists():
            files[secret.name] = secret
        elif orphans := _need_the_secret(copy, now):
            raise BackupRefused(
                f"{secret} is gone, and without it {orphans} in the backup would be void: put it back first, from an "
                "earlier backup, or set AION_DATA_DIR to the folder where it lies; nothing was written"
            )
        manifest = Manifest(version, revision, now, {name: part_of(path) for name, path in files.items()})
        try:
            write_archive(file, manifest, files)
        except FileExistsError as taken:
            raise BackupRefused(f"{file} exists already; name a new file, a backup never overwrites one") from taken
    return manifest


def restore(file: Path, store: Path, secret: Path) -> tuple[Manifest, Sequence[str]]:
    """Puts a backup in place; what it holds, and the migrations that it still needs.

    The store comes last, so that there is none before all is there. Raises BackupRefused and StoreOwned; then nothing
    was changed.
    """
    data_dir = secret.parent
    # The file is looked at first: what is no backup leaves no data directory behind.
    with _room(file, store), opened_archive(file) as archive, owned_directory(store.parent, "aion restore"):
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_what_is_in_the_way(data_dir, store)
        missing = _migrations_after(archive)
        with tempfile.TemporaryDirectory(prefix=".restoring.", dir=store.parent) as folder:
            parts = archive.unpack(Path(folder))
            if unknown := set(parts) - {STORE, secret.name}:
                raise archive.refused(f"it holds {', '.join(sorted(unknown))}")
            if STORE not in parts:
                raise archive.refused("it holds no store")
            if (problem := problem_of(parts[STORE], archive.manifest.schema)) is not None:
                raise archive.refused(problem)
            with ExitStack() as undo:
                if secret.name in parts:
                    undo.callback(secret.unlink, missing_ok=True)
                    _put(parts[secret.name].read_bytes(), secret)
                os.link(parts[STORE], store)
                undo.pop_all()
            sync_folder(store.parent)
    return archive.manifest, missing


@contextmanager
def _room(source: Path, target: Path) -> Iterator[None]:
    """Says which file could not be written, and for what, where the disk says no."""
    try:
        yield
    except OSError as broken:
        size = source.stat().st_size if source.exists() else 0
        raise BackupRefused(
            f"{source} could not be written to {target} ({broken}); have {size} bytes of room in {target.parent}, "
            "twice that for a backup, and the right to write there; nothing was changed"
        ) from broken


def _need_the_secret(copy: Path, now: datetime) -> UnderSecret:
    with closing(sqlite3.connect(copy)) as connection:
        return found_under_secret(connection, now)


def _refuse_what_is_in_the_way(data_dir: Path, store: Path) -> None:
    taken = {path for path in data_dir.iterdir() if path.name != LOCK_NAME}
    taken |= {path for suffix in ("", "-wal", "-shm", "-journal") if (path := Path(f"{store}{suffix}")).exists()}
    if taken:
        names = ", ".join(sorted(path.name for path in taken)[:5])
        raise BackupRefused(
            f"{data_dir} is not empty ({names}); a backup is restored into an empty data directory: "
            "move that one away, or set AION_DATA_DIR to a new one"
        )


def _put(content: bytes, file: Path) -> None:
    """Written, not linked: the data directory need not lie on the store's disk."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(file.parent)


def _migrations_after(archive: Archive) -> Sequence[str]:
    from aion.adapters.storage import schema

    revision, known = archive.manifest.schema, schema.revisions()
    if revision not in known:
        raise BackupRefused(
            f"the backup is at migration {revision}, which this version does not know: it was made by AION "
            f"{archive.manifest.version}; restore it with that one or a newer one"
        )
    return known[known.index(revision) + 1 :]
