"""What one task costs in the embedded store: accept with an eager lease, then settle, many in flight.

Prints tasks per second and microseconds of CPU a task, of the writer's thread and of the whole process; the last line
is of a store whose cache was full before it began. Run it with `python -m benchmarks.store [TASKS] [IN_FLIGHT]`.
"""

import argparse
import asyncio
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.cache import Entry
from aion.adapters.storage.memory import CACHE_BYTES
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.identity import SystemScope
from aion.domain.ids import uuid7
from aion.domain.routing import Candidate, Decision, Privacy, Refusal, RefusalReason, Route
from aion.domain.tasks import Priority, Sla, Task
from aion.domain.writes import Accept, EagerLease, IdempotencyKey, LeaseRef, Settle
from benchmarks import machine

SCOPE = SystemScope("benchmark")
EAGER = EagerLease("worker-1", timedelta(seconds=10))
RESULT = AttemptResult(AttemptOutcome.OK, result_json='{"summary":"' + "word " * 60 + '"}', fuel=123_456)
INPUT = '{"text":"' + "some words to be summarized " * 40 + '"}'
# The router decides like requests alike: the same candidates come with many tasks.
GOOD = Candidate("module:summarize@1.1.0", Route.LOCAL, (), "rank 1: local, free", 1, 3.0, 0, timedelta(milliseconds=3))
OLD = Candidate("module:summarize@1.0.0", Route.LOCAL, (), "rank 2: local, free", 2, 1e6)
REFUSED = Candidate(
    "model:gpt", Route.API, (Refusal(RefusalReason.PRIVACY, "privacy is local-only"),), "privacy is local-only"
)
CANDIDATES = (GOOD, OLD, REFUSED)


def new_task(random: bytes) -> Task:
    """A task as the front door makes it, with three candidates in its decision."""
    now = datetime.now(UTC)
    decision = Decision(GOOD.engine, Route.LOCAL, "ai-router", "rank 1; 2 of 3", CANDIDATES, "sha256:0", now)
    return Task(
        tenant="default",
        task_id=uuid7(now, random),
        principal="service",
        intent="summarize",
        input_json=INPUT,
        priority=Priority.NORMAL,
        sla=Sla(Privacy.LOCAL_ONLY),
        fingerprint=b"0" * 32,
        decision=decision,
        max_failures=0,
        attempt_timeout=timedelta(seconds=1),
        create_time=now,
        expire_time=now + timedelta(hours=1),
    )


async def one_lane(store: SqliteStore, entropy: SystemEntropy, tasks: int) -> None:
    """Accepts and settles one task after the other."""
    for _ in range(tasks):
        task = new_task(entropy.bytes(10))
        key = IdempotencyKey("service", "create-task", task.task_id, task.fingerprint)
        accepted = await store.accept(task.tenant, Accept(task, key, EAGER, 10_000))
        await store.settle(SCOPE, Settle(LeaseRef(task.tenant, task.task_id, accepted.task.fence), RESULT))


def fill_cache(store: SqliteStore) -> None:
    """Leaves the cache as some ten thousand tasks of another tenant would."""
    ended = Entry(new_task(bytes(10)), 1, None)
    for number in range(CACHE_BYTES // ended.weight + 1):
        store._memory.cache.put(("filler", str(number)), ended)  # noqa: SLF001 - through real tasks it takes a minute


async def measure(url: str, tasks: int, in_flight: int, *, full: bool) -> None:
    """Runs the lanes and prints one line."""
    async with open_store(url, SystemClock(), ProcessSignals(), "benchmark") as store:
        if full:
            fill_cache(store)
        await one_lane(store, SystemEntropy(), 200)
        writer = next(thread for thread in threading.enumerate() if thread.name == "aion-store-writer")
        clock = time.pthread_getcpuclockid(writer.ident or 0)
        wall, process, thread = time.perf_counter(), time.process_time(), time.clock_gettime(clock)
        lanes = [one_lane(store, SystemEntropy(), tasks // in_flight) for _ in range(in_flight)]
        await asyncio.gather(*lanes)
        done = tasks // in_flight * in_flight
        wall, process = time.perf_counter() - wall, time.process_time() - process
        thread = time.clock_gettime(clock) - thread
        print(
            f"{in_flight:>4} in flight: {done / wall:>8.0f} tasks/s, "
            f"writer {thread / done * 1e6:>6.1f} us, process {process / done * 1e6:>6.1f} us a task"
            f"{', full cache' if full else ''}"
        )


def main() -> None:
    """Measures a few numbers of tasks in flight on a file of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store", description=__doc__)
    parser.add_argument("tasks", type=int, nargs="?", default=10_000)
    parser.add_argument("in_flight", type=int, nargs="?", help="1, 32 and 64 when it is not given")
    given = parser.parse_args()
    tasks, lanes = given.tasks, [given.in_flight] if given.in_flight else [1, 32, 64]
    print(machine.head(machine.facts()))
    for in_flight, full in [*((lane, False) for lane in lanes), (lanes[-1], True)]:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
            asyncio.run(measure(url, tasks if in_flight > 1 else tasks // 10, in_flight, full=full))


if __name__ == "__main__":
    main()
