"""What a server takes of its machine over time: memory, files and threads of its whole tree, and whether that grows."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import pss_mib, tree_of

EVERY = 2.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the first one, MiB of proportional set size, open files and threads."""

    at: float
    memory: float
    files: float
    threads: float


@asynccontextmanager
async def watched(pid: int, every: float = EVERY) -> AsyncIterator[list[Sample]]:
    """Samples of a tree of processes, taken while the block runs, apart from the thread that makes the load."""
    samples: list[Sample] = []
    began = time.perf_counter()

    async def look_on() -> None:
        while True:
            samples.append(await asyncio.to_thread(_look, pid, time.perf_counter() - began))
            await asyncio.sleep(every)

    looking = asyncio.create_task(look_on())
    try:
        yield samples
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking  # raises what ended it before: without samples nothing can be said
        samples.append(await asyncio.to_thread(_look, pid, time.perf_counter() - began))


def growth_percent(times: Sequence[float], values: Sequence[float]) -> float:
    """How much a value grows from the first to the last time, by least squares, in percent of its mean."""
    count = len(times)
    middle, mean = sum(times) / count, sum(values) / count
    spread = sum((at - middle) ** 2 for at in times)
    if not spread or not mean:
        return 0.0
    slope = sum((at - middle) * (value - mean) for at, value in zip(times, values, strict=True)) / spread
    return 100 * slope * (times[-1] - times[0]) / mean


def _look(pid: int, at: float) -> Sample:
    tree = tree_of(pid)
    return Sample(at, pss_mib(pid), sum(map(_files, tree)), sum(map(_threads, tree)))


def _files(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except FileNotFoundError:
        return 0  # it has ended since it was listed


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").glob("*")))
