"""What clients may rely on: `aion.ports.tasks`, sentence by sentence."""

import asyncio
from datetime import timedelta

import pytest

from aion.domain.attempts import AttemptOutcome
from aion.domain.errors import IdempotencyKeyReused, QueueFull, TaskAlreadyExists, TaskNotFound
from aion.domain.tasks import Priority, TaskState
from aion.ports.tasks import TaskFilter, TaskPosition
from tests.sample_tasks import FAILED, OK, SCOPE, accept, claim, eager, key, lease_of, new_task, settle, tokens

EVERYTHING = TaskFilter()


async def test_an_accepted_task_reads_back_as_it_was_given(store):
    task = new_task(metadata={"team": "blau"}, traceparent="00-1-2-01", priority=Priority.HIGH)
    accepted = await store.accept("acme", accept(task))
    assert (accepted.task, accepted.replayed, accepted.started) == (task, False, False)
    assert await store.get("acme", "task-1") == task


async def test_an_ended_task_reads_back_as_settle_answered_it(store):
    started = (await store.accept("acme", accept(new_task(), eager=eager()))).task
    settled = await store.settle(SCOPE, settle(started))
    ended = await store.get("acme", "task-1")
    assert ended.state is settled.state is TaskState.OK
    assert (ended.result_json, ended.attempts[0].fuel) == (OK.result_json, OK.fuel)


async def test_not_there_and_not_yours_look_the_same(store):
    await store.accept("acme", accept(new_task()))
    with pytest.raises(TaskNotFound) as foreign:
        await store.get("other", "task-1")
    with pytest.raises(TaskNotFound) as missing:
        await store.get("other", "task-2")
    assert foreign.value.message == missing.value.message.replace("task-2", "task-1")


async def test_two_tenants_may_use_the_same_task_id_and_key(store):
    for tenant in ("acme", "other"):
        accepted = await store.accept(tenant, accept(new_task(tenant=tenant), key()))
        assert not accepted.replayed
    assert (await store.get("acme", "task-1")).tenant == "acme"
    assert (await store.get("other", "task-1")).tenant == "other"


async def test_a_task_of_another_tenant_cannot_be_accepted(store):
    with pytest.raises(ValueError, match="another tenant"):
        await store.accept("other", accept(new_task(tenant="acme")))


async def test_a_replay_by_key_returns_the_task_in_its_current_state(store):
    started = (await store.accept("acme", accept(new_task(), key(), eager()))).task
    await store.settle(SCOPE, settle(started))
    ended = await store.get("acme", "task-1")
    again = await store.accept("acme", accept(new_task("another-id"), key()))
    assert again.replayed
    assert again.task == ended
    with pytest.raises(TaskNotFound):
        await store.get("acme", "another-id")


async def test_the_same_task_id_with_the_same_fingerprint_is_a_replay(store):
    first = await store.accept("acme", accept(new_task()))
    again = await store.accept("acme", accept(new_task()))
    assert again.replayed
    assert again.task == first.task


async def test_the_same_key_with_another_fingerprint_is_refused_and_leaves_nothing(store):
    await store.accept("acme", accept(new_task(), key()))
    with pytest.raises(IdempotencyKeyReused) as refused:
        await store.accept("acme", accept(new_task("task-2", fingerprint=b"x"), key(fingerprint=b"x")))
    assert refused.value.violations[0].field == "request_id"
    assert [task.task_id for task in await store.list("acme", EVERYTHING, None, 10)] == ["task-1"]


async def test_the_same_task_id_with_another_fingerprint_is_refused_and_leaves_no_key(store):
    await store.accept("acme", accept(new_task()))
    with pytest.raises(TaskAlreadyExists) as refused:
        await store.accept("acme", accept(new_task(fingerprint=b"x"), key("new", fingerprint=b"x")))
    assert refused.value.violations[0].field == "task_id"
    accepted = await store.accept("acme", accept(new_task("task-2", fingerprint=b"y"), key("new", fingerprint=b"y")))
    assert not accepted.replayed


async def test_the_key_decides_before_the_task_id(store):
    await store.accept("acme", accept(new_task("task-1"), key("one")))
    await store.accept("acme", accept(new_task("task-2"), key("two")))
    again = await store.accept("acme", accept(new_task("task-2"), key("one")))
    assert again.task.task_id == "task-1"


