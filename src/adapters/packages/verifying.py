"""A module of a layout, looked at as if a stranger had made it, and put into an empty folder once all of it is right.

Every blob has the size and digest that refer to it, every file a place inside the folder, the package is checked as the
catalogue does it, and what the artifact says of its module is what the module's own manifest says. Whatever is not
known to be harmless is refused.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

import orjson

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.packages import media_types
from aion.adapters.packages.artifact import ANNOTATIONS, annotations_of, canonical, config_of
from aion.adapters.packages.contents import Contents, is_safe_path, media_type_of, read_contents, write_file
from aion.adapters.packages.index import Descriptor, ModuleEntry, checked_blob, config_blob, descriptor_of
from aion.adapters.packages.layouts import Layout
from aion.adapters.packages.refusals import PackageRefused

_KNOWN_REQUIREMENTS: Final[frozenset[str]] = frozenset()


def unpack(layout: Layout, entry: ModuleEntry, folder: Path) -> Contents:
    """Puts the module's package into this empty folder and says what it holds. Raises PackageRefused; what was written
    until then is for the caller to throw away.
    """
    manifest = entry.manifest
    _check_manifest(layout, entry, manifest)
    config = config_blob(layout, entry)
    _check_requirements(layout, entry, config)
    layers = _layers(layout, entry, manifest["layers"])
    for descriptor in layers:
        path = descriptor.annotations[media_types.TITLE]
        most = media_types.MAX_WASM_BYTES if descriptor.media_type == media_types.WASM else media_types.MAX_FILE_BYTES
        write_file(folder, path, checked_blob(layout, descriptor, most))
    try:
        contents = read_contents(folder)
    except ConfigurationInvalid as cause:
        raise PackageRefused(f"{layout.place}: {entry.digest} holds no package: {cause}") from cause
    _check_config(layout, entry, config, contents)
    _check_names(layout, entry, manifest.get("annotations") or {}, contents)
    titles = {descriptor.annotations[media_types.TITLE] for descriptor in layers}
    if stray := sorted(titles - {file.path for file in contents.files}):
        raise PackageRefused(
            f"{layout.place}: {entry.digest} has files that belong to no package: {', '.join(stray)[:200]}"
        )
    return contents


def _check_manifest(layout: Layout, entry: ModuleEntry, manifest: Mapping[str, Any]) -> None:
    name = f"{layout.place}: {entry.digest}"
    if manifest.get("schemaVersion") != 2 or manifest.get("mediaType") != media_types.MANIFEST:
        raise PackageRefused(f"{name} is not an image manifest of schemaVersion 2")
    if "subject" in manifest:
        descriptor_of(manifest["subject"], f"{name}: subject")
    layers = manifest.get("layers")
    if not isinstance(layers, list) or not 1 <= len(layers) <= media_types.MAX_FILES:
        raise PackageRefused(f"{name} has no list of 1 to {media_types.MAX_FILES} layers")
    if not isinstance(manifest.get("annotations") or {}, dict):
        raise PackageRefused(f"{name} has annotations that are no object")


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


def _layers(layout: Layout, entry: ModuleEntry, values: Sequence[object]) -> list[Descriptor]:
    found: list[Descriptor] = []
    seen: set[str] = set()
    for at, value in enumerate(values):
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
    above = {str(parent) for path in seen for parent in PurePosixPath(path).parents}
    if both := sorted(seen & above):
        raise PackageRefused(f"{layout.place}: {entry.digest} has {both[0]} as a file and as a folder of others")
    if sum(descriptor.media_type == media_types.WASM for descriptor in found) != 1:
        raise PackageRefused(f"{layout.place}: {entry.digest} has not exactly one layer of {media_types.WASM}")
    return found


def _check_config(layout: Layout, entry: ModuleEntry, config: Mapping[str, Any], contents: Contents) -> None:
    """Config and package must be of one mind, to the type: to Python 0 and False are alike, to other readers not."""
    for field, true in config_of(contents).items():
        if field == "requires":
            continue
        try:
            said = canonical(config.get(field))
        except orjson.JSONEncodeError as cause:
            raise PackageRefused(f"{layout.place}: {entry.digest} says {field} in more levels than any has") from cause
        if said != canonical(true):
            raise PackageRefused(
                f"{layout.place}: {entry.digest} says {field} {config.get(field)!r}, its package says {true!r}"
            )


def _check_names(layout: Layout, entry: ModuleEntry, annotations: Mapping[str, object], contents: Contents) -> None:
    """What registries and indexes show must be true of the package; names that claim nothing, as tags, are free."""
    name, true = f"{layout.place}: {entry.digest}", annotations_of(contents)
    for field in ANNOTATIONS:
        if (said := annotations.get(field)) is not None and said != true.get(field):
            raise PackageRefused(
                f"{name} is annotated {field} {str(said)[:100]!r}, its package says {true.get(field)!r}"
            )
    for listed in entry.names:
        if "@" in listed and listed != contents.reference:
            raise PackageRefused(f"{name} is listed as {listed[:100]!r}, its package is {contents.reference}")
