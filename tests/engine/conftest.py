"""Modules from WebAssembly text, and engines to run them in."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import wasmtime

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
        tenant="tenant",
        task_id="task",
        attempt=1,
        engine=module.engine,
        input_json=text,
        timeout=timedelta(seconds=seconds),
        patience=timedelta(seconds=patience),
        **{"seed": b"seed", **given},
    )


@pytest.fixture(scope="session")
def make_module(tmp_path_factory) -> ModuleMaker:
    """Assembles `tests/modules_under_test/NAME.wat`, or that of another folder; other arguments are WasmModule's."""
    folder = tmp_path_factory.mktemp("modules")

    def make(name: str, sources: Path = SOURCES, **given) -> WasmModule:
        wasm = bytes(wasmtime.wat2wasm((sources / f"{name}.wat").read_text()))
        path = folder / f"{name}.wasm"
        path.write_bytes(wasm)
        facts = {"memory_bytes": 16 * MIB, "granted": frozenset({"log"}), **given}
        label = "-".join(f"{key}={sorted(value) if key == 'granted' else value}" for key, value in given.items())
        return WasmModule(f"module:{name}@1.0.0{label}", path, f"sha256:{hashlib.sha256(wasm).hexdigest()}", **facts)

    return make
