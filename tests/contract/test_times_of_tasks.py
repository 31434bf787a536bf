"""When a task may start and how long it may wait, as stores keep it: section 3 of docs/semantics.md."""

from datetime import timedelta

import pytest

from aion.domain.errors import QueueFull
from aion.domain.tasks import TaskState
from aion.domain.writes import Reaped
from tests.sample_tasks import (
    FAILED,
    LEASE,
    SCOPE,
    START,
    WITHOUT_A_TURN,
    accept,
    claim,
    eager,
    new_task,
    settle,
)

MINUTE = timedelta(minutes=1)
LATER = START + MINUTE


async def held_back(store, task_id="later", **changes):
    """A task that may not start for a minute."""
    task = new_task(task_id, not_before=LATER, held_until=LATER, **changes)
    return (await store.accept("acme", accept(task, eager=eager()))).task


async def test_a_task_does_not_start_before_its_time_and_is_due_then(store, clock):
    """3.6 A task does not start before `not_before`."""
    task = await held_back(store)
    assert (task.state, task.not_before) == (TaskState.PENDING, LATER), "an eager start is refused"
    assert await store.claim(SCOPE, claim()) == []
    assert await store.next_due(SCOPE) == LATER
    clock.advance(MINUTE - timedelta(microseconds=1))
    assert await store.claim(SCOPE, claim()) == []
    clock.advance(timedelta(microseconds=1))
    (claimed,) = await store.claim(SCOPE, claim())
    assert claimed.task_id == "later"
    found = await store.get("acme", "later")
    assert (found.not_before, found.held_until) == (None, LATER)


async def test_what_is_held_back_stops_nobody_else(store):
    await held_back(store)
    accepted = await store.accept("acme", accept(new_task("now"), eager=eager()))
    assert (accepted.started, accepted.task.state) == (True, TaskState.RUNNING)


async def test_what_is_held_back_counts_for_the_bound_of_the_queue_and_can_be_canceled(store):
    """3.6 Until then the task is PENDING, counts for the bound of its tenant's queue, and can be canceled."""
    await held_back(store)
    with pytest.raises(QueueFull):
        await store.accept("acme", accept(new_task("one-more"), max_pending=1))
    assert (await store.cancel("acme", "later")).state is TaskState.CANCELED
    assert not (await store.accept("acme", accept(new_task("one-more"), max_pending=1))).replayed
    assert await store.next_due(SCOPE) == new_task().expire_time


async def test_a_released_task_stands_where_its_acceptance_and_priority_put_it(store, clock):
    await held_back(store)
    clock.advance(timedelta(seconds=30))
    await store.accept("acme", accept(new_task("younger", now=clock.now())))
    clock.advance(timedelta(seconds=30))
    assert [task.task_id for task in await store.claim(SCOPE, claim(2))] == ["later", "younger"]


async def test_without_an_attempt_in_time_it_ends_and_is_never_claimed(store, clock):
    """3.7 A task of which no attempt began within `max_queue_time` ends TIMEOUT with `QUEUE_EXPIRED`."""
    await store.accept("acme", accept(new_task(queue_expire_time=LATER)))
    assert await store.next_due(SCOPE) == LATER
    clock.advance(MINUTE)
    assert await store.claim(SCOPE, claim()) == []
    ended = await store.get("acme", "task-1")
    assert (ended.state, ended.failure.code, ended.queue_expire_time) == (TaskState.TIMEOUT, "QUEUE_EXPIRED", LATER)
    assert await store.next_due(SCOPE) is None


async def test_the_reaper_ends_it_when_nobody_claims(store, clock):
    await store.accept("acme", accept(new_task(queue_expire_time=LATER)))
    await held_back(store, queue_expire_time=LATER + MINUTE)
    clock.advance(MINUTE)
    assert await store.reap(SCOPE) == Reaped(tasks_expired=1)
    clock.advance(MINUTE)
    assert await store.reap(SCOPE) == Reaped(tasks_expired=1)
    assert (await store.get("acme", "later")).failure.code == "QUEUE_EXPIRED"


async def test_an_attempt_that_was_lost_or_failed_has_begun(store, clock):
    """3.7 Once an attempt began only `expire_time` bounds it."""
    for name in ("lost", "failed"):
        await store.accept("acme", accept(new_task(name, queue_expire_time=LATER, max_failures=1), eager=eager()))
    await store.settle(SCOPE, settle(await store.get("acme", "failed"), FAILED))
    clock.advance(LEASE)
    assert await store.reap(SCOPE) == Reaped(leases_lost=1)
    clock.advance(MINUTE)
    assert await store.reap(SCOPE) == Reaped()
    assert {task.task_id for task in await store.claim(SCOPE, claim(2))} == {"lost", "failed"}


@pytest.mark.parametrize("anew", [False, True], ids=["as remembered", "as read again"])
async def test_an_attempt_without_a_turn_has_not_begun(store, clock, anew):
    """3.7 What had no turn (2.4) has not begun: `start_time` says nothing of it."""
    await store.accept("acme", accept(new_task(queue_expire_time=LATER), eager=eager()))
    settled = await store.settle(SCOPE, settle(await store.get("acme", "task-1"), WITHOUT_A_TURN))
    assert settled.state is TaskState.PENDING
    store._writer._stale = anew  # what an owner holds in memory is only a copy of the tables
    assert (await store.get("acme", "task-1")).start_time is None
    clock.advance(MINUTE)
    assert await store.reap(SCOPE) == Reaped(tasks_expired=1)
    assert (await store.get("acme", "task-1")).failure.code == "QUEUE_EXPIRED"
