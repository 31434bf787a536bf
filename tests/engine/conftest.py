"""Modules from WebAssembly text, and engines to run them in."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import wasmtime

from aion.adapters.engines.wasm import compile as compiler
from aion.adapters.engines.wasm.compilers import Compilers
from aion.adapters.engines.wasm.module import WasmModule
from aion.domain.events import NewEvent
from aion.ports.engines import EngineJob

SOURCES = Path(__file__).parent.parent / "modules_under_test"
MIB = 1 << 20

ModuleMaker = Callable[..., WasmModule]


@dataclass
class Listener:
    """Collects the events of one attempt; `on_event` is called at the first."""

    events: list[NewEvent] = field(default_factory=list)
    on_event: Callable[[], None] | None = None

    def __call__(self, events):
        self.events.extend(events)
        if self.on_event is not None:
            self.on_event()

    @property
    def texts(self):
        return [event.text for event in self.events]


def job_for(module: WasmModule, text: str = "{}", *, seconds: float = 20, patience: float = 3600, **given):
    return EngineJob(
        **{
            "tenant": "tenant",
            "task_id": "task",
            "attempt": 1,
            "engine": module.engine,
            "input_json": text,
            "timeout": timedelta(seconds=seconds),
            "patience": timedelta(seconds=patience),
            "seed": b"seed",
            **given,
        }
    )


def component_text(name: str) -> str:
    """The whole component around the core module `tests/modules_under_test/components/NAME.wat`."""
    folder = SOURCES / "components"
    return (folder / "frame.wat").read_text().replace("@GUEST@", (folder / f"{name}.wat").read_text())


@pytest.fixture(scope="session")
def make_component(tmp_path_factory) -> ModuleMaker:
    """The same as `make_module`, for a component."""
    folder = tmp_path_factory.mktemp("components")

    def make(name: str, **given) -> WasmModule:
        wasm = bytes(wasmtime.wat2wasm(component_text(name)))
        return _installed(wasm, folder / f"{name}.wasm", f"component:{name}", {"component": True, **given})

    return make


@pytest.fixture(scope="module")
def compiling_here() -> Iterator[None]:
    """Compiles in this process, for tests of what runs: a child for each of fifty modules takes most of their time."""

    def run(_: Compilers, arguments: tuple[str, int, int], wasm: bytes, __: timedelta) -> tuple[int, bytes, bytes]:
        kind, metered, memory_bytes = arguments
        try:
            return 0, compiler.compiled(wasm, kind, metered=bool(metered), memory_bytes=memory_bytes), b""
        except (compiler.Refused, wasmtime.WasmtimeError) as refused:
            return 1, b"", str(refused).encode()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compilers, "run", run)
        yield


def _installed(wasm: bytes, path: Path, name: str, given) -> WasmModule:
    path.write_bytes(wasm)
    facts = {"memory_bytes": 16 * MIB, "granted": frozenset({"log"}), **given}
    label = "-".join(f"{key}={sorted(value) if key == 'granted' else value}" for key, value in given.items())
    return WasmModule(f"{name}@1.0.0{label}", path, f"sha256:{hashlib.sha256(wasm).hexdigest()}", **facts)


@pytest.fixture(scope="session")
def make_wasm(tmp_path_factory) -> ModuleMaker:
    """The same for given bytes."""
    folder = tmp_path_factory.mktemp("wasm")

    def make(wasm: bytes, name: str = "given", **given) -> WasmModule:
        wasm = bytes(wasm)
        digest = hashlib.sha256(wasm).hexdigest()
        return _installed(wasm, folder / f"{digest}.wasm", f"module:{name}-{digest[:12]}", given)

    return make


@pytest.fixture(scope="session")
def make_module(tmp_path_factory) -> ModuleMaker:
    """Assembles `tests/modules_under_test/NAME.wat`, or that of another folder; other arguments are WasmModule's."""
    folder = tmp_path_factory.mktemp("modules")

    def make(name: str, sources: Path = SOURCES, **given) -> WasmModule:
        wasm = bytes(wasmtime.wat2wasm((sources / f"{name}.wat").read_text()))
        return _installed(wasm, folder / f"{name}.wasm", f"module:{name}", given)

    return make
