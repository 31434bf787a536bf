"""What refers to what in a layout, so that nothing is dropped that somebody still needs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from aion.adapters.packages.layouts import DIGEST, Layout
from aion.adapters.packages.media_types import MAX_INDEX_BYTES
from aion.adapters.packages.refusals import PackageRefused


def referred_to(layout: Layout, entries: Sequence[object]) -> set[str]:
    """The digests of these entries, and of all that they lead to: subjects, configs and layers, at any depth.

    Raises PackageRefused when a document among them cannot be read.
    """
    found: set[str] = set()
    to_read: list[object] = list(entries)
    while to_read:
        for digest, media_type in _descriptors(to_read.pop()):
            if digest not in found:
                found.add(digest)
                if media_type.endswith("+json"):
                    to_read.append(_document(layout, digest))
    return found


def written_for(layout: Layout, entries: Sequence[Mapping[str, Any]]) -> set[str]:
    """The digests of these modules' manifests, configs and layers: what packing writes. Raises PackageRefused."""
    found: set[str] = set()
    for entry in entries:
        manifest = _document(layout, entry["digest"])
        parts = [manifest.get("config"), *manifest.get("layers", [])] if isinstance(manifest, dict) else []
        found |= {entry["digest"], *(digest for part in parts for digest, _ in _descriptors(part))}
    return found


def _document(layout: Layout, digest: str) -> object:
    content = layout.blob(digest, MAX_INDEX_BYTES)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as cause:
        raise PackageRefused(f"{layout.place}: {digest} is not JSON") from cause


def _descriptors(value: Any) -> Iterator[tuple[str, str]]:
    """Whatever looks like a descriptor in a document."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            digest, media_type = each.get("digest"), each.get("mediaType")
            if isinstance(digest, str) and DIGEST.fullmatch(digest):
                yield digest, media_type if isinstance(media_type, str) else ""
            pending.extend(each.values())
        elif isinstance(each, list):
            pending.extend(each)
