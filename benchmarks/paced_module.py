"""A module that writes tokens at a pace, made for the run: the source of the streams that are measured."""

import json
from pathlib import Path

import wasmtime

INTENT = "paced"
_SOURCE = Path(__file__).with_name("paced_tokens.wat")
_MANIFEST = """\
apiVersion: aionos/v1
kind: AgentPackage
metadata: {name: paced, version: "1.0.0", license: Apache-2.0}
runtime: {type: wasm, resources: {memory: 1Mi}}
permissions: {filesystem: none, network: deny, host: [clock]}
entrypoints: {wasm: paced.wasm, schema: {input: any.json, output: any.json}}
intents: [paced]
policies: {timeout_ms: 60000, retries: 0}
"""


def write_module(folder: Path, tokens: int, every_ns: int, first_ns: int = 0) -> Path:
    """A folder of modules with this one in it, which says so many tokens, one every so many nanoseconds, after a first
    wait.
    """
    package = folder / "modules" / "paced"
    package.mkdir(parents=True)
    text = _SOURCE.read_text()
    for name, number in {"TOKENS": tokens, "INTERVAL": every_ns, "FIRST": first_ns}.items():
        text = text.replace(f"@{name}@", str(number))
    (package / "paced.wasm").write_bytes(wasmtime.wat2wasm(text))
    (package / "manifest.yaml").write_text(_MANIFEST)
    (package / "any.json").write_text(json.dumps({"type": "object"}))
    return package.parent
