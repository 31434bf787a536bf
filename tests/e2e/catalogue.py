"""What the tested servers can do: the bundled modules, modules under test, and an intent with three candidates.

The modules under test become AgentPackages here, so that they come the whole way that an operator's module comes.
"""

import json
import shutil
from pathlib import Path

import wasmtime

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "tests" / "modules_under_test"

INTENTS = """\
intents:
  - name: echo
    description: Answers with its input.
    engines: [module:echo@2.0.0, module:echo@1.0.0, model:gpt-x]
  - {name: story, description: Streams a story of four pieces.}
  - {name: endless, description: Says that it runs and never ends., default_expiry: 60s}
  - {name: trapped, description: Cannot work.}
  - name: remote
    description: Only a model could do it.
    engines: [model:gpt-x]
    schema: {input: input.json, output: output.json}
"""
MODELS = "models:\n  - {name: gpt-x, provider: openai, route: api, cost_micros: 1500, p95_ms: 900}\n"
POLICIES = "defaults: {privacy: local-only}\ntenants:\n  open-minded: {privacy: allow-api}\n"

MANIFEST = """\
apiVersion: aionos/v1
kind: AgentPackage
metadata: {{name: {name}, version: "{version}", license: Apache-2.0}}
runtime: {{type: wasm, resources: {{memory: 16Mi}}}}
permissions: {{filesystem: none, network: deny, host: [log]}}
entrypoints: {{wasm: {name}.wasm, schema: {{input: input.json, output: output.json}}}}
intents: [{name}]
policies: {{timeout_ms: {timeout_ms}, retries: 0}}
"""
INPUT = {"type": "object", "properties": {"text": {"type": "string", "maxLength": 5_000_000}}}


def install_bundled(modules: Path) -> None:
    """Copies the modules that come with AION."""
    for name in ("summarize", "redact"):
        source = REPOSITORY / "modules" / name
        shutil.copytree(source, modules / name, ignore=shutil.ignore_patterns("src", "tests", "Cargo.toml", "target"))


def install(modules: Path, name: str, source: str, version: str = "1.0.0", timeout_ms: int = 30_000) -> Path:
    """Makes an AgentPackage of `tests/modules_under_test/SOURCE.wat`; its folder."""
    folder = modules / f"{name}-{version}"
    folder.mkdir()
    (folder / "manifest.yaml").write_text(MANIFEST.format(name=name, version=version, timeout_ms=timeout_ms))
    (folder / f"{name}.wasm").write_bytes(wasmtime.wat2wasm((SOURCES / f"{source}.wat").read_text()))
    write_schemas(folder)
    return folder


def write_schemas(folder: Path) -> None:
    """Schemas that take nearly every object."""
    (folder / "input.json").write_text(json.dumps(INPUT))
    (folder / "output.json").write_text(json.dumps({"type": "object"}))


def write_catalogue(folder: Path) -> tuple[Path, Path]:
    """Everything that the tests ask for: the folders for AION_CONFIG_DIR and AION_MODULES_DIR."""
    config, modules = folder / "config", folder / "modules"
    config.mkdir()
    modules.mkdir()
    for name, text in (("intents.yml", INTENTS), ("models.yml", MODELS), ("policies.yml", POLICIES)):
        (config / name).write_text(text)
    write_schemas(config)
    install_bundled(modules)
    install(modules, "echo", "says", "1.0.0")
    install(modules, "echo", "says", "2.0.0")
    install(modules, "story", "tells_a_story")
    install(modules, "endless", "speaks_then_loops", timeout_ms=60_000)
    install(modules, "trapped", "reaches_the_unreachable")
    return config, modules


def write_small_catalogue(folder: Path) -> tuple[Path, Path]:
    """Just enough for tests of the process itself: `echo` and `endless`."""
    config, modules = folder / "config", folder / "modules"
    config.mkdir()
    modules.mkdir()
    install(modules, "echo", "says")
    install(modules, "endless", "speaks_then_loops", timeout_ms=60_000)
    return config, modules
