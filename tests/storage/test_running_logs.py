"""While a task runs only its events are written: what its row does not say, its log does."""

from contextlib import asynccontextmanager

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.errors import StaleFence
from aion.domain.events import EventKind, NewEvent
from aion.domain.tasks import TaskState
from aion.domain.writes import Append, Settle
from aion.ports.tasks import TaskFilter
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, claim, eager, key, lease_of, new_task

SAID = (
    NewEvent(EventKind.LOG, "begins"),
    NewEvent(EventKind.TOKEN, "Hello "),
    NewEvent(EventKind.PARTIAL, data_json='{"n":1}'),
    NewEvent(EventKind.TOKEN, "world"),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "aion.sqlite"


@asynccontextmanager
async def opened(path):
    async with open_store(f"sqlite:///{path}", ManualClock(START), ProcessSignals(), "test") as store:
        yield store


async def said_by(store, *pieces):
    """A running task that has said these pieces, one write after the other."""
    await store.accept("acme", accept(new_task(), key(), eager()))
    lease = lease_of(await store.get("acme", "task-1"))
    offset = 0
    for piece in pieces:
        offset = await store.append(SCOPE, Append(lease, piece, offset))
    return lease, offset


def grown(task):
    return (task.state, task.last_offset, task.stream_from, task.usage.tokens)


async def test_a_list_and_a_replay_know_how_far_a_running_task_is(path):
    async with opened(path) as store:
        await said_by(store, SAID[:2], SAID[2:])
        (listed,) = await store.list("acme", TaskFilter(), None, 10)
        replay = (await store.accept("acme", accept(new_task(), key()))).task
        known = await store.get("acme", "task-1")
        store._memory.cache.clear()
        assert await store.find_replay("acme", "", key(), b"fingerprint") == known
        assert grown(listed) == grown(replay) == grown(known) == (TaskState.RUNNING, 4, 2, 2)


async def test_a_store_that_is_opened_again_knows_how_far_its_running_tasks_are(path):
    async with opened(path) as store:
        lease, offset = await said_by(store, SAID[:1], SAID[1:])
        before = await store.events("acme", "task-1", 0, 10)
    async with opened(path) as store:
        assert grown(await store.get("acme", "task-1")) == (TaskState.RUNNING, 4, 2, 2)
        assert await store.events("acme", "task-1", 0, 10) == before
        # The write whose answer was lost is known as written, another one goes on behind it.
        assert await store.append(SCOPE, Append(lease, SAID[1:], 1)) == 4
        with pytest.raises(StaleFence):
            await store.append(SCOPE, Append(lease, SAID[:1], 2))
        assert await store.append(SCOPE, Append(lease, SAID[:2], offset)) == 6
        await store.settle(SCOPE, Settle(lease, AttemptResult(AttemptOutcome.OK, result_json="{}"), (), 6))
    async with opened(path) as store:
        assert grown(await store.get("acme", "task-1")) == (TaskState.OK, 7, 2, 3)
        assert [event.offset for event in await store.events("acme", "task-1", 0, 10)] == list(range(1, 8))


async def test_a_task_that_has_streamed_nothing_is_not_taken_for_one_that_has_after_the_store_was_opened_again(path):
    async with opened(path) as store:
        await said_by(store, SAID[:1])
    async with opened(path) as store:
        assert grown(await store.get("acme", "task-1")) == (TaskState.RUNNING, 1, 0, 0)


async def test_the_log_of_a_task_that_runs_is_read_without_a_look_at_the_disk(path):
    async with opened(path) as store:
        await said_by(store, SAID[:2], SAID[2:])
        asked = []
        for connection in (store._reader._by_key, store._reader._clients.connection):
            connection.set_trace_callback(asked.append)
        assert [event.offset for event in await store.events("acme", "task-1", 0, 10)] == [1, 2, 3, 4]
        assert asked == []
        store._memory.cache.clear()
        assert len(await store.events("acme", "task-1", 0, 10)) == 4
        assert asked


async def test_what_a_lost_attempt_said_is_void_also_after_the_store_was_opened_again(path):
    async with opened(path) as store:
        await said_by(store, SAID)
    async with opened(path) as store:
        assert await store.reclaim(SCOPE, "another", frozenset()) == 1
        assert grown(await store.get("acme", "task-1")) == (TaskState.PENDING, 4, 2, 2)
        (again,) = await store.claim(SCOPE, claim())
        task = await store.get("acme", "task-1")
        reset = (await store.events("acme", "task-1", 4, 10))[0]
        assert (reset.offset, reset.kind, reset.discard_from) == (5, EventKind.RESET, 2)
        assert (again.last_offset, task.last_offset, task.stream_from) == (5, 5, 0)


async def test_a_long_log_keeps_its_beginning_though_its_first_words_came_after_the_store_was_opened_again(path):
    """4.1 A log begins at offset 1 and has no holes."""
    token = NewEvent(EventKind.TOKEN, "x" * 1_000)
    async with opened(path) as store:
        await store.accept("acme", accept(new_task(), key(), eager()))
    async with opened(path) as store:
        lease = lease_of(await store.get("acme", "task-1"))
        offset = 0
        for _ in range(12):
            offset = await store.append(SCOPE, Append(lease, (token,) * 100, offset))
        live = await store.events("acme", "task-1", 0, 3)
        await store.settle(SCOPE, Settle(lease, AttemptResult(AttemptOutcome.OK, result_json="{}"), (), offset))
    async with opened(path) as store:
        ended = await store.events("acme", "task-1", 0, 2_000)
    assert [event.offset for event in live] == [1, 2, 3]
    assert [event.offset for event in ended] == list(range(1, 1_202))
