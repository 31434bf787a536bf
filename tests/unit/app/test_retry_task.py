"""Doing again what an ended task did, with a real store and catalogue."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.app.usecases.retry_task import RetryTask
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.errors import IdempotencyKeyReused, PermissionDenied, TaskAlreadyExists, TaskNotEnded, TaskNotFound
from aion.domain.identity import Caller, Identity
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.routing import Privacy
from aion.domain.tasks import Priority, TaskState
from aion.ports.usecases import RetryCommand
from tests.sample_tasks import FAILED, SCOPE, settle
from tests.unit.app.submit_desk import CALLER, COMMAND, STRANGER, Desk

FOREIGN = Caller(Identity("other", "service", CALLER.identity.scopes), "request")
AGAIN = RetryCommand("first", b"fingerprint of the retry", idempotency_key="again")
ASKED = replace(
    COMMAND,
    task_id="first",
    priority=Priority.HIGH,
    privacy=Privacy.ALLOW_API,
    budget_micros=9,
    p95=timedelta(seconds=3),
    metadata={"team": "blue"},
    max_queue_time=timedelta(hours=1),
)


@pytest.fixture
def retry(desk: Desk) -> RetryTask:
    return RetryTask(desk.store, desk.accept)  # type: ignore[arg-type]


async def failed(desk: Desk):
    """A task that ended ERROR."""
    await desk.submit(CALLER, ASKED)
    running = await desk.store.get("acme", "first")
    while running.state is TaskState.RUNNING:
        await desk.store.settle(SCOPE, settle(running, FAILED))
        running = await desk.store.get("acme", "first")
    if running.state is TaskState.PENDING:
        await desk.store.cancel("acme", "first")
    desk.worker.free = 1
    return await desk.store.get("acme", "first")


async def test_the_new_task_has_input_promise_priority_and_labels_and_a_life_of_its_own(desk: Desk, retry: RetryTask):
    """5.11 Retry accepts a new task with the intent, input, promise, priority and labels of an ended one."""
    first = await failed(desk)
    desk.clock.advance(timedelta(days=1))
    answered = await retry(CALLER, AGAIN)
    again = answered.task
    assert (answered.replayed, again.state, again.retry_of) == (False, TaskState.RUNNING, "first")
    for same in ("intent", "input_json", "sla", "priority", "metadata", "principal"):
        assert getattr(again, same) == getattr(first, same), same
    assert again.decision.decide_time == again.create_time == desk.clock.now()
    assert (again.queue_expire_time, again.schedule_id) == (None, "")
    assert again.expire_time - again.create_time == first.expire_time - first.create_time
    assert await desk.store.get("acme", "first") == first, "the ended one stays as it is"
    assert desk.worker.started[-1].task_id == again.task_id


@pytest.mark.parametrize("state", [TaskState.RUNNING, TaskState.PENDING])
async def test_a_task_that_has_not_ended_is_refused(desk: Desk, retry: RetryTask, state):
    """5.11 A task that has not ended is `TASK_NOT_ENDED`."""
    desk.worker.free = 1 if state is TaskState.RUNNING else 0
    await desk.submit(CALLER, ASKED)
    with pytest.raises(TaskNotEnded) as refused:
        await retry(CALLER, AGAIN)
    assert refused.value.facts == {"task_id": "first", "state": state.name}
    assert len(await desk.tasks()) == 1


async def test_what_is_not_there_and_not_yours_look_the_same(desk: Desk, retry: RetryTask):
    await failed(desk)
    with pytest.raises(TaskNotFound):
        await retry(FOREIGN, AGAIN)
    with pytest.raises(TaskNotFound):
        await retry(CALLER, replace(AGAIN, task_id="nothing"))


async def test_whoever_retries_needs_the_scope_of_the_intent(desk: Desk, retry: RetryTask):
    await failed(desk)
    with pytest.raises(PermissionDenied) as refused:
        await retry(STRANGER, AGAIN)
    assert refused.value.facts == {"scope": "intent:summarize:run"}
    assert len(await desk.tasks()) == 1


async def test_the_same_key_gives_the_same_new_task(desk: Desk, retry: RetryTask):
    """5.11 Retry is one operation with Submit: 5.1 to 5.5 hold for it."""
    await failed(desk)
    once = await retry(CALLER, AGAIN)
    twice = await retry(CALLER, AGAIN)
    assert (twice.task.task_id, twice.replayed) == (once.task.task_id, True)
    assert len(await desk.tasks()) == 2
    with pytest.raises(IdempotencyKeyReused):
        await desk.submit(CALLER, replace(COMMAND, idempotency_key="again"))
    with pytest.raises(IdempotencyKeyReused):
        await retry(CALLER, replace(AGAIN, idempotency_key="once"))


async def test_the_new_id_can_be_chosen_and_is_taken_once(desk: Desk, retry: RetryTask):
    await failed(desk)
    chosen = replace(AGAIN, idempotency_key="", new_task_id="second")
    assert (await retry(CALLER, chosen)).task.task_id == "second"
    assert (await retry(CALLER, chosen)).replayed
    with pytest.raises(TaskAlreadyExists):
        await retry(CALLER, replace(chosen, fingerprint=b"another"))
    with pytest.raises(TaskAlreadyExists):
        await retry(CALLER, replace(chosen, new_task_id="first"))


async def test_a_retry_that_was_accepted_is_answered_also_when_its_original_is_gone(desk: Desk, retry: RetryTask):
    """5.5 A retry of what was accepted is answered with its task even if it would now be refused."""
    await failed(desk)
    desk.clock.advance(timedelta(hours=25))
    once = await retry(CALLER, AGAIN)
    old = RetentionPolicy(TenantRetention(tasks=Kept.alike(timedelta(hours=1))))
    await desk.store.purge(SCOPE, 100)
    assert (await desk.store.forget_tasks(SCOPE, old, 10)).deleted == 1
    again = await retry(CALLER, AGAIN)
    assert (again.task.task_id, again.replayed) == (once.task.task_id, True)
    with pytest.raises(PermissionDenied):
        await retry(STRANGER, AGAIN)
    with pytest.raises(TaskNotFound):
        await retry(CALLER, replace(AGAIN, idempotency_key="another"))


async def test_a_retry_can_be_retried(desk: Desk, retry: RetryTask):
    await failed(desk)
    second = (await retry(CALLER, AGAIN)).task
    await desk.store.cancel("acme", second.task_id)
    await desk.store.settle(SCOPE, settle(await desk.store.get("acme", second.task_id)))
    third = (await retry(CALLER, RetryCommand(second.task_id, b"third"))).task
    assert (third.retry_of, third.input_json) == (second.task_id, second.input_json)


async def test_a_retry_that_is_only_validated_decides_and_accepts_nothing(desk: Desk, retry: RetryTask):
    """5.10 `validate_only` checks and decides as always and accepts nothing."""
    await failed(desk)
    before = await desk.tasks()
    answered = await retry(CALLER, replace(AGAIN, validate_only=True))
    assert (answered.validated, answered.replayed, answered.task.retry_of) == (True, False, "first")
    assert answered.task.decision.engine == before[0].decision.engine
    assert await desk.tasks() == before
    again = await retry(CALLER, AGAIN)
    assert (await retry(CALLER, replace(AGAIN, validate_only=True))).replayed
    assert not again.replayed


async def test_a_client_s_pin_to_bytes_is_kept_and_a_policy_s_is_not(desk: Desk, retry: RetryTask):
    """5.11 `preferred_engine` is not taken over, but for a digest to which the client pinned the task."""
    (engine,) = desk.accept.catalog.candidates("summarize")
    pinned = replace(ASKED, preferred_engine=f"module:summarize@{engine.digest}")
    await desk.submit(CALLER, pinned)
    running = await desk.store.get("acme", "first")
    assert running.attempts[0].digest == running.decision.engine_digest == engine.digest
    await desk.store.cancel("acme", "first")
    await desk.store.settle(SCOPE, settle(running, AttemptResult(AttemptOutcome.CANCELED)))
    again = (await retry(CALLER, replace(AGAIN, new_task_id="second"))).task
    assert again.decision.pinned_digest == engine.digest

    both = replace(again, decision=replace(again.decision, chosen_by="policy-override"), state=TaskState.ERROR)
    desk.store.get = lambda tenant, task_id: _soon(both)  # type: ignore[method-assign]
    dry = replace(AGAIN, new_task_id="both", idempotency_key="both", validate_only=True)
    still = (await retry(CALLER, dry)).task
    assert still.decision.pinned_digest == engine.digest, "it was the client's pin as well"

    policy = replace(both, decision=replace(both.decision, client_pinned=False))
    desk.store.get = lambda tenant, task_id: _soon(policy)  # type: ignore[method-assign]
    free = (await retry(CALLER, replace(AGAIN, new_task_id="third", idempotency_key="third"))).task
    assert (free.decision.digest_pinned, free.decision.engine_digest) == (False, engine.digest)


async def _soon(task):
    return task
