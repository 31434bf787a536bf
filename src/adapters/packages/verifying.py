"""A module of a layout, looked at as if a stranger had made it, and put into an empty folder once all of it is right.

Every blob has the size and digest that refer to it, every file a place inside the folder, the package is checked as the
catalogue does it, and what the artifact says of its module is what the module's own manifest says. Whatever is not
known to be harmless is refused.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.packages import media_types
from aion.adapters.packages.artifact import config_of
from aion.adapters.packages.contents import Contents, PackageFile, is_safe_path, media_type_of, read_contents
from aion.adapters.packages.index import Descriptor, ModuleEntry, checked_blob, config_blob, descriptor_of
from aion.adapters.packages.layouts import Layout
from aion.adapters.packages.refusals import PackageRefused

_KNOWN_REQUIREMENTS: Final[frozenset[str]] = frozenset()


def unpack(layout: Layout, entry: ModuleEntry, folder: Path) -> Contents:
    """Puts the module's package into this empty folder and says what it holds. Raises PackageRefused; what was written
    until then is for the caller to throw away.
    """
    _check_manifest(layout, entry)
    config = config_blob(layout, entry)
    _check_requirements(layout, entry, config)
    layers = _layers(layout, entry)
    for descriptor in layers:
        path = descriptor.annotations[media_types.TITLE]
        most = media_types.MAX_WASM_BYTES if descriptor.media_type == media_types.WASM else media_types.MAX_FILE_BYTES
        write_file(folder, path, checked_blob(layout, descriptor, most))
    try:
        contents = read_contents(folder)
    except ConfigurationInvalid as cause:
        raise PackageRefused(f"{layout.place}: {entry.digest} holds no package: {cause}") from cause
    _check_agreement(layout, entry, config, contents)
    return contents


def write_contents(contents: Contents, folder: Path) -> None:
    """Puts a package that was read from elsewhere into this empty folder."""
    for file in contents.files:
        write_file(folder, file.path, file.content)


def write_file(folder: Path, path: str, content: bytes) -> None:
    """A new file with its folders, readable by all, written through to the disk."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _check_manifest(layout: Layout, entry: ModuleEntry) -> None:
    manifest, name = entry.manifest, f"{layout.place}: {entry.digest}"
    if manifest.get("schemaVersion") != 2 or manifest.get("mediaType") != media_types.MANIFEST:
        raise PackageRefused(f"{name} is not an image manifest of schemaVersion 2")
    if "subject" in manifest:
        descriptor_of(manifest["subject"], f"{name}: subject")
    layers = manifest.get("layers")
    if not isinstance(layers, list) or not 1 <= len(layers) <= media_types.MAX_FILES:
        raise PackageRefused(f"{name} has no list of 1 to {media_types.MAX_FILES} layers")


def _check_requirements(layout: Layout, entry: ModuleEntry, config: Mapping[str, Any]) -> None:
    name = f"{layout.place}: {entry.digest}"
    if config.get("abi") != media_types.ABI:
        raise PackageRefused(f"{name} speaks module ABI {config.get('abi')!r}, this AION speaks {media_types.ABI}")
    required = config.get("requires", [])
    if not isinstance(required, list) or not all(isinstance(word, str) for word in required):
        raise PackageRefused(f"{name} does not say in a list of words what it requires")
    if unknown := sorted(set(required) - _KNOWN_REQUIREMENTS):
        raise PackageRefused(
            f"{name} requires what this AION does not know: {', '.join(unknown)[:200]}; use a newer one"
        )


def _layers(layout: Layout, entry: ModuleEntry) -> list[Descriptor]:
    found: list[Descriptor] = []
    seen: set[str] = set()
    for at, value in enumerate(entry.manifest["layers"]):
        where = f"{layout.place}: layers[{at}] of {entry.digest}"
        descriptor = descriptor_of(value, where)
        path = descriptor.annotations.get(media_types.TITLE, "")
        if not is_safe_path(path):
            raise PackageRefused(f"{where} has the title {path[:100]!r}, which is no path inside of a package")
        if descriptor.media_type != media_type_of(path):
            raise PackageRefused(f"{where} is {descriptor.media_type[:100]}, but {path} is {media_type_of(path)}")
        # Folders that ignore case would let one of them replace the other.
        if path.casefold() in seen:
            raise PackageRefused(f"{where} has the title {path}, as an earlier layer has")
        seen.add(path.casefold())
        found.append(descriptor)
    if sum(descriptor.media_type == media_types.WASM for descriptor in found) != 1:
        raise PackageRefused(f"{layout.place}: {entry.digest} has not exactly one layer of {media_types.WASM}")
    return found


def _check_agreement(layout: Layout, entry: ModuleEntry, config: Mapping[str, Any], contents: Contents) -> None:
    """Config and package must be of one mind, and every file be one that a package has."""
    name = f"{layout.place}: {entry.digest}"
    for field, true in config_of(contents).items():
        if field != "requires" and config.get(field) != true:
            raise PackageRefused(f"{name} says {field} {config.get(field)!r}, its package says {true!r}")
    titles = {value["annotations"][media_types.TITLE] for value in entry.manifest["layers"]}
    if stray := sorted(titles - _paths(contents.files)):
        raise PackageRefused(f"{name} has files that belong to no package: {', '.join(stray)[:200]}")


def _paths(files: tuple[PackageFile, ...]) -> set[str]:
    return {file.path for file in files}
