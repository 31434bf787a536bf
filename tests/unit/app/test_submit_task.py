"""Accepting, with a real store and catalogue: what is refused leaves nothing, what is accepted is one task."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aion.domain.errors import (
    ExpireTimePast,
    IdempotencyKeyReused,
    InputSchemaViolation,
    IntentNotFound,
    MalformedRequest,
    NoEligibleEngine,
    OutcomeUnknown,
    PermissionDenied,
    QueueFull,
    TooManyWaiters,
    ValidationFailed,
)
from aion.domain.leased import leased
from aion.domain.tasks import TaskState
from tests.sample_tasks import SCOPE, START
from tests.unit.app.submit_desk import CALLER, COMMAND, MOST_PENDING, STRANGER, Desk
from tests.unit.app.workshop import until


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"intent": "summarise"}, IntentNotFound),
        ({"intent": "ask"}, NoEligibleEngine),
        ({"params": {"txet": "One."}}, InputSchemaViolation),
        ({"params_json": '{"text": "One."}'}, ValidationFailed),
        ({"params": {}, "params_json": "[]"}, ValidationFailed),
        ({"params": {}, "params_json": "{"}, MalformedRequest),
        ({"params": {}, "params_json": '{"text": NaN}'}, MalformedRequest),
        ({"params": {}, "params_json": "[" * 100_000}, MalformedRequest),
        ({"expire_time": START}, ExpireTimePast),
        ({"expire_time": START - timedelta(days=1)}, ExpireTimePast),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "-".join(value),
)
async def test_a_refused_request_leaves_nothing(desk: Desk, change, error):
    """5.6 A refused request leaves nothing behind."""
    with pytest.raises(error):
        await desk.submit(CALLER, replace(COMMAND, **change))
    await desk.assert_nothing_is_left()


async def test_a_caller_without_the_scope_is_refused_and_leaves_nothing(desk: Desk):
    with pytest.raises(PermissionDenied) as caught:
        await desk.submit(STRANGER, COMMAND)
    assert caught.value.facts == {"scope": "intent:summarize:run"}
    await desk.assert_nothing_is_left()


async def test_a_wait_for_which_there_is_no_place_leaves_nothing(desk: Desk):
    with desk.slots.take("acme"), pytest.raises(TooManyWaiters):
        await desk.submit(CALLER, replace(COMMAND, wait=timedelta(seconds=5)))
    await desk.assert_nothing_is_left()


async def test_a_full_queue_refuses_and_leaves_nothing(desk: Desk):
    desk.worker.free = 0
    for number in range(MOST_PENDING):
        await desk.submit(CALLER, replace(COMMAND, idempotency_key=f"key-{number}"))
    with pytest.raises(QueueFull):
        await desk.submit(CALLER, COMMAND)
    assert len(await desk.tasks()) == len(desk.observed) == len(await desk.store.waiting(SCOPE, 100)) == MOST_PENDING


async def test_an_accepted_task_starts_at_once_in_the_slot_that_was_reserved_for_it(desk: Desk):
    submitted = await desk.submit(CALLER, COMMAND)
    assert (submitted.task.state, submitted.replayed) == (TaskState.RUNNING, False)
    assert (desk.worker.started, desk.observed) == ([leased(submitted.task)], [submitted.task])
    assert desk.worker.free == 0


async def test_without_a_free_slot_it_waits(desk: Desk):
    desk.worker.free = 0
    assert (await desk.submit(CALLER, COMMAND)).task.state is TaskState.PENDING
    assert desk.worker.started == []


async def test_a_slot_is_given_back_when_others_wait_before_it(desk: Desk):
    """5.8 A task starts eagerly only when no eligible task waits before it."""
    desk.worker.free = 0
    await desk.submit(CALLER, replace(COMMAND, idempotency_key="earlier"))
    desk.worker.free = 1
    assert (await desk.submit(CALLER, COMMAND)).task.state is TaskState.PENDING
    assert (desk.worker.started, desk.worker.free) == ([], 1)


async def test_the_same_request_is_one_task_and_the_replay_takes_no_slot(desk: Desk):
    """5.4 The same key with the same request gives the same task in its current state, marked replayed."""
    first = await desk.submit(CALLER, COMMAND)
    desk.worker.free = 1
    again = await desk.submit(CALLER, COMMAND)
    assert (again.task.task_id, again.replayed) == (first.task.task_id, True)
    assert (len(desk.worker.started), desk.worker.free, len(desk.observed)) == (1, 1, 1)


@pytest.mark.parametrize("identified", [{}, {"idempotency_key": "", "task_id": "mine"}], ids=["key", "task_id"])
async def test_a_retry_of_an_accepted_request_is_never_refused_for_what_changed_since(desk: Desk, identified):
    """5.5 A retry of what was accepted is answered with its task even if it would now be refused: it has expired."""
    command = replace(COMMAND, expire_time=START + timedelta(minutes=1), **identified)
    first = await desk.submit(CALLER, command)
    desk.clock.advance(timedelta(minutes=2))
    again = await desk.submit(CALLER, command)
    assert (again.task.task_id, again.replayed) == (first.task.task_id, True)


async def test_a_retry_is_not_refused_for_a_queue_that_is_full_by_now(desk: Desk):
    """5.5 A retry of what was accepted is answered with its task even if it would now be refused: the queue is full."""
    desk.worker.free = 0
    first = await desk.submit(CALLER, COMMAND)
    await desk.submit(CALLER, replace(COMMAND, idempotency_key="another"))
    again = await desk.submit(CALLER, COMMAND)
    assert (again.task.task_id, again.replayed) == (first.task.task_id, True)


@pytest.mark.parametrize("change", [{}, {"params": {"txet": "One."}}], ids=["right", "wrong"])
async def test_a_key_with_another_body_is_refused_as_reused(desk: Desk, change):
    """5.4 The same key with another request is IDEMPOTENCY_KEY_REUSED."""
    await desk.submit(CALLER, COMMAND)
    with pytest.raises(IdempotencyKeyReused):
        await desk.submit(CALLER, replace(COMMAND, fingerprint=b"another", **change))
    assert len(await desk.tasks()) == 1


async def test_the_task_of_a_client_that_leaves_is_accepted_and_started(desk: Desk):
    """3.1 A client that leaves cancels nothing that was accepted."""
    desk.store.gate = asyncio.Event()
    leaving = asyncio.ensure_future(desk.submit(CALLER, COMMAND))
    await desk.store.accepting.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert desk.worker.started == []
    desk.store.gate.set()
    await until(lambda: desk.worker.started)
    (task,) = await desk.tasks()
    assert (task.state, desk.worker.started[0].task_id) == (TaskState.RUNNING, task.task_id)


async def test_a_client_that_leaves_while_it_waits_gives_its_place_back_and_its_task_goes_on(desk: Desk):
    waiting = asyncio.ensure_future(desk.submit(CALLER, replace(COMMAND, wait=timedelta(seconds=30))))
    await until(lambda: desk.worker.started)
    assert desk.slots.taken == 1
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    (task,) = await desk.tasks()
    assert (task.state, desk.slots.taken) == (TaskState.RUNNING, 0)


async def test_a_store_that_fails_gives_the_slot_back_and_says_so(desk: Desk):
    desk.store.broken = OutcomeUnknown("the commit failed")
    with pytest.raises(OutcomeUnknown):
        await desk.submit(CALLER, COMMAND)
    await desk.assert_nothing_is_left()


async def test_a_wait_that_is_over_answers_with_the_task_as_it_is(desk: Desk):
    asked = replace(CALLER, deadline=START)
    answered = await desk.submit(asked, replace(COMMAND, wait=timedelta(seconds=30)))
    assert answered.task.state is TaskState.RUNNING
    assert desk.slots.taken == 0
