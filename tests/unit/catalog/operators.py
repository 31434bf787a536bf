"""Packages and configuration folders made on the spot: nothing binary is committed, nothing is run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aion.adapters.catalog.file_catalog import FileCatalog
from aion.adapters.catalog.latency import RecentLatency
from aion.adapters.catalog.loading import load_catalog

EMPTY_MODULE = b"\0asm\x01\0\0\0"
"""The smallest WebAssembly module there is: a header and nothing else."""

INPUT_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 200},
        "max_sentences": {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 20},
                {"type": "string", "pattern": "^([1-9]|1[0-9]|20)$"},
            ]
        },
        "language": {"enum": ["en", "fr"]},
    },
}
OUTPUT_SCHEMA = {"type": "object", "required": ["summary"], "properties": {"summary": {"type": "string"}}}

MANIFEST = """\
apiVersion: aionos/v1
kind: AgentPackage
metadata: {{name: {name}, version: "{version}", license: Apache-2.0}}
runtime: {{type: wasm, resources: {{memory: 64Mi, fuel: 1000000}}}}
permissions: {{filesystem: read-only, network: deny, host: [log]}}
entrypoints: {{wasm: {name}.wasm, schema: {{input: input.json, output: output.json}}}}
intents: [{intent}]
policies: {{timeout_ms: 1500, retries: 1}}
"""


class Operator:
    """Someone who writes configuration and installs packages."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config"
        self.modules = folder / "modules"
        self.config.mkdir()
        self.modules.mkdir()
        self.latency = RecentLatency()

    def write(self, name: str, text: str) -> Path:
        path = self.config / name
        path.write_text(text, encoding="utf-8")
        return path

    def install(
        self,
        name: str = "summarize",
        version: str = "1.0.0",
        intent: str = "summarize",
        *,
        manifest: str | None = None,
        edit: Callable[[str], str] = lambda text: text,
        wasm: bytes | None = EMPTY_MODULE,
        input_schema: Any = INPUT_SCHEMA,
        folder: str = "",
    ) -> Path:
        package = self.modules / (folder or f"{name}-{version}")
        package.mkdir(parents=True)
        text = manifest or edit(MANIFEST.format(name=name, version=version, intent=intent))
        (package / "manifest.yaml").write_text(text, encoding="utf-8")
        if wasm is not None:
            (package / f"{name}.wasm").write_bytes(wasm)
        (package / "input.json").write_text(json.dumps(input_schema), encoding="utf-8")
        (package / "output.json").write_text(json.dumps(OUTPUT_SCHEMA), encoding="utf-8")
        return package

    def load(self) -> FileCatalog:
        return load_catalog(self.config, [self.modules], self.latency)
