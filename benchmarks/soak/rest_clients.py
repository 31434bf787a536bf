"""Clients of a burst over REST, in a process of their own: what else goes on beside it must not make them late.

The parent says on stdin what is to be done and finds in the output file what became of each call. Both read one clock:
time.perf_counter is the machine's.
"""

import asyncio
import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import uvloop

from benchmarks.soak.outcomes import Outcome
from benchmarks.soak.plain_http import Pool
from benchmarks.soak.rest_mix import RestMix

READY = b"ready\n"
PREPARED = 512
"""Connections before the first call: about what is in flight when the server is full."""

MOST = 3_000
"""Connections in all; the server takes 4,096."""

TICK = 0.002
"""Seconds for which the clients sleep when nothing is due."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do."""

    address: str
    api_key: str
    rate: float
    seconds: float
    seed: int
    known: Sequence[str]
    prepared: int = PREPARED


@dataclass(frozen=True, slots=True)
class Begin:
    """When the load's clock began and when the first call is due, by time.perf_counter."""

    zero: float
    start: float


@dataclass(slots=True)
class Made:
    """What became of the calls, over how many connections they went, and what making them took of a processor."""

    outcomes: list[Outcome] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    connections: int = 0
    processor_seconds: float = 0.0

    @property
    def processor_ms(self) -> float:
        """Of the clients, for each call."""
        return 1000 * self.processor_seconds / max(1, len(self.outcomes))


@asynccontextmanager
async def apart(plan: Plan) -> AsyncIterator[tuple[Callable[[Begin], object], Made]]:
    """Connects in a process of its own, which makes the calls once it is told when to begin. What became of them is
    there when the block is over: to read it costs time, with which others measure until then.
    """
    made = Made()
    with tempfile.NamedTemporaryFile(prefix="aion-burst-") as written:
        command = (sys.executable, "-m", "benchmarks.soak.rest_clients", written.name)
        process = await asyncio.to_thread(
            subprocess.Popen, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(orjson.dumps(plan) + b"\n")
            if await asyncio.to_thread(stdout.readline) != READY:
                raise RuntimeError("the clients of the burst did not start; what they said stands above")
            yield lambda begin: stdin.write(orjson.dumps(begin) + b"\n"), made
            if await asyncio.to_thread(process.wait) != 0:
                raise RuntimeError("the clients of the burst ended before their time; what they said stands above")
            _read(Path(written.name), made)
        finally:
            process.kill()  # does nothing to one that has ended
            process.communicate()


def _read(path: Path, made: Made) -> None:
    found = orjson.loads(path.read_bytes())
    made.outcomes.extend(Outcome(**one) for one in found["outcomes"])
    made.accepted.extend(found["accepted"])
    made.connections = found["connections"]
    made.processor_seconds = found["processor_seconds"]


async def calls(plan: Plan, told_to_begin: Callable[[], Begin]) -> Made:
    """Makes the calls of a plan, each when it is due, and ends when each has its outcome."""
    pool = Pool(plan.address, MOST)
    loop = asyncio.get_running_loop()
    try:
        await pool.open(plan.prepared)
        begin = told_to_begin()
        taken_before = time.process_time()
        mix = RestMix(plan.api_key, plan.seed, plan.known, begin.zero)
        for number in range(int(plan.rate * plan.seconds)):
            due = begin.start + number / plan.rate
            while (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(max(pause, TICK))
                pool.give_up(loop.time())
            if number % 16 == 0:
                await asyncio.sleep(0)  # when behind its time, too, it reads answers
            pool.send(mix.next(due))
        while pool.give_up(loop.time()):  # noqa: ASYNC110 # whether their time is over, only time tells
            await asyncio.sleep(TICK)
        return Made(mix.outcomes, mix.accepted, pool.size, time.process_time() - taken_before)
    finally:
        pool.close()


def main() -> None:
    """The process of its own."""
    plan = Plan(**orjson.loads(sys.stdin.buffer.readline()))
    gc.disable()  # a collection over all that is kept for the report would make calls late
    Path(sys.argv[1]).write_bytes(orjson.dumps(uvloop.run(calls(plan, _told_to_begin))))


def _told_to_begin() -> Begin:
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    return Begin(**orjson.loads(sys.stdin.buffer.readline()))


if __name__ == "__main__":
    main()
