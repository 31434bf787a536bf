"""Tasks that may not start yet: however many, few are in memory, and each is released in its time."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import statements as sql
from aion.adapters.storage.sqlite import open_store
from aion.domain.tasks import TaskState
from aion.domain.writes import Reaped
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, claim, eager, new_task, settle

MOST = 40
HELD_BACK = MOST // 4
MOST_ROUNDS = 1_000
"""So often a test looks again before it fails: many more than it takes."""
SECOND = timedelta(seconds=1)
ANOTHER_ENGINE = frozenset({"module:another@1.0.0"})


@pytest.fixture
def clock():
    return ManualClock(START)


def opening(clock, url="sqlite://"):
    return open_store(url, clock, ProcessSignals(), "test", most_waiting=MOST)


@pytest.fixture
async def store(clock):
    async with opening(clock) as opened:
        yield opened


async def hold_back(store, times, tenant="big"):
    """Tasks that wait for these times (in seconds from the start), accepted together."""
    tasks = [
        new_task(f"{tenant}-{number:04}", tenant=tenant, not_before=START + seconds * SECOND)
        for number, seconds in enumerate(times)
    ]
    await asyncio.gather(*(store.accept(tenant, accept(task)) for task in tasks))


async def release(store, clock, to):
    """Everything that can be claimed at this time (in seconds from the start), as times of its tasks."""
    clock.advance(START + to * SECOND - clock.now())
    claimed = []
    for _ in range(MOST_ROUNDS):
        await store.reap(SCOPE)
        tasks = await store.claim(SCOPE, claim(7))
        if not tasks and not store._memory.waiting._held_back.may_be_due_on_disk(now_us(clock)):
            return claimed
        for task in tasks:
            await store.settle(SCOPE, settle(task))
        claimed.extend(task.task_id for task in tasks)
    raise AssertionError("there is always more to claim, or said to be")


def now_us(clock):
    return round(clock.now().timestamp() * 1_000_000)


async def test_memory_holds_only_those_whose_time_comes_first(store, clock):
    """6.3 However many tasks are held back, few of them are in memory, and each can start when its time has come."""
    times = list(range(10, 510))
    random.Random(1).shuffle(times)
    await hold_back(store, times)
    assert len(store._memory.waiting) <= HELD_BACK
    assert (store.pending, store._memory.waiting.count("big")) == (500, 500)
    assert await store.next_due(SCOPE) == START + 10 * SECOND
    assert await release(store, clock, 9) == []
    released = []
    for second in range(10, 510, 50):
        found = await release(store, clock, second)
        expected = {f"big-{number:04}" for number, at in enumerate(times) if second - 50 < at <= second}
        assert set(found) == expected
        assert len(store._memory.waiting) <= MOST
        released += found
    released += await release(store, clock, 510)
    assert len(released) == len(set(released)) == 500
    assert (store.pending, await store.next_due(SCOPE)) == (0, None)


async def test_many_that_wait_for_one_moment_are_all_released(store, clock):
    await hold_back(store, [60] * 300)
    await hold_back(store, [60, 61], tenant="small")
    assert len(store._memory.waiting) <= HELD_BACK
    found = await release(store, clock, 60)
    assert (len(found), len(set(found))) == (301, 301)
    assert "small-0000" in found
    assert len(store._memory.waiting) <= MOST
    assert await release(store, clock, 61) == ["small-0001"]


async def test_what_is_due_wakes_the_workers_once_however_long_nobody_claims_it(clock):
    signals = ProcessSignals()
    async with open_store("sqlite://", clock, signals, "test", most_waiting=MOST) as store:
        await hold_back(store, [60, 60, 70])
        clock.advance(60 * SECOND)
        with signals.watch_work() as work:
            assert await store.reap(SCOPE) == Reaped()
            assert await work.changed(0)
            assert await store.next_due(SCOPE) == START + 70 * SECOND
            commits = store._writer.commits
            assert await store.reap(SCOPE) == Reaped()
            assert (await work.changed(0), store._writer.commits) == (False, commits)
        assert {task.task_id for task in await store.claim(SCOPE, claim(7))} == {"big-0000", "big-0001"}


async def claim_of_another_engine(store):
    assert await store.claim(SCOPE, replace(claim(), engines=ANOTHER_ENGINE)) == []


async def eager_start_on_another_engine(store):
    decision = replace(new_task().decision, engine=next(iter(ANOTHER_ENGINE)))
    task = new_task("now", tenant="other", decision=decision)
    assert (await store.accept("other", accept(task, eager=eager(engines=ANOTHER_ENGINE)))).started


async def memory_made_anew(store):
    store._writer._stale = True
    await store.cancel("big", "big-0002")


@pytest.mark.parametrize("first", [claim_of_another_engine, eager_start_on_another_engine, memory_made_anew])
async def test_what_is_due_wakes_the_workers_whoever_looks_before_the_reaper(clock, first):
    signals = ProcessSignals()
    async with open_store("sqlite://", clock, signals, "test", most_waiting=MOST) as store:
        await hold_back(store, [60, 60, 70])
        clock.advance(60 * SECOND)
        with signals.watch_work() as work:
            await first(store)
            assert await work.changed(0)
            assert await store.reap(SCOPE) == Reaped()
            assert not await work.changed(0)
        assert {task.task_id for task in await store.claim(SCOPE, claim(7))} == {"big-0000", "big-0001"}


async def test_what_is_due_since_the_clock_was_set_wakes_the_workers(clock):
    signals = ProcessSignals()
    async with open_store("sqlite://", clock, signals, "test", most_waiting=MOST) as store:
        times = [START + 60 * SECOND, START + 7_200 * SECOND]
        for number, at in enumerate(times):
            task = new_task(f"big-{number}", tenant="big", not_before=at, held_until=at)
            await store.accept("big", accept(task))
        clock.jump(60 * SECOND)
        with signals.watch_work() as work:
            assert await store.reap(SCOPE) == Reaped()
            assert await work.changed(0)
        assert [task.task_id for task in await store.claim(SCOPE, claim(7))] == ["big-0"]


async def test_many_that_are_due_and_that_nobody_claims_are_soon_no_reason_to_write(store, clock):
    await hold_back(store, [60] * 300)
    clock.advance(60 * SECOND)
    rounds = 0
    while await store.next_due(SCOPE) <= clock.now():
        assert (rounds := rounds + 1) <= MOST_ROUNDS
        await store.reap(SCOPE)
    commits = store._writer.commits
    assert await store.reap(SCOPE) == Reaped()
    assert (store._writer.commits, len(store._memory.waiting) <= MOST, store.pending) == (commits, True, 300)
    assert len(await release(store, clock, 60)) == 300


async def test_nothing_starts_eagerly_before_what_is_due_on_disk(store, clock):
    await hold_back(store, [60] * 100)
    assert (await store.accept("other", accept(new_task("now", tenant="other"), eager=eager()))).started
    clock.advance(60 * SECOND)
    for number in range(3):
        task = new_task(f"later-{number}", tenant="other", now=clock.now())
        assert not (await store.accept("other", accept(task, eager=eager()))).started


async def test_a_task_on_disk_can_be_canceled_and_is_counted_out(store, clock):
    await hold_back(store, range(10, 110))
    for number in range(90, 100):
        assert (await store.cancel("big", f"big-{number:04}")).state is TaskState.CANCELED
    assert store._memory.waiting.count("big") == 90
    assert len(await release(store, clock, 200)) == 90
    assert store.pending == 0


async def test_a_restart_keeps_them_held_back(tmp_path, clock):
    url = f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with opening(clock, url) as store:
        await hold_back(store, range(10, 110))
    async with opening(clock, url) as store:
        assert len(store._memory.waiting) <= HELD_BACK
        assert store.pending == 100
        assert await release(store, clock, 12) == ["big-0000", "big-0001", "big-0002"]
    clock.advance(1000 * SECOND)
    async with opening(clock, url) as store:
        assert len(await release(store, clock, 2000)) == 97


async def test_a_task_that_no_attempt_began_in_time_ends_also_when_it_was_on_disk(store, clock):
    """3.7 A task that no attempt of which began within `max_queue_time` ends TIMEOUT with QUEUE_EXPIRED."""
    tasks = [
        new_task(f"big-{n:03}", tenant="big", not_before=START + 60 * SECOND, queue_expire_time=START + 90 * SECOND)
        for n in range(100)
    ]
    await asyncio.gather(*(store.accept("big", accept(task)) for task in tasks))
    clock.advance(89 * SECOND)
    assert await store.reap(SCOPE) == Reaped()
    clock.advance(SECOND)
    ended = rounds = 0
    while store.pending:
        assert (rounds := rounds + 1) <= MOST_ROUNDS
        ended += (await store.reap(SCOPE)).tasks_expired
    assert ended == 100
    assert (await store.get("big", "big-099")).failure.code == "QUEUE_EXPIRED"


async def test_the_next_part_is_found_by_its_index(store):
    asked = partial(explained, sql.SELECT_HELD_BACK, (0, "", "", 10))
    steps = [row[3] for row in await store._writer.submit("plan", asked)]
    assert steps == ["SEARCH tasks USING INDEX ix_tasks_held_back ((not_before_us,tenant_id,task_id)>(?,?,?))"]


def explained(statement, values, transaction):
    return transaction.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
