"""A backup as one file: a tar with a manifest first, then the parts that it names, each with size and digest.

Nothing is believed: a member is taken only if it is a plain file that the manifest names, in its order, with its very
bytes. Names of members are compared, never used as paths.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader, BytesIO
from pathlib import Path
from tempfile import mkstemp
from typing import IO, Any, Final

from aion.adapters.storage.errors import BackupRefused

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_MOST_MANIFEST: Final = 64 * 1024
_CHUNK: Final = 1 << 20
_MOST_READ: Final = 4 << 20
"""Bytes that are read at one go: more than any piece of a backup, and less than a header may announce."""

_BROKEN: Final = (tarfile.TarError, ValueError, OverflowError, RecursionError, EOFError)
"""What reading the headers of a file that somebody made up may raise."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: `schema` is the store's migration, `version` the AION that made it."""

    version: str
    schema: str
    time: datetime
    parts: Mapping[str, Part]


def part_of(file: Path) -> Part:
    """Size and digest of a file."""
    with file.open("rb") as content:
        return Part(file.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest())


def write_archive(file: Path, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Writes the archive (0600) as a new file, whole or not at all. Raises FileExistsError and OSError."""
    descriptor, place = mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    waiting = Path(place)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
                document = json.dumps(_document(manifest), indent=2).encode()
                _add(tar, MANIFEST, len(document), BytesIO(document), manifest.time)
                for name in manifest.parts:
                    with parts[name].open("rb") as content:
                        _add(tar, name, manifest.parts[name].size, content, manifest.time)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(waiting, file)  # unlike a rename, never over another
        sync_folder(file.parent)
    finally:
        waiting.unlink(missing_ok=True)


@contextmanager
def opened_archive(file: Path) -> "Iterator[Archive]":
    """An archive whose manifest has been read. Raises BackupRefused and OSError."""
    try:
        raw = file.open("rb", buffering=0)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as cause:
        why = os.strerror(cause.errno or 0).lower()
        raise BackupRefused(f"{file} cannot be read ({why}); name a file that `aion backup` wrote") from cause
    with _InPieces(raw) as stream:
        try:
            with _opened(stream) as tar:
                yield Archive(file, tar)
        except tarfile.TarError as broken:
            raise BackupRefused(f"{file} is not a whole backup of AION ({broken}); take another") from broken


def _opened(stream: IO[bytes]) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=stream, mode="r:")
    except _BROKEN as broken:
        raise tarfile.ReadError(f"a header cannot be read: {broken}") from broken


class _InPieces(BufferedReader):
    """A file that is never read into memory whole, whatever size is announced in it."""

    def read(self, size: int | None = -1, /) -> bytes:
        """As ever, but not too much."""
        if size is None or not 0 <= size <= _MOST_READ:
            raise tarfile.ReadError(f"a header announces {size} bytes")
        return super().read(size)


class Archive:
    """A backup that is being read, from its beginning to its end."""

    def __init__(self, file: Path, tar: tarfile.TarFile) -> None:
        self._file = file
        self._tar = tar
        document, size = self._next(MANIFEST)
        if size > _MOST_MANIFEST:
            raise self.refused(f"its manifest has {size} bytes")
        self.manifest = self._manifest(document.read())

    def unpack(self, folder: Path) -> dict[str, Path]:
        """Writes every part into a folder under its own name (0600), after checking each. Raises BackupRefused."""
        found: dict[str, Path] = {}
        for name, part in self.manifest.parts.items():
            content, size = self._next(name)
            if size != part.size:
                raise self.refused(f"{name} has {size} bytes, not {part.size}")
            found[name] = folder / f"{len(found)}.part"
            if _copied(content, found[name]) != part.sha256:
                raise self.refused(f"the digest of {name} is not that of its manifest")
        if (extra := self._member()) is not None:
            raise self.refused(f"it holds {extra.name[:64]!r}, which its manifest does not name")
        return found

    def refused(self, why: str) -> BackupRefused:
        """The refusal of this archive."""
        return BackupRefused(f"{self._file} is damaged or no backup of AION: {why}; take another")

    def _next(self, name: str) -> tuple[IO[bytes], int]:
        member = self._member()
        if member is None:
            raise self.refused(f"{name} is missing")
        if member.name != name or member.type != tarfile.REGTYPE or member.issparse():
            raise self.refused(f"it holds {member.name[:64]!r} where the plain file {name} is expected")
        content = self._tar.extractfile(member)
        assert content is not None, "a plain file has content"
        return content, member.size

    def _member(self) -> tarfile.TarInfo | None:
        try:
            return self._tar.next()
        except _BROKEN as broken:
            raise self.refused(f"a header cannot be read ({broken})") from broken

    def _manifest(self, text: bytes) -> Manifest:
        try:
            document = json.loads(text)
            if document["format"] != FORMAT:
                raise self.refused(f"its format is {document['format']}, this version reads {FORMAT}")
            parts = {
                _plain(name): Part(_count(part["bytes"]), str(part["sha256"]))
                for name, part in document["parts"].items()
            }
            time = datetime.fromisoformat(document["time"])
            return Manifest(str(document["aion"]), str(document["schema"]), time, parts)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as broken:
            raise self.refused(f"its manifest cannot be read ({broken})") from broken


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(name: object) -> str:
    if not isinstance(name, str) or not name or Path(name).name != name or name == MANIFEST:
        raise ValueError(f"{str(name)[:64]!r} is no name of a part")
    return name


def _count(said: object) -> int:
    if type(said) is not int or said < 0:
        raise ValueError(f"{str(said)[:64]} is no number of bytes")
    return said


def _document(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "aion": manifest.version,
        "schema": manifest.schema,
        "time": manifest.time.isoformat(),
        "parts": {name: {"bytes": part.size, "sha256": part.sha256} for name, part in manifest.parts.items()},
    }


def _add(tar: tarfile.TarFile, name: str, size: int, content: IO[bytes], time: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.timestamp())
    tar.addfile(member, content)


def _copied(content: IO[bytes], to: Path) -> str:
    digest = hashlib.sha256()
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()
