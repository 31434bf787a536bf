"""The shelf: modules that were installed, `NAME/VERSION@sha256-TWELVE` each with its package, below a data directory.

A module is on the shelf whole or not at all: it is unpacked and compiled in a folder beside, written through to the
disk, and renamed. One that replaces another comes first, with a file that says so, and the other goes then: at no
moment is there neither, and for readers never both. What a command that was killed left undone, the next one does. A
lock of the operating system keeps two commands apart while they rename; whoever reads needs none.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.superseded import REPLACES, replaced_by, standing
from aion.adapters.packages.artifact import artifact_of
from aion.adapters.packages.contents import read_contents, write_file
from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.sources import Candidate, Unpacked

_STAGING: Final = ".staging"
_LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Installed:
    """A module on the shelf. `replaced` is the folder that it took the place of; `already` that it was there before."""

    unpacked: Unpacked
    folder: Path
    replaced: Path | None = None
    already: bool = False


class Shelf:
    """The modules in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def install(self, candidate: Candidate, check: Callable[[Unpacked], None], *, replace: bool) -> Installed:
        """Puts a module on the shelf. `check` sees it where it was unpacked, and raises what keeps it off; what it sees
        is what is installed.

        Raises PackageRefused when the same version is there with other bytes, unless it may be replaced.
        """
        with self._staging() as staged:
            unpacked = candidate.unpack(staged)
            self._in_the_way(unpacked, replace=replace)  # before the work
            check(unpacked)
            with self._locked():
                others = self._in_the_way(unpacked, replace=replace)
                if same := self._same(unpacked):
                    for other in others:
                        self._take_away(other)
                    return Installed(unpacked, same, replaced=others[0] if others else None, already=not others)
                return self._put(unpacked, staged, others)

    def remove(self, name: str, version: str = "", digest: str = "") -> Sequence[Path]:
        """Takes off the shelf what is of this version and has this digest, of the artifact or of its WebAssembly; with
        neither named all. The folders that went. Raises PackageRefused.
        """
        with self._locked():
            found = [folder for folder in self._versions(name, version) if not digest or _has_digest(folder, digest)]
            if not found:
                there = ", ".join(str(folder.relative_to(self._folder)) for folder in self.folders()) or "none"
                named = "@".join(part for part in (name, version, digest) if part)
                raise PackageRefused(f"{named} is not installed here; installed are: {there}")
            for folder in found:
                self._take_away(folder)
            if not any((self._folder / name).iterdir()):
                (self._folder / name).rmdir()
            return found

    def folders(self) -> Sequence[Path]:
        """The folder of every version of every module."""
        return [
            folder
            for module in self.modules()
            for folder in standing(each for each in module.iterdir() if each.is_dir())
        ]

    def modules(self) -> Sequence[Path]:
        """The folder of every module, which holds one for each version: what the catalogue reads."""
        if not self._folder.is_dir():
            return ()
        return [each for each in sorted(self._folder.iterdir()) if each.is_dir() and not each.name.startswith(".")]

    def _versions(self, name: str, version: str) -> Iterator[Path]:
        for folder in self.folders():
            if folder.parent.name == name and version in ("", folder.name.partition("@")[0]):
                yield folder

    def _in_the_way(self, unpacked: Unpacked, *, replace: bool) -> list[Path]:
        """The same version with other bytes."""
        package = unpacked.contents.package
        there = self._versions(package.name, package.version)
        others = [folder for folder in there if _holds_another(folder, unpacked.digest)]
        if others and not replace:
            raise PackageRefused(
                f"{unpacked.contents.reference} is installed with other bytes in {others[0]}; raise its version, "
                "or install it with --replace"
            )
        return others

    def _same(self, unpacked: Unpacked) -> Path | None:
        """Where exactly this is already, undamaged."""
        package = unpacked.contents.package
        for folder in self._versions(package.name, package.version):
            if _mark(unpacked.digest) in folder.name and _artifact_digest(folder) == unpacked.digest:
                return folder
        return None

    def _put(self, unpacked: Unpacked, staged: Path, others: Sequence[Path]) -> Installed:
        package = unpacked.contents.package
        module = self._folder / package.name
        module.mkdir(parents=True, exist_ok=True)
        gone = list(self._versions(package.name, package.version))  # a damaged one of these bytes among them
        if gone:
            write_file(staged, REPLACES, "".join(f"{folder.name}\n" for folder in gone).encode())
        _sync_tree(staged)
        staged.chmod(0o755)
        place = module / f"{package.version}@{_mark(unpacked.digest)}"
        while place.exists():
            place = place.with_name(f"{place.name}-again")
        staged.rename(place)
        _sync(module)
        self._finish(place)
        return Installed(unpacked, place, replaced=others[0] if others else None)

    def _finish(self, folder: Path) -> None:
        """Takes away what this one replaces."""
        names = replaced_by(folder)
        for other in sorted(folder.parent.iterdir()):
            if other.name in names:
                self._take_away(other)
        (folder / REPLACES).unlink(missing_ok=True)

    def _take_away(self, folder: Path) -> None:
        # Gone at once for those who read; then thrown away.
        with self._staging() as aside:
            folder.rename(aside / "old")
            _sync(folder.parent)

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        """A folder that is locked while it is in use, so that nobody sweeps it away."""
        staging = self._folder / _STAGING
        staging.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder, descriptor = _locked_folder(staging)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(descriptor)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._recover()
            yield
        finally:
            os.close(descriptor)

    def _recover(self) -> None:
        """Does what a command that was killed left undone."""
        for module in self.modules():
            for folder in sorted(module.iterdir()):
                if (folder / REPLACES).exists():
                    self._finish(folder)
        staging = self._folder / _STAGING
        for folder in staging.iterdir() if staging.is_dir() else ():
            _sweep(folder)


def _mark(digest: str) -> str:
    """The beginning of a digest, as it stands in a folder's name."""
    return digest.replace(":", "-")[:19]


def _holds_another(folder: Path, digest: str) -> bool:
    """Whether it was installed as another artifact. One whose content no longer fits its own name is damaged: which it
    was is known by that name alone.
    """
    if _mark(digest) not in folder.name:
        return True
    there = _artifact_digest(folder)
    return there not in ("", digest) and _mark(there) in folder.name


def _artifact_digest(folder: Path) -> str:
    """Of what is in this folder; empty when that is no whole package."""
    try:
        return artifact_of(read_contents(folder)).digest
    except (PackageRefused, ConfigurationInvalid, OSError):
        return ""


def _has_digest(folder: Path, digest: str) -> bool:
    try:
        contents = read_contents(folder)
    except (PackageRefused, ConfigurationInvalid, OSError):
        return _mark(digest) in folder.name  # damaged: its name is all that is left
    return digest in (artifact_of(contents).digest, contents.package.digest)


def _locked_folder(staging: Path) -> tuple[Path, int]:
    """A new folder, and the descriptor that keeps it from being swept away."""
    while True:
        folder = Path(tempfile.mkdtemp(dir=staging))
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # swept away before it could be locked
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if folder.exists():
            return folder, descriptor
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Removes a folder of a command that is gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return  # its command just removed it
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # its command works on it
    finally:
        os.close(descriptor)


def _sync_tree(folder: Path) -> None:
    for each in (folder, *folder.rglob("*")):
        if each.is_dir():
            _sync(each)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
