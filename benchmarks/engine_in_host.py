"""What one call costs inside a host process, without its socket: the same lane code, in this process.

`python -m benchmarks.engine` prints it below its own table. Medians of several runs, since a shared machine is noisy.
"""

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from ctypes import addressof, byref, c_void_p
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import wasmtime
from wasmtime import _bindings as capi

from aion.adapters.engines.wasm.children import command
from aion.adapters.engines.wasm.frames import RunOrder
from aion.adapters.engines.wasm.host import native
from aion.adapters.engines.wasm.host.attempt import Attempt
from aion.adapters.engines.wasm.host.components import Components
from aion.adapters.engines.wasm.host.core_modules import CoreRunner
from aion.adapters.engines.wasm.host.engines import Engines
from aion.adapters.engines.wasm.host.guest import GuestRunner
from aion.adapters.engines.wasm.host.loaded import LoadedComponent, LoadedModule
from aion.adapters.engines.wasm.host.output import Output
from aion.adapters.engines.wasm.module import WasmModule
from aion.domain.attempts import AttemptOutcome

LANES = 64
RUNS = 7
CALLS = 400


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the table: the median of the runs' medians, and the fastest run."""

    what: str
    median_us: float
    best_us: float


class OneLane:
    """A lane with its modules loaded, as a host has it."""

    def __init__(self) -> None:
        self.engines = Engines(LANES)
        self.components = Components(self.engines.for_components)
        self.modules: dict[int, LoadedModule | LoadedComponent] = {}
        self.runner = GuestRunner(self.engines, self.components, self.modules)

    def load(self, module: WasmModule) -> int:
        """Compiles and loads a module; its slot."""
        arguments = command("compile", os.getpid(), module.kind, int(module.metered), module.memory_bytes)
        code = subprocess.run(arguments, input=module.path.read_bytes(), capture_output=True, check=True).stdout
        slot = len(self.modules)
        if module.component:
            self.modules[slot] = self.components.load(code, metered=module.metered)
        else:
            engine = self.engines.for_modules(module.metered)
            self.modules[slot] = LoadedModule(wasmtime.Module.deserialize(engine, code), module.metered)
        return slot

    def call(self, slot: int, module: WasmModule, given: bytes) -> None:
        """One whole call: everything that a lane does between a frame and the next."""
        deadline = time.monotonic_ns() + 30 * 10**9
        order = RunOrder(slot, deadline, module.memory_bytes, module.fuel, module.granted, b"seed", given)
        output = Output(lambda _: None, logs_granted=True)
        attempt = Attempt(1, order, output)
        result = self.runner.run(attempt)
        output.rest()
        if result.outcome is not AttemptOutcome.OK:
            raise RuntimeError(f"{module.engine} ended {result}")


def instantiate_only(lane: OneLane, slot: int) -> Callable[[], None]:
    """Makes a store and an instance of a core module, and throws both away."""
    loaded = lane.modules[slot]
    if not isinstance(loaded, LoadedModule):
        raise TypeError("a core module is needed")
    linked = CoreRunner(lane.engines.for_modules).linked(loaded)
    instance = capi.wasmtime_instance_t()
    at = addressof(instance)
    trap = c_void_p()

    def once() -> None:
        store = native.store_new(linked.engine, None, None)
        context = native.store_context(store)
        native.context_set_fuel(context, 10**9)
        native.context_set_epoch_deadline(context, 1 << 40)
        error = native.instance_pre_instantiate(linked.at, context, at, byref(trap))
        native.store_delete(store)
        if error or trap.value:
            raise RuntimeError("the module could not be instantiated")

    return once


def measure(what: str, once: Callable[[], None]) -> Part:
    """Calls it again and again."""
    for _ in range(CALLS // 4):
        once()
    medians = []
    for _ in range(RUNS):
        took = []
        for _ in range(CALLS):
            begin = time.perf_counter_ns()
            once()
            took.append(time.perf_counter_ns() - begin)
        medians.append(statistics.median(took) / 1000)
    return Part(what, statistics.median(medians), min(medians))


def parts(modules: list[tuple[str, WasmModule, bytes]]) -> list[Part]:
    """All lines: the first module's instance alone, then a whole call of each with its input."""
    lane = OneLane()
    slots = [lane.load(module) for _, module, _ in modules]
    rows = [measure("instance only", instantiate_only(lane, slots[0]))]
    for slot, (what, module, given) in zip(slots, modules, strict=True):
        rows.append(measure(what, partial(lane.call, slot, module, given)))
    return rows


def component_module(folder: Path, sources: Path) -> WasmModule:
    """Assembles the component that answers with its input."""
    import hashlib

    text = (sources / "frame.wat").read_text().replace("@GUEST@", (sources / "says.wat").read_text())
    path = folder / "says_component.wasm"
    path.write_bytes(wasmtime.wat2wasm(text))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return WasmModule("module:says-component@1.0.0", path, digest, 64 << 20, fuel=10**10, component=True)
