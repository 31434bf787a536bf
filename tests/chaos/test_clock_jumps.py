"""A clock that is set by an hour, back by one, ahead by a month: no lease is stolen, nothing ends before it began, no
time of a schedule fires twice, and nothing is deleted for looking old.

In one process, with a clock that a test sets. Proves docs/semantics.md 3.5, 3.9, 12.1 and 15.7 under it.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.app.background.deleting_by_age import DeletingByAge
from aion.domain.attempts import AttemptOutcome
from aion.domain.clock_doubt import HOLD
from aion.domain.tasks import TaskState
from aion.domain.writes import Reaped, Renew
from tests.contract.queue_desk import opened_door
from tests.manual_clock import ManualClock
from tests.sample_schedules import MINUTE
from tests.sample_tasks import FAILED, LEASE, SCOPE, START, accept, claim, eager, key, lease_of, new_task, settle
from tests.unit.app.schedule_desk import Desk

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = [HOUR, -HOUR, 30 * DAY]
FAR = START + 365 * DAY


@pytest.fixture
async def store_and_clock():
    clock = ManualClock(START)
    async with open_store("sqlite://", clock, ProcessSignals(), "a test") as store:
        yield store, clock


async def running(store, task_id="task-1", **changes):
    return (
        await store.accept("acme", accept(new_task(task_id, expire_time=FAR, **changes), key(task_id), eager()))
    ).task


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_no_lease_is_stolen_when_the_clock_is_set_and_none_lasts_longer(store_and_clock, jump):
    """3.9 When the clock is set, leases and pauses before retries move with it."""
    store, clock = store_and_clock
    task = await running(store)
    clock.advance(LEASE / 2)
    clock.jump(jump)
    assert (await store.reap(SCOPE)).leases_lost == 0
    (renewed,) = await store.renew(SCOPE, Renew("worker-1", (lease_of(task),), LEASE))
    assert renewed.held
    clock.advance(LEASE - timedelta(seconds=1))
    assert (await store.reap(SCOPE)).leases_lost == 0
    clock.advance(timedelta(seconds=1))
    assert (await store.reap(SCOPE)).leases_lost == 1, "it lasts as long as it would have, and no longer"


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_lease_that_nobody_renews_is_over_when_it_would_have_been(store_and_clock, jump):
    store, clock = store_and_clock
    await running(store)
    clock.jump(jump)
    clock.advance(LEASE)
    assert (await store.reap(SCOPE)).leases_lost == 1


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_retry_waits_for_its_pause_and_no_longer(store_and_clock, jump):
    store, clock = store_and_clock
    await store.settle(SCOPE, settle(await running(store, max_failures=1), FAILED))
    clock.jump(jump)
    assert await store.claim(SCOPE, claim()) == []
    clock.advance(timedelta(seconds=1))
    assert [task.task_id for task in await store.claim(SCOPE, claim())] == ["task-1"]


async def test_what_a_client_holds_back_starts_at_the_time_of_day_that_it_said(store_and_clock):
    store, clock = store_and_clock
    until = START + 2 * HOUR
    await store.accept("acme", accept(new_task(expire_time=FAR, not_before=until, held_until=until)))
    clock.jump(HOUR)
    assert await store.claim(SCOPE, claim()) == []
    clock.jump(HOUR)
    assert [task.task_id for task in await store.claim(SCOPE, claim())] == ["task-1"]


async def said_to_end(store):
    return (await store.get("acme", "task-1")).queue_expire_time


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_task_waits_in_the_queue_for_as_long_as_it_may_and_no_longer(store_and_clock, jump):
    """3.9 `max_queue_time` moves with the clock."""
    store, clock = store_and_clock
    await store.accept("acme", accept(new_task(expire_time=FAR, queue_expire_time=START + MINUTE)))
    clock.advance(MINUTE / 2)
    clock.jump(jump)
    assert await store.reap(SCOPE) == Reaped()
    assert await store.next_due(SCOPE) == await said_to_end(store) == clock.now() + MINUTE / 2
    clock.advance(MINUTE / 2 - timedelta(microseconds=1))
    assert await store.reap(SCOPE) == Reaped()
    clock.advance(timedelta(microseconds=1))
    assert await store.reap(SCOPE) == Reaped(tasks_expired=1)


async def test_what_bounds_the_queue_stays_with_the_time_of_day_that_it_counts_from(store_and_clock):
    store, clock = store_and_clock
    until, ends = START + 2 * HOUR, START + 2 * HOUR + MINUTE
    task = new_task(expire_time=FAR, not_before=until, held_until=until, queue_expire_time=ends)
    await store.accept("acme", accept(task))
    for jump in (HOUR, -HOUR, HOUR):
        clock.jump(jump)
        await store.reap(SCOPE)
        assert await said_to_end(store) == ends
    clock.jump(2 * HOUR)
    assert await store.reap(SCOPE) == Reaped()
    assert await said_to_end(store) == clock.now() + MINUTE, "it could not begin before"
    clock.jump(-2 * HOUR)
    await store.reap(SCOPE)
    assert await said_to_end(store) == ends, "it is held back again"


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=str)
async def test_what_ended_keeps_the_times_that_it_had_and_what_runs_may_wait_again(store_and_clock, jump):
    store, clock = store_and_clock
    await running(store, queue_expire_time=START + MINUTE)
    clock.jump(jump)
    await store.reap(SCOPE)
    assert await said_to_end(store) == START + MINUTE + jump, "its attempt may have had no turn"
    await store.cancel("acme", "task-1")
    await store.accept("acme", accept(new_task("ended", expire_time=FAR, queue_expire_time=START + MINUTE)))
    await store.cancel("acme", "ended")
    clock.jump(jump)
    await store.reap(SCOPE)
    assert (await store.get("acme", "ended")).queue_expire_time == START + MINUTE


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("moment", ["before it starts", "while it runs"])
async def test_nothing_ends_before_it_began(store_and_clock, jump, moment):
    store, clock = store_and_clock
    await store.accept("acme", accept(new_task(expire_time=FAR)))
    if moment == "before it starts":
        clock.jump(jump)
    (leased,) = await store.claim(SCOPE, claim())
    if moment == "while it runs":
        clock.jump(jump)
    await store.settle(SCOPE, settle(leased))
    task = await store.get("acme", "task-1")
    (attempt,) = task.attempts
    assert task.state is TaskState.OK
    assert attempt.outcome is AttemptOutcome.OK
    assert task.create_time <= task.start_time <= task.end_time
    assert attempt.start_time <= attempt.end_time
    assert task.usage.latency >= timedelta()


@pytest.mark.parametrize("jumps", [[HOUR, -HOUR], [-HOUR, HOUR], [30 * DAY, -30 * DAY]], ids=str)
async def test_no_time_of_a_schedule_fires_twice(store_and_clock, jumps):
    """12.1 A time of a schedule becomes at most one task, however the clock jumps."""
    store, clock = store_and_clock
    desk = Desk(store, clock)
    await desk.create()
    fired = []
    for jump in (timedelta(), *jumps, timedelta()):
        clock.jump(jump)
        for _ in range(3):
            clock.advance(MINUTE)
            for _ in range(3):
                await desk.scheduler.once()
        tasks = await desk.tasks()
        await desk.end_all()
        assert len({task.task_id for task in tasks}) == len(tasks)
        assert [task.task_id for task in tasks][: len(fired)] == fired, "what has fired stays"
        fired = [task.task_id for task in tasks]
    assert len(fired) >= 2
    assert all(lag >= timedelta() for _, lag in desk.told.fired)


@pytest.mark.parametrize("whose", ["the worker's", "the server's"])
@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_worker_apart_knows_how_long_its_leases_last_whosever_clock_is_set(store_and_clock, jump, whose):
    store, clock = store_and_clock
    own = ManualClock(START)
    for number in range(2):
        await store.accept("acme", accept(new_task(f"task-{number}", expire_time=FAR)))
    async with opened_door(store, ProcessSignals(), clock) as door:
        queue = await replace(door, clock=own).enter("worker-1")
        for _ in range(2):
            (task,) = await queue.claim(SCOPE, claim())
            assert task.lease_expires - own.now() == LEASE
            (own if whose == "the worker's" else clock).jump(jump)


def test_nothing_is_deleted_for_its_age_while_the_clock_may_be_wrong(caplog):
    """15.7 After the clock was set ahead by a minute or more, nothing is deleted for its age for an hour."""
    clock = ManualClock(START)
    by_age = DeletingByAge(clock)
    assert by_age.may()
    clock.jump(30 * DAY)
    assert not by_age.may()
    assert "set ahead by 30 days" in caplog.text
    clock.advance(HOLD - timedelta(seconds=1))
    assert not by_age.may()
    clock.advance(timedelta(seconds=1))
    assert by_age.may()


@pytest.mark.parametrize("jump", [-30 * DAY, timedelta(seconds=59)], ids=str)
def test_a_clock_that_is_set_back_or_by_little_holds_nothing_up(jump):
    clock = ManualClock(START)
    by_age = DeletingByAge(clock)
    clock.jump(jump)
    assert by_age.may()


def test_a_clock_that_is_set_right_again_holds_nothing_up():
    clock = ManualClock(START)
    by_age = DeletingByAge(clock)
    clock.jump(30 * DAY)
    assert not by_age.may()
    clock.jump(-30 * DAY)
    assert by_age.may()


async def test_a_jump_is_followed_once_also_when_the_commit_after_it_fails(store_and_clock, monkeypatch):
    store, clock = store_and_clock
    await running(store)
    clock.jump(HOUR)

    def broken(transaction):
        raise OSError("no room")

    monkeypatch.setattr("aion.adapters.storage.transaction.Transaction.flush", broken)
    with pytest.raises(Exception, match="cannot write"):
        await store.accept("acme", accept(new_task("refused")))
    monkeypatch.undo()
    assert (await store.reap(SCOPE)).leases_lost == 0
    clock.advance(LEASE)
    assert (await store.reap(SCOPE)).leases_lost == 1
