"""Calls a second and latency of the WASM engine through its port: `python -m benchmarks.engine`.

The small module answers with its input, so what is measured is the engine. `summarize` is real work, and is measured
when it was built. A second table says what a call costs inside a host process, without the socket between.
"""

import argparse
import asyncio
import hashlib
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import uvloop
import wasmtime

from aion.adapters.engines.wasm.engine import WasmEngine
from aion.adapters.engines.wasm.module import WasmModule
from aion.domain.attempts import AttemptOutcome
from aion.domain.events import NewEvent
from aion.ports.engines import EngineJob
from benchmarks import machine
from benchmarks.engine_in_host import Part, component_module, parts

ROOT = Path(__file__).parent.parent
SECONDS = 3.0
TEXT = (
    "The harbour opened at dawn. Boats left one after the other, and the gulls went with them. Nobody on the quay said "
    "a word. By noon the wind had turned, and the first of the boats came back with nets that were nearly empty. "
) * 6


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    module: str
    in_flight: int
    per_second: float
    p50_ms: float
    p99_ms: float


def small_module(folder: Path) -> WasmModule:
    """Assembles the module that answers with its input."""
    source = ROOT / "tests" / "modules_under_test" / "says.wat"
    path = folder / "says.wasm"
    path.write_bytes(wasmtime.wat2wasm(source.read_text()))
    return _module("module:says@1.0.0", path)


def built_module(name: str) -> WasmModule | None:
    """A bundled module, when it was built."""
    found = sorted((ROOT / "modules" / name).glob("*.wasm"))
    return _module(f"module:{name}@0.0.0", found[0]) if found else None


def _module(engine: str, path: Path) -> WasmModule:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return WasmModule(engine, path, digest, memory_bytes=256 << 20, fuel=10**10, granted=frozenset({"log"}))


async def measure(engine: WasmEngine, job: EngineJob, in_flight: int) -> Row:
    """Runs the job again and again, so many at once."""
    latencies: list[float] = []
    ends = time.perf_counter() + SECONDS

    async def one_after_the_other() -> None:
        while (begin := time.perf_counter()) < ends:
            result = await engine.run(job, _ignore)
            if result.outcome is not AttemptOutcome.OK:
                raise RuntimeError(f"{job.engine} ended {result}")
            latencies.append(time.perf_counter() - begin)

    begin = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(in_flight)))
    elapsed = time.perf_counter() - begin
    cuts = statistics.quantiles(latencies, n=100)
    return Row(job.engine, in_flight, len(latencies) / elapsed, cuts[49] * 1e3, cuts[98] * 1e3)


def _ignore(events: Sequence[NewEvent]) -> None:
    """Nobody watches."""


async def run() -> list[Row]:
    """All rows, on as many hosts as there are cores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        summarize = built_module("summarize")
        modules = [small_module(folder), *([summarize] if summarize else [])]
        rows = []
        async with WasmEngine({module.engine: module for module in modules}, folder) as engine:
            for module in modules:
                text = json.dumps({"text": TEXT})
                job = EngineJob("bench", "task", 1, module.engine, text, timedelta(seconds=30), b"seed")
                await engine.run(job, _ignore)
                rows += [await measure(engine, job, in_flight) for in_flight in (1, 64)]
        return rows


def in_the_host() -> list[Part]:
    """What a call costs inside a host."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = small_module(folder)
        component = component_module(folder, ROOT / "tests" / "modules_under_test" / "components")
        echo = b'{"type":"result","data":{"n":1}}\n'
        modules = [("call of a small module", small, echo), ("call of a small component", component, echo)]
        if redact := built_module("redact"):
            given = json.dumps({"text": (TEXT * 2)[:2000]}).encode()
            modules.append(("call of redact, 2 kB", redact, given))
        return parts(modules)


def main() -> None:
    """Prints the tables."""
    argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__).parse_args()
    print(machine.head(machine.facts()))
    print(f"{'module':28} {'in flight':>9} {'calls/s':>9} {'p50 ms':>8} {'p99 ms':>8}")
    for row in uvloop.run(run()):
        print(f"{row.module:28} {row.in_flight:9} {row.per_second:9.0f} {row.p50_ms:8.2f} {row.p99_ms:8.2f}")
    print(f"\n{'in the host':28} {'p50 us':>9} {'best us':>9}")
    for part in in_the_host():
        print(f"{part.what:28} {part.median_us:9.0f} {part.best_us:9.0f}")


if __name__ == "__main__":
    main()
