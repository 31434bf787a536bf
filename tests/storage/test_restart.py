"""A store that is opened again knows everything that it had answered, and the order of what waits."""

from contextlib import asynccontextmanager

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.events import text_of
from aion.domain.tasks import Priority, TaskState
from aion.domain.writes import Reaped
from tests.manual_clock import ManualClock
from tests.sample_tasks import FAILED, LEASE, LOST, SCOPE, START, accept, claim, eager, key, new_task, settle, tokens


@pytest.fixture
def clock():
    return ManualClock(START)


@pytest.fixture
def opened(tmp_path, clock):
    @asynccontextmanager
    async def open_():
        async with open_store(f"sqlite:///{tmp_path / 'aion.sqlite'}", clock, ProcessSignals(), "test") as store:
            yield store

    return open_


async def test_waiting_tasks_keep_their_order_and_their_tenants_turn(opened):
    async with opened() as store:
        for number, priority in enumerate([Priority.LOW, Priority.HIGH, Priority.NORMAL]):
            await store.accept("acme", accept(new_task(f"task-{number}", priority=priority)))
        await store.accept("other", accept(new_task("foreign", tenant="other")))
    async with opened() as store:
        claimed = [task.task_id for task in await store.claim(SCOPE, claim(10))]
    assert [task_id for task_id in claimed if task_id != "foreign"] == ["task-1", "task-2", "task-0"]
    assert "foreign" in claimed[:2]


async def test_leases_retries_and_expiries_are_still_due(opened, clock):
    async with opened() as store:
        await store.accept("acme", accept(new_task("running"), eager=eager()))
        retried = (await store.accept("acme", accept(new_task("retried", max_failures=1), eager=eager()))).task
        await store.settle(SCOPE, settle(retried, FAILED))
        held_back = await store.get("acme", "retried")
    async with opened() as store:
        assert await store.next_due(SCOPE) == held_back.not_before
        assert await store.claim(SCOPE, claim()) == []
        clock.advance(LEASE)
        assert await store.reap(SCOPE) == Reaped(leases_lost=1)
        assert {task.task_id for task in await store.claim(SCOPE, claim(10))} == {"running", "retried"}


async def test_the_log_of_a_live_task_goes_on_where_it_was(opened):
    async with opened() as store:
        task = (await store.accept("acme", accept(new_task(), eager=eager()))).task
        await store.append(SCOPE, tokens(task, "a", "b"))
    async with opened() as store:
        assert [event.text for event in await store.events("acme", "task-1", 1, 10)] == ["b"]
        assert await store.append(SCOPE, tokens(task, "c")) == 3
        assert text_of(await store.events("acme", "task-1", 0, 10)) == "abc"
        await store.settle(SCOPE, settle(task))
        assert [event.offset for event in await store.events("acme", "task-1", 0, 10)] == [1, 2, 3, 4]
    async with opened() as store:
        assert text_of(await store.events("acme", "task-1", 0, 10)) == "abc"


async def test_an_ended_task_and_its_key_are_found_again(opened, clock):
    async with opened() as store:
        task = (await store.accept("acme", accept(new_task(), key(), eager()))).task
        await store.settle(SCOPE, settle(task))
        ended = await store.get("acme", "task-1")
    async with opened() as store:
        assert await store.get("acme", "task-1") == ended
        assert (await store.accept("acme", accept(new_task("other-id"), key()))).task == ended
        assert await store.find_replay("acme", "", key(), b"fingerprint") == ended


async def test_reclaim_after_a_restart_takes_back_what_the_last_life_held(opened):
    async with opened() as store:
        await store.accept("acme", accept(new_task(), eager=eager("last life")))
    async with opened() as store:
        assert await store.reclaim(SCOPE, "this life", frozenset({"this life"})) == 1
        assert (await store.get("acme", "task-1")).state is TaskState.PENDING


async def test_numbers_of_the_outbox_go_on_even_when_it_was_empty(opened):
    async with opened() as store:
        await store.accept("acme", accept(new_task("a")))
        (first,) = await store.waiting(SCOPE, 10)
        await store.delivered(SCOPE, first.sequence)
    async with opened() as store:
        await store.accept("acme", accept(new_task("b")))
        (second,) = await store.waiting(SCOPE, 10)
    assert second.sequence > first.sequence


async def test_losses_are_counted_over_restarts(opened):
    async with opened() as store:
        task = (await store.accept("acme", accept(new_task(), eager=eager()))).task
        await store.settle(SCOPE, settle(task, LOST))
    for _ in range(3):
        async with opened() as store:
            (task,) = await store.claim(SCOPE, claim())
            await store.settle(SCOPE, settle(task, LOST))
    async with opened() as store:
        assert (await store.get("acme", "task-1")).state is TaskState.ERROR
