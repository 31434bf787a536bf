"""What the writer takes for one commit: all that is queued, a thousand at most, and events a moment later."""

import threading
import time
from queue import Empty

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.connections import connect_memory
from aion.adapters.storage.memory import StoreMemory
from aion.adapters.storage.outcomes import Job
from aion.adapters.storage.sqlite import open_store
from aion.adapters.storage.writer import APPEND, GroupCommitWriter
from tests.manual_clock import ManualClock
from tests.sample_tasks import START

HOURS = 10_000.0


class Queue:
    """Jobs that are there; after them it is empty, however long one waits."""

    def __init__(self, *names: str) -> None:
        self.jobs: list[Job | None] = [Job(name, lambda _: None, None, None) for name in names]
        self.waits: list[float] = []

    def get(self, timeout: float | None = None) -> Job | None:
        if timeout is not None:
            self.waits.append(timeout)
        return self.get_nowait()

    def get_nowait(self) -> Job | None:
        if not self.jobs:
            raise Empty
        return self.jobs.pop(0)


@pytest.fixture
async def writer():
    connection = connect_memory()
    yield GroupCommitWriter(connection, StoreMemory(), ManualClock(START), ProcessSignals())
    connection.close()


def gathered(writer: GroupCommitWriter, queue: Queue) -> tuple[list[str], bool]:
    jobs: list[Job] = []
    writer._jobs = queue
    goes_on = writer._gather(jobs)
    return [job.name for job in jobs], goes_on


async def test_events_alone_wait_for_more_until_their_time_has_come(writer):
    writer._last_events_commit = time.monotonic() + HOURS
    queue = Queue(APPEND, APPEND)
    assert gathered(writer, queue) == ([APPEND, APPEND], True)
    assert len(queue.waits) == 2
    assert min(queue.waits) > HOURS / 2
    assert writer._last_events_commit <= time.monotonic()


async def test_events_whose_time_has_come_wait_for_nothing(writer):
    writer._last_events_commit = time.monotonic() - HOURS
    queue = Queue(APPEND)
    assert gathered(writer, queue) == ([APPEND], True)
    assert queue.waits == []


@pytest.mark.parametrize("names", [("settle",), ("settle", APPEND), ("settle", "settle", APPEND)])
async def test_whatever_is_no_event_waits_for_nothing_and_takes_events_along(writer, names):
    later = writer._last_events_commit = time.monotonic() + HOURS
    queue = Queue(*names)
    assert gathered(writer, queue) == (list(names), True)
    assert (queue.waits, writer._last_events_commit) == ([], later)


async def test_the_end_of_the_queue_is_the_end_of_the_writer(writer):
    queue = Queue("accept")
    queue.jobs += [None, *Queue("accept").jobs]
    assert gathered(writer, queue) == (["accept"], False)


async def test_a_thousand_writes_are_one_commit_and_the_next_ones_another():
    async with open_store("sqlite://", ManualClock(START), ProcessSignals(), "test") as store:
        began, go_on = threading.Event(), threading.Event()

        def hold(_: object) -> None:
            began.set()
            go_on.wait()

        held = store._writer.submit("hold", hold)
        began.wait()
        before = store._writer.commits
        answers = [store._writer.submit("work", lambda _: None) for _ in range(1_001)]
        go_on.set()
        await held
        for answer in answers:
            await answer
        assert store._writer.commits - before == 3