async def test_another_principal_has_keys_of_its_own(store):
    await store.accept("acme", accept(new_task(), key()))
    accepted = await store.accept("acme", accept(new_task("task-2"), key(principal="another")))
    assert not accepted.replayed


async def test_an_expired_key_is_free_again(store, clock):
    await store.accept("acme", accept(new_task(), key()))
    clock.advance(timedelta(hours=24))
    assert await store.find_replay("acme", "", key(), b"fingerprint") is None
    accepted = await store.accept("acme", accept(new_task("task-2"), key()))
    assert not accepted.replayed
    assert (await store.accept("acme", accept(new_task("task-3"), key()))).task.task_id == "task-2"


async def test_a_hundred_concurrent_accepts_of_one_key_make_one_task(store):
    values = [accept(new_task(f"task-{number}"), key()) for number in range(100)]
    answers = await asyncio.gather(*(store.accept("acme", value) for value in values))
    assert len({answer.task.task_id for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert len(await store.list("acme", EVERYTHING, None, 200)) == 1


async def test_refused_neighbours_in_one_group_do_not_harm_each_other(store):
    await store.accept("acme", accept(new_task("taken"), key("used")))
    values = [
        accept(new_task("good-1"), key("a")),
        accept(new_task("taken", fingerprint=b"x")),
        accept(new_task("good-2"), key("b")),
        accept(new_task("good-3", fingerprint=b"x"), key("used", fingerprint=b"x")),
        accept(new_task("good-4"), max_pending=0),
        accept(new_task("unwritable", input_json="\ud800")),
        accept(new_task("good-5")),
    ]
    answers = await asyncio.gather(*(store.accept("acme", value) for value in values), return_exceptions=True)
    kinds = [type(answer).__name__ for answer in answers]
    assert kinds == [
        "Accepted",
        "TaskAlreadyExists",
        "Accepted",
        "IdempotencyKeyReused",
        "QueueFull",
        "UnicodeEncodeError",
        "Accepted",
    ]
    listed = {task.task_id for task in await store.list("acme", EVERYTHING, None, 10)}
    assert listed == {"taken", "good-1", "good-2", "good-5"}


async def test_a_full_queue_says_when_to_try_again(store):
    await store.accept("acme", accept(new_task("task-1"), max_pending=1))
    with pytest.raises(QueueFull) as refused:
        await store.accept("acme", accept(new_task("task-2"), max_pending=1))
    assert refused.value.retry_after is not None
    assert not (await store.accept("other", accept(new_task(tenant="other"), max_pending=1))).replayed


async def test_a_replay_passes_a_full_queue(store):
    await store.accept("acme", accept(new_task(), key(), max_pending=1))
    assert (await store.accept("acme", accept(new_task(), key(), max_pending=1))).replayed


async def test_a_caller_that_leaves_does_not_cancel_what_it_handed_over(store):
    leaving = asyncio.ensure_future(store.accept("acme", accept(new_task())))
    await asyncio.sleep(0)
    leaving.cancel()
    await store.accept("acme", accept(new_task("after")))
    assert (await store.get("acme", "task-1")).state is TaskState.PENDING


async def test_an_eager_start_runs_at_once_when_nothing_waits(store):
    accepted = await store.accept("acme", accept(new_task(), eager=eager("w")))
    assert accepted.started
    assert accepted.task.state is TaskState.RUNNING
    assert accepted.task.lease is not None
    assert (accepted.task.lease.owner, accepted.task.lease.fence) == ("w", 1)


async def test_an_eager_start_is_not_given_when_an_eligible_task_of_any_tenant_waits(store):
    await store.accept("other", accept(new_task(tenant="other")))
    accepted = await store.accept("acme", accept(new_task(), eager=eager()))
    assert (accepted.started, accepted.task.state) == (False, TaskState.PENDING)


async def test_a_held_back_retry_does_not_prevent_an_eager_start(store, clock):
    failing = (await store.accept("acme", accept(new_task(max_failures=1), eager=eager()))).task
    await store.settle(SCOPE, settle(failing, FAILED))
    retried = await store.get("acme", "task-1")
    assert retried.not_before is not None
    assert (await store.accept("acme", accept(new_task("task-2"), eager=eager()))).started
    clock.advance(timedelta(seconds=1))
    assert not (await store.accept("acme", accept(new_task("task-3"), eager=eager()))).started


async def test_find_replay_finds_by_key_then_by_id_and_refuses_like_accept(store):
    task = (await store.accept("acme", accept(new_task(), key()))).task
    assert await store.find_replay("acme", "", key(), b"fingerprint") == task
    assert await store.find_replay("acme", "task-1", None, b"fingerprint") == task
    assert await store.find_replay("acme", "task-1", key("unused"), b"fingerprint") == task
    assert await store.find_replay("acme", "", key("unused"), b"fingerprint") is None
    assert await store.find_replay("other", "task-1", key(), b"fingerprint") is None
    with pytest.raises(IdempotencyKeyReused):
        await store.find_replay("acme", "", key(fingerprint=b"x"), b"x")
    with pytest.raises(TaskAlreadyExists):
        await store.find_replay("acme", "task-1", None, b"x")


async def test_cancel_ends_a_pending_task_at_once_and_is_idempotent(store):
    await store.accept("acme", accept(new_task()))
    canceled = await store.cancel("acme", "task-1")
    assert canceled.state is TaskState.CANCELED
    assert await store.cancel("acme", "task-1") == canceled
    assert await store.claim(SCOPE, claim()) == []


async def test_cancel_tells_a_running_task_and_it_ends_canceled(store):
    started = (await store.accept("acme", accept(new_task(), eager=eager()))).task
    told = await store.cancel("acme", "task-1")
    assert (told.state, told.cancel_requested) == (TaskState.RUNNING, True)
    assert (await store.settle(SCOPE, settle(started))).state is TaskState.CANCELED


async def test_cancel_of_a_foreign_task_finds_nothing(store):
    await store.accept("acme", accept(new_task()))
    with pytest.raises(TaskNotFound):
        await store.cancel("other", "task-1")
    assert (await store.get("acme", "task-1")).state is TaskState.PENDING


async def test_a_list_is_newest_first_pages_without_gaps_and_knows_its_tenant(store, clock):
    for number in range(7):
        clock.advance(timedelta(microseconds=number % 2))
        await store.accept("acme", accept(new_task(f"task-{number}", now=clock.now())))
    await store.accept("other", accept(new_task("foreign", tenant="other")))
    whole = await store.list("acme", EVERYTHING, None, 100)
    order = [(task.create_time, task.task_id) for task in whole]
    assert order == sorted(order, reverse=True)
    assert {task.task_id for task in whole} == {f"task-{number}" for number in range(7)}
    paged, after = [], None
    while page := await store.list("acme", EVERYTHING, after, 2):
        paged.extend(page)
        after = TaskPosition(round(page[-1].create_time.timestamp() * 1_000_000), page[-1].task_id)
    assert paged == whole


async def test_a_list_carries_no_payloads(store):
    started = (await store.accept("acme", accept(new_task(), eager=eager()))).task
    await store.settle(SCOPE, settle(started))
    ended = await store.get("acme", "task-1")
    (listed,) = await store.list("acme", EVERYTHING, None, 10)
    assert (listed.input_json, listed.result_json, listed.attempts, listed.decision.candidates) == ("", None, (), ())
    assert (listed.state, listed.usage, listed.decision.engine) == (ended.state, ended.usage, ended.decision.engine)


async def test_a_list_filters_by_state_and_intent(store):
    await store.accept("acme", accept(new_task("canceled")))
    await store.cancel("acme", "canceled")
    await store.accept("acme", accept(new_task("waits")))
    await store.accept("acme", accept(new_task("redacts", intent="redact")))

    async def names(**filter_):
        return {task.task_id for task in await store.list("acme", TaskFilter(**filter_), None, 10)}

    assert await names(states=frozenset({TaskState.CANCELED})) == {"canceled"}
    assert await names(states=frozenset({TaskState.CANCELED, TaskState.PENDING})) == {"canceled", "waits", "redacts"}
    assert await names(intent="redact") == {"redacts"}
    assert await names(intent="redact", states=frozenset({TaskState.OK})) == set()


async def test_every_attempt_and_its_failure_is_kept(store, clock):
    task = (await store.accept("acme", accept(new_task(max_failures=1), eager=eager()))).task
    await store.settle(SCOPE, settle(task, FAILED))
    clock.advance(timedelta(seconds=1))
    (task,) = await store.claim(SCOPE, claim())
    await store.append(SCOPE, tokens(task, "a"))
    await store.settle(SCOPE, settle(task, OK))
    outcomes = [attempt.outcome for attempt in (await store.get("acme", "task-1")).attempts]
    assert outcomes == [AttemptOutcome.FAILED, AttemptOutcome.OK]
    assert lease_of(task).fence == 2
