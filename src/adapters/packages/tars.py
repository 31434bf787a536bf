"""The members of an uncompressed tar, found without believing any of it: a stranger wrote every number in there.

Python's own reader takes extended headers of any length into memory, follows chains of them by recursion, and lets
them change where the next member lies. A layout needs names, sizes and bytes of plain files, so this one reads ustar,
with the long names of pax and GNU in small headers, and refuses the rest by name.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from aion.adapters.packages.media_types import MAX_TAR_BYTES
from aion.adapters.packages.refusals import PackageRefused

_BLOCK: Final = 512
_MOST_HEADERS: Final = 20_000
_MOST_EXTENSION: Final = 16 << 10
_FILE: Final = (b"0", b"\0")
_FOLDER: Final = b"5"
_PAX: Final = (b"x", b"g")
_GNU_NAME: Final = b"L"
_CHECKSUM: Final = slice(148, 156)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a tar, or a folder."""

    name: str
    offset: int
    size: int
    is_folder: bool


def open_tar(path: Path) -> IO[bytes]:
    """The file, which is a regular one and not too large. Raises PackageRefused and OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    stream = os.fdopen(descriptor, "rb")
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_TAR_BYTES:
        return stream
    stream.close()
    if stat.S_ISREG(status.st_mode):
        raise PackageRefused(f"{path} is larger than {MAX_TAR_BYTES} bytes; pack fewer modules into one tar")
    raise PackageRefused(f"{path} is no regular file; write the tar to a file first")


def members_of(stream: IO[bytes], path: Path) -> Iterator[Member]:
    """The members in their order. Raises PackageRefused, and OSError when it cannot be read."""
    end = os.fstat(stream.fileno()).st_size
    at, given_name = 0, ""
    for _ in range(_MOST_HEADERS):
        header = _Header(path, at, _read(stream, path, at, _BLOCK, end))
        if header.ends_the_tar:
            return
        at += _BLOCK
        if at + header.size > end:
            raise _no_tar(path, f"the member at byte {header.at} goes on behind its end; it is cut off")
        if header.is_extension:
            given_name = header.name_given_by(_read(stream, path, at, header.size, end)) or given_name
        else:
            yield header.member(given_name, at)
            given_name = ""
        at += -(-header.size // _BLOCK) * _BLOCK
    raise PackageRefused(f"{path} has more than {_MOST_HEADERS} members; no layout of modules has so many")


class _Header:
    """One block of 512 bytes that says what follows it."""

    def __init__(self, path: Path, at: int, block: bytes) -> None:
        self.at = at
        self._path = path
        self._block = block
        self._type = block[156:157]
        self.ends_the_tar = not any(block)
        self.size = 0 if self.ends_the_tar else self._checked_size()

    @property
    def is_extension(self) -> bool:
        """Whether it says something of the member behind it."""
        return self._type in _PAX or self._type == _GNU_NAME

    def member(self, given_name: str, offset: int) -> Member:
        """The member that it describes, by the name that an extension gave it, or its own."""
        name = given_name or self._own_name()
        # Before ustar a folder was a file whose name ends so.
        is_folder = self._type == _FOLDER or (self._type in _FILE and name.endswith("/"))
        if not is_folder and self._type not in _FILE:
            raise PackageRefused(f"{self._path}: {name[:200]} is a link or a device; a layout holds files only")
        if is_folder and self.size:
            raise _no_tar(self._path, f"the folder {name[:200]} has {self.size} bytes")
        return Member(name, offset, self.size, is_folder)

    def name_given_by(self, content: bytes) -> str:
        """The name for the next member that this extension gives; empty when it says other things."""
        if self._type == _GNU_NAME:
            return _text(self._path, content)
        said = self._records(content)
        if b"size" in said or any(key.startswith(b"GNU.sparse") for key in said):
            raise _no_tar(self._path, f"the extended header at byte {self.at} changes what lies where")
        if self._type == b"g" and b"path" in said:
            raise _no_tar(self._path, f"the header at byte {self.at} gives all members one name")
        return _text(self._path, said.get(b"path", b""))

    def _records(self, content: bytes) -> Mapping[bytes, bytes]:
        """The `LENGTH KEY=VALUE` lines of a pax header."""
        said: dict[bytes, bytes] = {}
        while content:
            length, space, _ = content[:8].partition(b" ")
            most = int(length) if length.isdigit() else 0
            key, equals, value = content[len(length) + 1 : most].partition(b"=")
            if not (space and equals and key and value.endswith(b"\n") and most <= len(content)):
                raise _no_tar(self._path, f"the extended header at byte {self.at} is damaged")
            said[key] = value[:-1]
            content = content[most:]
        return said

    def _own_name(self) -> str:
        name = _text(self._path, self._block[:100])
        # Only ustar has a prefix there; GNU keeps times in the same place.
        prefix = _text(self._path, self._block[345:500]) if self._block[257:263] == b"ustar\0" else ""
        return f"{prefix}/{name}" if prefix else name

    def _checked_size(self) -> int:
        block = self._block
        blanked = block[: _CHECKSUM.start] + b" " * 8 + block[_CHECKSUM.stop :]
        if sum(blanked) != self._number(block[_CHECKSUM], "checksum"):
            raise _no_tar(self._path, f"the header at byte {self.at} is damaged")
        size = self._number(block[124:136], "size")
        if self.is_extension and size > _MOST_EXTENSION:
            raise _no_tar(self._path, f"the extended header at byte {self.at} is larger than {_MOST_EXTENSION} bytes")
        return size

    def _number(self, field: bytes, what: str) -> int:
        digits = field.strip(b" \0")
        if not digits or not set(digits) <= set(b"01234567"):
            raise _no_tar(self._path, f"the header at byte {self.at} has no {what} in octal digits")
        return int(digits, 8)


def _read(stream: IO[bytes], path: Path, at: int, size: int, end: int) -> bytes:
    if at + size > end:
        raise _no_tar(path, "it has no end mark; it is cut off" if at else "it is empty or too short")
    stream.seek(at)
    content = stream.read(size)
    if len(content) != size:
        raise _no_tar(path, "it became shorter while it was read")
    return content


def _text(path: Path, content: bytes) -> str:
    try:
        return content.partition(b"\0")[0].decode("utf-8")
    except UnicodeDecodeError as cause:
        raise _no_tar(path, "a name in it is not UTF-8") from cause


def _no_tar(path: Path, why: str) -> PackageRefused:
    return PackageRefused(f"{path} is not a tar that can be read: {why}; write a plain one without compression")
