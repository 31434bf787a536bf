"""What stands in a layout: the entries of its index.json, and which of them are modules.

Other artifacts are tolerated and left alone: signatures and attestations refer to a module by `subject`, and other
tools keep what they like beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson

from aion.adapters.packages import media_types
from aion.adapters.packages.artifact import digest_of
from aion.adapters.packages.layouts import DIGEST, Layout, index_and_version
from aion.adapters.packages.refusals import PackageRefused

_MOST_SIZE: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What refers to a blob."""

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str]
    artifact_type: str = ""


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A module of a layout: its image manifest, of the size and digest that the index gives, else unchecked.

    `names` are what the index calls it. The manifest is kept as bytes, which take less than what they mean.
    """

    digest: str
    content: bytes
    names: tuple[str, ...] = ()

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest, read anew each time."""
        return cast("Mapping[str, Any]", orjson.loads(self.content))


def modules_in(layout: Layout) -> Sequence[ModuleEntry]:
    """The modules of a layout in the order of its index, each once. Raises PackageRefused."""
    index, version = (_object(layout.place, content) for content in index_and_version(layout))
    if version.get("imageLayoutVersion") != media_types.LAYOUT_VERSION:
        raise PackageRefused(
            f"{layout.place}: {media_types.LAYOUT_FILE} does not say imageLayoutVersion {media_types.LAYOUT_VERSION}"
        )
    entries = index.get("manifests")
    if index.get("schemaVersion") != 2 or not isinstance(entries, list):
        raise PackageRefused(f"{layout.place}: {media_types.INDEX_FILE} is no image index with a list of manifests")
    if len(entries) > media_types.MAX_ENTRIES:
        raise PackageRefused(f"{layout.place} has {len(entries)} entries, the most is {media_types.MAX_ENTRIES}")
    found: dict[str, ModuleEntry] = {}
    for descriptor in _images(layout, entries):
        content = checked_blob(layout, descriptor, media_types.MAX_MANIFEST_BYTES)
        if _object(layout.place, content).get("artifactType") == media_types.MODULE:
            earlier = found.get(descriptor.digest)
            name = descriptor.annotations.get(media_types.REF_NAME)
            names = (*(earlier.names if earlier else ()), *((name,) if name else ()))
            found[descriptor.digest] = ModuleEntry(descriptor.digest, content, names)
        elif descriptor.artifact_type == media_types.MODULE:
            raise PackageRefused(
                f"{layout.place}: {descriptor.digest} is listed as a module, but does not say it is one"
            )
    return tuple(found.values())


def _images(layout: Layout, entries: Sequence[object]) -> Sequence[Descriptor]:
    """The entries that may be modules, which are not too much to look at."""
    described = [descriptor_of(entry, f"{layout.place}: manifests[{at}]") for at, entry in enumerate(entries)]
    images = [
        each
        for each in described
        if each.media_type == media_types.MANIFEST
        and (
            each.artifact_type == media_types.MODULE
            or (not each.artifact_type and each.size <= media_types.MAX_MANIFEST_BYTES)  # no module is larger
        )
    ]
    total = sum(each.size for each in images)
    if total > media_types.MAX_MANIFESTS_BYTES:
        raise PackageRefused(
            f"{layout.place} has manifests of {total} bytes in all, the most is {media_types.MAX_MANIFESTS_BYTES}; "
            "keep fewer modules in one layout"
        )
    return images


def descriptor_of(value: object, where: str) -> Descriptor:
    """A descriptor; raises PackageRefused, naming `where` it stands."""
    if not isinstance(value, dict):
        raise PackageRefused(f"{where} is not a descriptor")
    media_type, digest, size = value.get("mediaType"), value.get("digest"), value.get("size")
    annotations, artifact_type = value.get("annotations", {}), value.get("artifactType", "")
    if not isinstance(media_type, str) or not isinstance(artifact_type, str):
        raise PackageRefused(f"{where} has no mediaType")
    if not isinstance(digest, str) or DIGEST.fullmatch(digest) is None:
        raise PackageRefused(f"{where} has no sha256 digest; AION reads no other")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= _MOST_SIZE:
        raise PackageRefused(f"{where} has no size")
    if not isinstance(annotations, dict) or not all(isinstance(text, str) for text in annotations.values()):
        raise PackageRefused(f"{where} has annotations that are no texts")
    return Descriptor(media_type, digest, size, annotations, artifact_type)


def checked_blob(layout: Layout, descriptor: Descriptor, most: int) -> bytes:
    """The blob, which is what its descriptor says, byte for byte. Raises PackageRefused."""
    name = f"{layout.place}: {descriptor.digest}"
    if descriptor.size > most:
        raise PackageRefused(f"{name} is said to have {descriptor.size} bytes, the most is {most}")
    content = layout.blob(descriptor.digest, descriptor.size)
    if len(content) != descriptor.size:
        raise PackageRefused(f"{name} has {len(content)} bytes, not {descriptor.size}; it is cut off")
    if digest_of(content) != descriptor.digest:
        raise PackageRefused(f"{name} has other bytes than its digest says; get the module again from where it came")
    return content


def _object(place: str, content: bytes) -> Mapping[str, Any]:
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as cause:
        raise PackageRefused(f"{place}: a document of the layout is not JSON: {cause.msg}") from cause
    if not isinstance(value, dict):
        raise PackageRefused(f"{place}: a document of the layout is no JSON object")
    return cast("Mapping[str, Any]", value)


def config_blob(layout: Layout, entry: ModuleEntry) -> Mapping[str, Any]:
    """The config of a module, whose blob is what the manifest says. Raises PackageRefused."""
    descriptor = descriptor_of(entry.manifest.get("config"), f"{layout.place}: config of {entry.digest}")
    if descriptor.media_type != media_types.CONFIG:
        raise PackageRefused(
            f"{layout.place}: the config of {entry.digest} is {descriptor.media_type}, not {media_types.CONFIG}; a "
            "newer AION may read it"
        )
    return _object(layout.place, checked_blob(layout, descriptor, media_types.MAX_CONFIG_BYTES))
