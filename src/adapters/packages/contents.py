"""What of a folder belongs to its package: the manifest and the files that it names, examples, and words for people.

Source code, build output and whatever else lies beside them stays where it is, so that the same package has the same
bytes however it was built. While a build runs the folder changes: what is packed or installed is a copy of it, read
once, and all that is said of a package is said of the copy.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from aion.adapters.catalog.documents import read_document
from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.examples import FIXTURES, fixture_files
from aion.adapters.catalog.files import is_inside, read_bytes
from aion.adapters.catalog.manifest import Manifest
from aion.adapters.catalog.packages import MANIFEST, AgentPackage, read_package
from aion.adapters.catalog.strict_models import model_of
from aion.adapters.packages.media_types import FILE_TYPES, MAX_FILE_BYTES, MAX_FILES, MAX_WASM_BYTES, WASM
from aion.adapters.packages.refusals import PackageRefused

_FOR_PEOPLE: Final = ("LICENSE", "LICENSE.md", "LICENSE.txt", "NOTICE", "README.md")
_SEGMENT: Final = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}"
_PATH: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,7}}")
# https://github.com/opencontainers/image-spec, annotations: what a reference may be made of.
_REFERENCE: Final = re.compile(r"[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of a package; `path` is relative to its folder."""

    path: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Contents:
    """A package that is whole, and its files by path; exactly one of them is the module."""

    package: AgentPackage
    files: tuple[PackageFile, ...]

    @property
    def reference(self) -> str:
        """`NAME@VERSION`."""
        return f"{self.package.name}@{self.package.version}"

    @property
    def wasm(self) -> PackageFile:
        """The module."""
        return next(file for file in self.files if file.media_type == WASM)


def read_contents(folder: Path) -> Contents:
    """The package in this folder, checked as the catalogue checks it. Raises PackageRefused when it is broken and
    ConfigurationInvalid when it cannot even be named.
    """
    package = read_package(folder)
    if package.broken:
        raise PackageRefused(f"{package.engine} is broken: {package.broken}")
    if _REFERENCE.fullmatch(f"{package.name}@{package.version}") is None:
        raise PackageRefused(
            f"{package.name}@{package.version} is no reference that OCI allows; choose a name and a version of letters "
            "and digits with single separators between them"
        )
    paths = _paths_of(folder, model_of(read_document(folder / MANIFEST), Manifest))
    if len(paths) > MAX_FILES:
        raise PackageRefused(f"{folder} has {len(paths)} files for its package, the most is {MAX_FILES}; keep fewer")
    contents = Contents(package, tuple(_file(folder, path) for path in paths))
    if f"sha256:{hashlib.sha256(contents.wasm.content).hexdigest()}" != package.digest:
        raise PackageRefused(f"{package.wasm} changed while it was read; try again when its build is done")
    return contents


def copy_contents(folder: Path, copy: Path) -> Contents:
    """Copies the package of this folder, and nothing else, into that empty one; what the copy holds. Raises as
    read_contents does.
    """
    read = read_contents(folder)
    for file in read.files:
        write_file(copy, file.path, file.content)
    copied = read_contents(copy)
    if copied.package.digest != read.package.digest or copied.reference != read.reference:
        raise PackageRefused(f"{folder} changed while it was read; try again when its build is done")
    return copied


def write_file(folder: Path, path: str, content: bytes) -> None:
    """A new file with its folders, readable by all, written through to the disk."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def is_safe_path(path: str) -> bool:
    """Whether a path of a package can be written below any folder, on any system, and stays there."""
    return _PATH.fullmatch(path) is not None


def media_type_of(path: str) -> str:
    """The media type of the layer that holds the file. Raises PackageRefused for a file of another kind."""
    found = FILE_TYPES.get(PurePosixPath(path).suffix)
    if found is None:
        raise PackageRefused(f"{path} is no kind of file that a package has; name it .json, .md, .txt, .wasm or .yaml")
    return found


def _paths_of(folder: Path, manifest: Manifest) -> list[str]:
    schemas = manifest.entrypoints.schema_files
    for schema in (schemas.input, schemas.output):
        if media_type_of(schema) == WASM:
            raise PackageRefused(f"{folder / schema} is a schema, but has the name of a module; name it .json")
    found = {
        MANIFEST,
        manifest.entrypoints.wasm or f"{manifest.metadata.name}.wasm",
        schemas.input,
        schemas.output,
        *(name for name in _FOR_PEOPLE if (folder / name).is_file()),
        *(f"{FIXTURES}/{path.name}" for path in fixture_files(folder)),
    }
    return sorted(found)


def _file(folder: Path, path: str) -> PackageFile:
    if not is_safe_path(path):
        raise PackageRefused(
            f"{folder / path} has a name that is not safe everywhere; use letters, digits, and . _ + - within a name"
        )
    if not is_inside(folder / path, folder):
        raise PackageRefused(f"{folder / path} leads out of its package; put the file itself there")
    media_type = media_type_of(path)
    try:
        content = read_bytes(folder / path, MAX_WASM_BYTES if path.endswith(".wasm") else MAX_FILE_BYTES, path)
    except ConfigurationInvalid as cause:
        raise PackageRefused(f"{folder}: {cause}") from cause
    return PackageFile(path, content, media_type)
