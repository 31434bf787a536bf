"""OCI image layouts to read from: a folder or a tar of one. They give bytes; whether these are right is for others.

Nothing outside of the layout is ever opened: blobs are asked for by digest, and links are refused. A registry over a
network would be one more `Layout`.
"""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final, Protocol

from aion.adapters.packages.media_types import INDEX_FILE, LAYOUT_FILE, MAX_INDEX_BYTES
from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.tars import Member, members_of, open_tar

BLOBS: Final = "blobs/sha256"
DIGEST: Final = re.compile(r"sha256:([0-9a-f]{64})")


class Layout(Protocol):
    """Where the blobs of a layout come from. What cannot be read raises PackageRefused."""

    @property
    def place(self) -> str:
        """How people call it."""
        ...

    def file(self, path: str, most: int) -> bytes:
        """A file of the layout that is no blob, with at most so many bytes."""
        ...

    def blob(self, digest: str, most: int) -> bytes:
        """A blob as it lies there, with at most so many bytes, whatever its digest is in truth."""
        ...


class FolderLayout:
    """A layout in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def place(self) -> str:
        """The folder."""
        return str(self._folder)

    def file(self, path: str, most: int) -> bytes:
        """A regular file, reached over real folders only."""
        steps = PurePosixPath(path).parts
        for depth in range(1, len(steps)):
            if (self._folder / Path(*steps[:depth])).is_symlink():
                raise PackageRefused(f"{self.place}: {'/'.join(steps[:depth])} is a link; a layout holds real folders")
        try:
            descriptor = os.open(self._folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as cause:
            raise PackageRefused(f"{self.place}: {path} cannot be read as a file ({cause.strerror})") from cause
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise PackageRefused(f"{self.place}: {path} is not a regular file")
            return _bounded(stream, most, self.place, path)

    def blob(self, digest: str, most: int) -> bytes:
        """The file in blobs/sha256."""
        return self.file(_blob_path(digest), most)


class TarLayout:
    """A layout in an uncompressed tar, whose members are looked through once."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path = path
        self._stream = stream
        self._members: dict[str, Member] = {}
        for member in members_of(stream, path):
            self._take(member)

    def _take(self, member: Member) -> None:
        name = member.name.removeprefix("./")
        if name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise PackageRefused(f"{self._path}: {name[:200]} leads out of the layout; it is refused as a whole")
        if member.is_folder:
            return
        if name in self._members:
            raise PackageRefused(f"{self._path}: {name[:200]} is there twice; it is refused as a whole")
        self._members[name] = member

    @property
    def place(self) -> str:
        """The tar."""
        return str(self._path)

    def file(self, path: str, most: int) -> bytes:
        """A member of the tar."""
        member = self._members.get(path)
        if member is None:
            raise PackageRefused(f"{self.place}: {path} is not there")
        if member.size > most:
            raise _too_large(self.place, path, most)
        with _readable(self._path):
            self._stream.seek(member.offset)
            return self._stream.read(member.size)

    def blob(self, digest: str, most: int) -> bytes:
        """The member below blobs/sha256."""
        return self.file(_blob_path(digest), most)


@contextmanager
def open_layout(path: Path) -> Iterator[Layout]:
    """The layout at this path, a folder or a tar, while the block runs. Raises PackageRefused."""
    if path.is_dir():
        yield FolderLayout(path)
        return
    with ExitStack() as stack:
        with _readable(path):
            layout = TarLayout(path, stack.enter_context(open_tar(path)))
        yield layout


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turns what the operating system says of a tar into a sentence."""
    try:
        yield
    except OSError as cause:
        raise PackageRefused(f"{path} cannot be read: {cause.strerror or cause}") from cause


def is_layout(path: Path) -> bool:
    """Whether a folder says of itself that it is a layout."""
    return (path / LAYOUT_FILE).is_file()


def index_and_version(layout: Layout) -> tuple[bytes, bytes]:
    """The two files that every layout has: index.json and oci-layout."""
    return layout.file(INDEX_FILE, MAX_INDEX_BYTES), layout.file(LAYOUT_FILE, MAX_INDEX_BYTES)


def _blob_path(digest: str) -> str:
    found = DIGEST.fullmatch(digest)
    if found is None:
        raise PackageRefused(f"{digest[:100]!r} is not a digest that AION reads; only sha256 is")
    return f"{BLOBS}/{found[1]}"


def _bounded(stream: IO[bytes], most: int, place: str, path: str) -> bytes:
    content = stream.read(most + 1)
    if len(content) > most:
        raise _too_large(place, path, most)
    return content


def _too_large(place: str, path: str, most: int) -> PackageRefused:
    return PackageRefused(f"{place}: {path} is larger than {most} bytes, the most that is read of it")


if TYPE_CHECKING:
    _folder: type[Layout] = FolderLayout
    _tar: type[Layout] = TarLayout
