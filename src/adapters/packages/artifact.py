"""A package as an OCI artifact: the same contents give the same bytes, and so the same digest, everywhere and always.

Each file is a layer of its own, titled with its path, as registries' own tools write and read them. There is no
archive in it, and so nothing about owners, times or the order in which a disk listed its files.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from aion.adapters.packages import media_types
from aion.adapters.packages.contents import Contents, PackageFile
from aion.ports.catalog import ModuleKind

ANNOTATIONS: Final = (
    media_types.TITLE,
    media_types.VERSION,
    media_types.LICENSES,
    media_types.DESCRIPTION,
    media_types.AUTHORS,
)
"""The annotations of a manifest that tell of the package; others may add more."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A module's image manifest and every blob that it names, itself included, by digest."""

    contents: Contents
    digest: str
    size: int
    blobs: Mapping[str, bytes]

    @property
    def reference(self) -> str:
        """`NAME@VERSION`."""
        return self.contents.reference

    @property
    def wasm_digest(self) -> str:
        """The digest of the module itself, to which tasks are pinned."""
        return self.contents.package.digest

    @property
    def total_bytes(self) -> int:
        """The size of all blobs."""
        return sum(len(blob) for blob in self.blobs.values())


def artifact_of(contents: Contents) -> Artifact:
    """The artifact that holds this package."""
    blobs: dict[str, bytes] = {}

    def descriptor(media_type: str, content: bytes) -> dict[str, object]:
        digest = digest_of(content)
        blobs[digest] = content
        return {"mediaType": media_type, "digest": digest, "size": len(content)}

    def layer(file: PackageFile) -> dict[str, object]:
        return {**descriptor(file.media_type, file.content), "annotations": {media_types.TITLE: file.path}}

    # The module first: it is what most readers are after.
    ordered = sorted(contents.files, key=lambda file: (file.media_type != media_types.WASM, file.path))
    manifest = canonical(
        {
            "schemaVersion": 2,
            "mediaType": media_types.MANIFEST,
            "artifactType": media_types.MODULE,
            "config": descriptor(media_types.CONFIG, canonical(config_of(contents))),
            "layers": [layer(file) for file in ordered],
            "annotations": annotations_of(contents),
        }
    )
    digest = digest_of(manifest)
    blobs[digest] = manifest
    return Artifact(contents, digest, len(manifest), blobs)


def config_of(contents: Contents) -> dict[str, object]:
    """What the artifact says of its module, for readers that do not want to fetch a layer."""
    package = contents.package
    return {
        "abi": media_types.ABI,
        "name": package.name,
        "version": package.version,
        "kind": "component" if package.kind is ModuleKind.COMPONENT else "core",
        "intents": list(package.intents),
        "deterministic": package.deterministic,
        "host": sorted(package.host_permissions),
        "wasm": {"digest": package.digest, "size": len(contents.wasm.content)},
        "limits": {
            "concurrency": package.concurrency,
            "cpu_millicores": package.cpu_millicores,
            "fuel": package.fuel,
            "memory_bytes": package.memory_bytes,
            "timeout_ms": round(package.timeout.total_seconds() * 1000),
        },
        "requires": [],
    }


def annotations_of(contents: Contents) -> dict[str, str]:
    """What registries show of the module."""
    package = contents.package
    said = {
        media_types.TITLE: package.name,
        media_types.VERSION: package.version,
        media_types.LICENSES: package.license,
        media_types.DESCRIPTION: package.description,
        media_types.AUTHORS: ", ".join(package.authors),
    }
    return {name: text for name, text in said.items() if text}


def canonical(document: object) -> bytes:
    """A document in its one form as bytes."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def digest_of(content: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
