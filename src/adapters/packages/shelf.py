"""The shelf: modules that were installed, `NAME/VERSION@sha256-TWELVE` each with its package, below a data directory.

A module is on the shelf whole or not at all: it is unpacked in a folder beside, written through to the disk, and
renamed. A lock of the operating system keeps two commands apart; whoever reads needs none.
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
from aion.adapters.packages.artifact import artifact_of
from aion.adapters.packages.contents import read_contents
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
        """Puts a module on the shelf. `check` sees it where it was unpacked, and raises what keeps it off.

        Raises PackageRefused when the same version is there with other bytes, unless it may be replaced.
        """
        with self._locked(), self._staging() as staged:
            unpacked = candidate.unpack(staged)
            package = unpacked.contents.package
            name = f"{package.version}@{unpacked.digest.replace(':', '-')[:19]}"
            place = self._folder / package.name / name
            others = [folder for folder in self._versions(package.name, package.version) if folder != place]
            if others and not replace:
                raise PackageRefused(
                    f"{unpacked.contents.reference} is installed with other bytes in {others[0]}; raise its version, "
                    "or install it with --replace"
                )
            check(unpacked)
            if place.exists() and not others and self._is_whole(place, unpacked.digest):
                return Installed(unpacked, place, already=True)
            for other in (*others, *((place,) if place.exists() else ())):
                self._take_away(other)
            place.parent.mkdir(parents=True, exist_ok=True)
            _sync_tree(staged)
            staged.chmod(0o755)
            staged.rename(place)
            _sync(place.parent)
            return Installed(unpacked, place, replaced=others[0] if others else None)

    def remove(self, name: str, version: str) -> Sequence[Path]:
        """Takes a version, or with none named all, off the shelf; the folders that went. Raises PackageRefused."""
        with self._locked():
            found = list(self._versions(name, version))
            if not found:
                there = ", ".join(str(folder.relative_to(self._folder)) for folder in self.folders()) or "none"
                raise PackageRefused(
                    f"{name}{'@' * bool(version)}{version} is not installed here; installed are: {there}"
                )
            for folder in found:
                self._take_away(folder)
            if not any((self._folder / name).iterdir()):
                (self._folder / name).rmdir()
            return found

    def folders(self) -> Sequence[Path]:
        """The folder of every version of every module."""
        return [folder for module in self.modules() for folder in sorted(module.iterdir()) if folder.is_dir()]

    def modules(self) -> Sequence[Path]:
        """The folder of every module, which holds one for each version: what the catalogue reads."""
        if not self._folder.is_dir():
            return ()
        return [each for each in sorted(self._folder.iterdir()) if each.is_dir() and not each.name.startswith(".")]

    def _versions(self, name: str, version: str) -> Iterator[Path]:
        for folder in self.folders():
            if folder.parent.name == name and version in ("", folder.name.partition("@")[0]):
                yield folder

    def _is_whole(self, folder: Path, digest: str) -> bool:
        try:
            return artifact_of(read_contents(folder)).digest == digest
        except (PackageRefused, ConfigurationInvalid, OSError):
            return False  # it is put there anew

    def _take_away(self, folder: Path) -> None:
        # Gone at once for those who read; then thrown away.
        with self._staging() as aside:
            folder.rename(aside / "old")
            _sync(folder.parent)

    @contextmanager
    def _staging(self) -> Iterator[Path]:
        staging = self._folder / _STAGING
        staging.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=staging))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # What a command that was killed left behind; nobody else stages while this one has the lock.
            shutil.rmtree(self._folder / _STAGING, ignore_errors=True)
            yield
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
