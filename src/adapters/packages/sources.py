"""What people name when a command takes a module: its folder, a layout or a tar, and which of several they mean.

FOLDER                     a package as its author works on it
LAYOUT, FILE.tar           an OCI layout, when it holds one module
LAYOUT:NAME[@VERSION]      one of several
LAYOUT@sha256:HEX          the same by the digest of its artifact, or of its WebAssembly
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from aion.adapters.catalog.packages import MANIFEST
from aion.adapters.packages.artifact import artifact_of
from aion.adapters.packages.contents import Contents, copy_contents
from aion.adapters.packages.index import ModuleEntry, config_blob, modules_in
from aion.adapters.packages.layouts import Layout, is_layout, open_layout
from aion.adapters.packages.refusals import PackageRefused
from aion.adapters.packages.verifying import unpack

_DIGEST: Final = re.compile(r"(?P<path>.+)@(?P<choice>sha256:[0-9a-f]{64})")
_NAMED: Final = re.compile(r"(?P<path>.+):(?P<choice>[a-z][a-z0-9_.-]*(?:@[0-9A-Za-z.+-]+)?)")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A module that was verified: its package, and the digest of the artifact that it is or would be."""

    contents: Contents
    digest: str


class Candidate(Protocol):
    """A module that can be put into a folder, which verifies it."""

    def unpack(self, folder: Path) -> Unpacked:
        """Puts it into this empty folder. Raises PackageRefused."""
        ...


@dataclass(frozen=True, slots=True)
class FolderCandidate:
    """A package in its author's folder."""

    folder: Path

    def unpack(self, folder: Path) -> Unpacked:
        """Copies what belongs to the package, and looks at the copy."""
        contents = copy_contents(self.folder.resolve(), folder)
        return Unpacked(contents, artifact_of(contents).digest)


@dataclass(frozen=True, slots=True)
class LayoutCandidate:
    """A module of a layout."""

    layout: Layout
    entry: ModuleEntry

    def unpack(self, folder: Path) -> Unpacked:
        """Verifies and unpacks it."""
        return Unpacked(unpack(self.layout, self.entry, folder), self.entry.digest)


@contextmanager
def candidates(source: str) -> Iterator[Sequence[Candidate]]:
    """Every module that these words name, at least one, while the block runs. Raises PackageRefused."""
    path, choice = _split(source)
    if path.is_dir() and not is_layout(path):
        if not (path / MANIFEST).exists():
            raise PackageRefused(f"{path} is neither a package ({MANIFEST}) nor an OCI layout (oci-layout, index.json)")
        if choice:
            raise PackageRefused(f"{path} is the folder of one package; leave out {choice}")
        yield (FolderCandidate(path),)
        return
    with open_layout(path) as layout:
        entries = modules_in(layout)
        chosen = [entry for entry in entries if not choice or _is_meant(layout, entry, choice)]
        if not chosen:
            there = ", ".join(_name(layout, entry) for entry in entries) or "none"
            raise PackageRefused(f"{path} holds no module {choice}; it holds: {there}".replace("module ;", "module;"))
        yield tuple(LayoutCandidate(layout, entry) for entry in chosen)


@contextmanager
def one_candidate(source: str) -> Iterator[Candidate]:
    """The one module that these words name. Raises PackageRefused when they name several."""
    with candidates(source) as found:
        if len(found) > 1:
            names = [_name(each.layout, each.entry) for each in found if isinstance(each, LayoutCandidate)]
            raise PackageRefused(
                f"{source} holds several modules: {', '.join(names)}; say which, as in {source}:{names[0]}"
            )
        yield found[0]


@contextmanager
def package_of(source: str) -> Iterator[Unpacked]:
    """The one module that these words name, verified and in a folder of its own while the block runs."""
    with one_candidate(source) as candidate, tempfile.TemporaryDirectory(prefix="aion-module-") as folder:
        yield candidate.unpack(Path(folder))


def _split(source: str) -> tuple[Path, str]:
    if Path(source).exists():
        return Path(source), ""
    for form in (_DIGEST, _NAMED):
        if (found := form.fullmatch(source)) and Path(found["path"]).exists():
            return Path(found["path"]), found["choice"]
    raise PackageRefused(f"{source} does not exist; name a package's folder, an OCI layout or a tar of one")


def _is_meant(layout: Layout, entry: ModuleEntry, choice: str) -> bool:
    config = config_blob(layout, entry)
    if choice.startswith("sha256:"):
        wasm = config.get("wasm")
        return choice in (entry.digest, wasm.get("digest") if isinstance(wasm, dict) else None)
    name, _, version = choice.partition("@")
    return config.get("name") == name and version in ("", config.get("version"))


def _name(layout: Layout, entry: ModuleEntry) -> str:
    config = config_blob(layout, entry)
    return f"{config.get('name')}@{config.get('version')}"
