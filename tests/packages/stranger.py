"""Somebody who changes a layout between its author and who installs it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aion.adapters.packages.artifact import digest_of


class Stranger:
    """Somebody who changes a layout, and mends what refers to what was changed so far as they like."""

    def __init__(self, layout: Path) -> None:
        self.layout = layout

    @property
    def index(self) -> dict[str, Any]:
        return json.loads((self.layout / "index.json").read_bytes())

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self.path(self.index["manifests"][0]["digest"]).read_bytes())

    def path(self, digest: str) -> Path:
        return self.layout / "blobs" / "sha256" / digest.removeprefix("sha256:")

    def put(self, document: object) -> dict[str, Any]:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.path(digest_of(content)).write_bytes(content)
        return {"digest": digest_of(content), "size": len(content)}

    def edit_index(self, edit: Callable[[dict[str, Any]], object]) -> None:
        index = self.index
        edit(index)
        (self.layout / "index.json").write_text(json.dumps(index))

    def edit_manifest(self, edit: Callable[[dict[str, Any]], object]) -> None:
        """The index refers to the changed manifest rightly."""
        manifest = self.manifest
        edit(manifest)
        self.edit_index(lambda index: index["manifests"][0].update(self.put(manifest)))

    def edit_config(self, edit: Callable[[dict[str, Any]], object]) -> None:
        config = json.loads(self.path(self.manifest["config"]["digest"]).read_bytes())
        edit(config)
        self.edit_manifest(lambda manifest: manifest["config"].update(self.put(config)))

    def edit_layer(self, title: str, content: bytes) -> None:
        self.edit_manifest(lambda manifest: layer(manifest, title).update(self.put(content)))


def layer(manifest: dict[str, Any], title: str) -> dict[str, Any]:
    (found,) = [each for each in manifest["layers"] if each["annotations"]["org.opencontainers.image.title"] == title]
    return found
