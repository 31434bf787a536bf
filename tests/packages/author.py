"""Somebody who writes modules: packages made on the spot, with wasm that needs no toolchain."""

import json
from pathlib import Path
from typing import Any

import wasmtime

SOURCES = Path(__file__).parent.parent / "modules_under_test"
ANY_OBJECT = {"type": "object"}

MANIFEST = """\
apiVersion: aionos/v1
kind: AgentPackage
metadata: {{name: {name}, version: "{version}", license: MIT, description: It says what it was told.}}
runtime: {{type: wasm, resources: {{memory: 16Mi, fuel: 1000000000}}}}
entrypoints: {{wasm: {name}.wasm, schema: {{input: schemas/input.json, output: schemas/output.json}}}}
intents: [{name}]
policies: {{timeout_ms: 5000}}
"""


class Author:
    """Writes packages below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def package(
        self,
        name: str = "says",
        version: str = "1.0.0",
        *,
        wat: str = "says",
        place: str = "",
        output_schema: Any = ANY_OBJECT,
        **fixtures: Any,
    ) -> Path:
        """A package whose module is one of tests/modules_under_test; `says` answers with its own input."""
        folder = self.folder / (place or f"{name}-{version}")
        (folder / "schemas").mkdir(parents=True)
        (folder / "fixtures").mkdir()
        (folder / "manifest.yaml").write_text(MANIFEST.format(name=name, version=version))
        (folder / f"{name}.wasm").write_bytes(wasmtime.wat2wasm((SOURCES / f"{wat}.wat").read_text()))
        (folder / "schemas" / "input.json").write_text(json.dumps(ANY_OBJECT))
        (folder / "schemas" / "output.json").write_text(json.dumps(output_schema))
        (folder / "README.md").write_text(f"# {name}\n")
        for fixture, document in fixtures.items():
            (folder / "fixtures" / f"{fixture}.json").write_text(json.dumps(document))
        return folder
