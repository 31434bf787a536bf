"""When a task may start and how long it may wait, as clients ask for it; and asking without being accepted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aion.domain.errors import (
    ExpireTimePast,
    IdempotencyKeyReused,
    InputSchemaViolation,
    NoEligibleEngine,
    PermissionDenied,
    TaskAlreadyExists,
    ValidationFailed,
)
from aion.domain.retention import RetentionPolicy, TenantRetention
from aion.domain.tasks import TaskState
from tests.sample_tasks import START
from tests.unit.app.submit_desk import CALLER, COMMAND, STRANGER, Desk

HOUR = timedelta(hours=1)
TOMORROW = START + 24 * HOUR
ASKED = replace(COMMAND, validate_only=True)


async def test_a_task_for_later_waits_without_a_slot_and_its_time_to_live_counts_from_then(desk: Desk):
    """3.6 A task does not start before `not_before`. `default_expiry` counts from `not_before`."""
    task = (await desk.submit(CALLER, replace(COMMAND, not_before=TOMORROW))).task
    assert (task.state, task.not_before, task.held_until) == (TaskState.PENDING, TOMORROW, TOMORROW)
    assert task.expire_time == TOMORROW + timedelta(seconds=60)
    assert (desk.worker.free, desk.worker.started) == (1, [])


@pytest.mark.parametrize(
    "ago", [timedelta(), timedelta(microseconds=1), 24 * HOUR], ids=["now", "just now", "long ago"]
)
async def test_a_time_in_the_past_is_as_if_it_were_unset(desk: Desk, ago):
    """3.6 One in the past is as if it were unset."""
    task = (await desk.submit(CALLER, replace(COMMAND, not_before=START - ago, max_queue_time=HOUR))).task
    assert (task.state, task.not_before, task.held_until) == (TaskState.RUNNING, None, None)
    assert (task.expire_time, task.queue_expire_time) == (START + timedelta(seconds=60), START + HOUR)


async def test_the_time_in_the_queue_counts_from_when_the_task_may_start(desk: Desk):
    """3.7 Within `max_queue_time`, counted from acceptance or from `not_before`."""
    task = (await desk.submit(CALLER, replace(COMMAND, not_before=TOMORROW, max_queue_time=HOUR))).task
    assert task.queue_expire_time == TOMORROW + HOUR


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"not_before": TOMORROW, "expire_time": TOMORROW}, ValidationFailed, "not_before"),
        ({"not_before": TOMORROW, "expire_time": TOMORROW - HOUR}, ValidationFailed, "not_before"),
        ({"not_before": TOMORROW, "expire_time": START}, ExpireTimePast, "expire_time"),
        ({"not_before": datetime.max.replace(tzinfo=UTC)}, ValidationFailed, "not_before"),
        (
            {
                "not_before": datetime.max.replace(tzinfo=UTC) - HOUR,
                "expire_time": datetime.max.replace(tzinfo=UTC),
                "max_queue_time": 2 * HOUR,
            },
            ValidationFailed,
            "not_before",
        ),
    ],
    ids=["equal", "after", "past", "end of calendar", "queue beyond the calendar"],
)
async def test_times_that_cannot_be_are_refused_by_name_and_leave_nothing(desk: Desk, change, error, field):
    """3.6 An `expire_time` that is not after `not_before` is refused."""
    with pytest.raises(error) as refused:
        await desk.submit(CALLER, replace(COMMAND, **change))
    assert [violation.field for violation in refused.value.violations] == [field]
    await desk.assert_nothing_is_left()


async def test_validating_decides_and_leaves_nothing(desk: Desk):
    """5.10 `validate_only` checks and decides as always and accepts nothing: no task, key, event or slot."""
    answered = await desk.submit(CALLER, replace(ASKED, wait=timedelta(seconds=30), not_before=TOMORROW))
    assert (answered.validated, answered.replayed) == (True, False)
    assert answered.task.decision.engine == "module:summarize@1.0.0"
    assert (answered.task.task_id, answered.task.not_before) == ("", TOMORROW)
    await desk.assert_nothing_is_left()
    assert (await desk.submit(CALLER, replace(ASKED, task_id="mine"))).task.task_id == "mine"
    accepted = await desk.submit(CALLER, COMMAND)
    assert (accepted.validated, accepted.replayed, accepted.task.state) == (False, False, TaskState.RUNNING)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"params": {"txet": "One."}}, InputSchemaViolation),
        ({"intent": "ask"}, NoEligibleEngine),
        ({"expire_time": START}, ExpireTimePast),
    ],
)
async def test_validating_refuses_what_accepting_would(desk: Desk, change, error):
    with pytest.raises(error):
        await desk.submit(CALLER, replace(ASKED, **change))
    with pytest.raises(PermissionDenied):
        await desk.submit(STRANGER, ASKED)
    await desk.assert_nothing_is_left()


async def test_validating_says_when_a_key_or_an_id_is_taken_or_would_be_a_replay(desk: Desk):
    """5.10 A key or id that another request has is refused; one that this request has is answered as `replayed`."""
    first = await desk.submit(CALLER, replace(COMMAND, task_id="mine", expire_time=TOMORROW))
    same = await desk.submit(CALLER, replace(ASKED, task_id="mine", expire_time=TOMORROW))
    assert (same.task.task_id, same.replayed, same.validated) == ("mine", True, True)
    desk.clock.advance(48 * HOUR)
    expired = await desk.submit(CALLER, replace(ASKED, task_id="mine", idempotency_key="", expire_time=TOMORROW))
    assert (expired.task.task_id, expired.replayed, expired.validated) == (first.task.task_id, True, True)
    with pytest.raises(TaskAlreadyExists):
        await desk.submit(CALLER, replace(ASKED, task_id="mine", idempotency_key="", fingerprint=b"another"))


async def test_validating_with_the_key_of_another_request_is_refused(desk: Desk):
    await desk.submit(CALLER, COMMAND)
    with pytest.raises(IdempotencyKeyReused):
        await desk.submit(CALLER, replace(ASKED, fingerprint=b"another"))


async def test_a_full_queue_is_no_matter_of_validation(desk: Desk):
    """5.10 Whether there is room in the queue is not asked."""
    desk.worker.free = 0
    for number in range(2):
        await desk.submit(CALLER, replace(COMMAND, idempotency_key=f"key-{number}"))
    assert (await desk.submit(CALLER, ASKED)).validated


async def test_a_key_is_kept_as_long_as_its_tenant_says(desk: Desk):
    """5.4 Keys are kept 24 hours, unless `retention.yml` says otherwise."""
    long = RetentionPolicy(tenants={"acme": TenantRetention(idempotency_keys=72 * HOUR)})
    accept = replace(desk.accept, retention=long)
    first = await accept(CALLER, COMMAND)
    desk.clock.advance(71 * HOUR)
    assert (await accept(CALLER, COMMAND)).task.task_id == first.task.task_id
    desk.clock.advance(HOUR)
    assert (await accept(CALLER, COMMAND)).task.task_id != first.task.task_id
