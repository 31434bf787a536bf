"""What workers may rely on: `aion.ports.queues`, sentence by sentence.

Everything that workers do is tried in the store's process and over the wire, against a real server for workers apart.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.domain.attempts import AttemptOutcome
from aion.domain.errors import StaleFence
from aion.domain.routing import Decision, Route
from aion.domain.tasks import Priority, TaskState
from aion.domain.writes import LeaseRef, Reaped
from tests.contract.queue_desk import ENGINE, OTHER_ENGINE, accepted, apart
from tests.sample_tasks import FAILED, LEASE, LOST, OK, SCOPE, START, accept, claim, eager, new_task


def running_on(engine):
    return {"decision": Decision(engine, Route.LOCAL, "ai-router", "the only one", (), "v1", START)}


async def test_a_claimed_task_is_running_under_a_new_lease(desk, clock):
    await accepted(desk, "task-1", traceparent="00-1-2-01")
    (task,) = await (await desk.hand("w")).claim()
    stored = await desk.store.get("acme", "task-1")
    assert (stored.state, stored.lease.fence, stored.lease.expires) == (TaskState.RUNNING, 1, clock.now() + LEASE)
    assert stored.lease.owner == ("w" if desk.apart is None else apart("w"))
    assert (task.lease, task.lease_expires) == (LeaseRef("acme", "task-1", 1), clock.now() + LEASE)
    for name in ("intent", "input_json", "attempt_timeout", "expire_time", "create_time", "traceparent", "alone"):
        assert getattr(task, name) == getattr(stored, name), name
    assert task.engine == stored.decision.engine


async def test_a_claim_on_an_empty_queue_is_empty(desk):
    assert list(await (await desk.hand()).claim(10)) == []


async def test_within_a_tenant_higher_priority_goes_first_then_the_older_task(desk, clock):
    for task_id, priority in (
        ("a", Priority.LOW),
        ("b", Priority.NORMAL),
        ("c", Priority.HIGH),
        ("d", Priority.NORMAL),
    ):
        clock.advance(timedelta(milliseconds=1))
        engine = OTHER_ENGINE if task_id in "bc" else ENGINE
        await accepted(desk, task_id, priority=priority, now=clock.now(), **running_on(engine))
    assert [task.task_id for task in await (await desk.hand()).claim(10)] == ["c", "b", "d", "a"]


async def test_no_tenant_starves_another(desk):
    await accepted(desk, *(f"big-{number}" for number in range(30)), tenant="big", priority=Priority.HIGH)
    await accepted(desk, "small-1", "small-2", tenant="small", priority=Priority.LOW, **running_on(OTHER_ENGINE))
    first_four = await (await desk.hand()).claim(4)
    assert [task.tenant for task in first_four].count("small") == 2


async def test_a_worker_gets_only_tasks_for_its_engines(desk):
    """7.6 A worker gets only tasks whose engine it has, and what others must do stops nobody."""
    others = (f"other-{number}" for number in range(3))
    await accepted(desk, *others, priority=Priority.HIGH, **running_on(OTHER_ENGINE))
    await accepted(desk, "mine-1", "mine-2")
    hand = await desk.hand("w", ENGINE)
    assert [task.task_id for task in await hand.claim(10, ENGINE)] == ["mine-1", "mine-2"]
    assert list(await hand.claim(10, ENGINE)) == []
    assert len(await (await desk.hand("v", OTHER_ENGINE)).claim(10, OTHER_ENGINE)) == 3


async def test_a_claim_ends_with_the_task_that_reaches_its_bytes(store):
    for number in range(5):
        await store.accept("acme", accept(new_task(f"task-{number}", input_json='{"text":"ää"}')))
    bounded = replace(claim(limit=5), most_bytes=16)
    assert [len(await store.claim(SCOPE, bounded)) for _ in range(4)] == [2, 2, 1, 0]
    await store.accept("acme", accept(new_task("large", input_json='{"text":"%s"}' % ("a" * 100))))
    assert [task.task_id for task in await store.claim(SCOPE, bounded)] == ["large"]


async def test_a_task_that_takes_the_bytes_of_a_claim_to_the_last_one_ends_it(store):
    text = '{"text":"ää"}'
    for number in range(2):
        await store.accept("acme", accept(new_task(f"task-{number}", input_json=text)))
    exact = replace(claim(limit=5), most_bytes=len(text.encode()))
    assert [len(await store.claim(SCOPE, exact)) for _ in range(3)] == [1, 1, 0]


async def test_a_settled_task_has_its_result_and_its_attempt(desk):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    (task,) = await hand.claim()
    settled = await hand.settle(task, OK, "last words")
    ended = await desk.store.get("acme", "task-1")
    assert (settled.state, settled.outcome) == (TaskState.OK, AttemptOutcome.OK)
    assert (ended.state, ended.result_json, ended.lease) == (TaskState.OK, OK.result_json, None)
    assert [(attempt.outcome, attempt.fuel) for attempt in ended.attempts] == [(AttemptOutcome.OK, OK.fuel)]
    assert [event.text for event in await desk.store.events("acme", "task-1", 0, 1)] == ["last words"]


async def test_a_failed_attempt_is_retried_after_a_pause_under_a_higher_fence(desk, clock):
    await accepted(desk, "task-1", max_failures=1)
    hand = await desk.hand()
    (first,) = await hand.claim()
    assert (await hand.settle(first, FAILED)).state is TaskState.PENDING
    assert list(await hand.claim()) == []
    waiting = await desk.store.get("acme", "task-1")
    assert waiting.attempts[0].failure == FAILED.failure
    assert await desk.store.next_due(SCOPE) == waiting.not_before
    clock.advance(waiting.not_before - clock.now())
    (second,) = await hand.claim()
    assert second.fence > first.fence
    assert (await hand.settle(second, FAILED)).state is TaskState.ERROR


async def test_a_lost_host_queues_the_task_again_alone(desk):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    (task,) = await hand.claim()
    assert not task.alone
    await hand.settle(task, LOST)
    (again,) = await hand.claim()
    assert again.alone


async def test_every_write_under_an_old_fence_is_refused_and_writes_nothing(desk, clock):
    await accepted(desk, "task-1")
    before, after = await desk.hand("old"), await desk.hand("new")
    (old,) = await before.claim()
    clock.advance(LEASE)
    await desk.store.reap(SCOPE)
    (new,) = await after.claim()
    running = await desk.store.get("acme", "task-1")
    with pytest.raises(StaleFence):
        await before.append(old, "late")
    with pytest.raises(StaleFence):
        await before.settle(old, OK, "late")
    (renewed,) = await before.renew(old.lease)
    assert not renewed.held
    assert await desk.store.get("acme", "task-1") == running
    assert list(await desk.store.events("acme", "task-1", 0, 10)) == []
    assert new.fence == 2


async def test_no_write_passes_after_the_end(desk):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    (task,) = await hand.claim()
    await hand.settle(task)
    ended = await desk.store.get("acme", "task-1")
    otherwise = replace(OK, result_json='{"summary":"another"}')
    for again in (hand.settle(task, FAILED), hand.settle(task, otherwise), hand.append(task, "more")):
        with pytest.raises(StaleFence):
            await again
    assert await desk.store.get("acme", "task-1") == ended


async def test_the_same_settle_given_again_writes_nothing_and_answers_the_same(desk, clock):
    """2.7 A write that is sent again because its answer was lost is written once."""
    await accepted(desk, "task-1", "task-2", max_failures=1)
    hand = await desk.hand()
    ok, failed = await hand.claim(2)
    for task, result, state in ((ok, OK, TaskState.OK), (failed, FAILED, TaskState.PENDING)):
        assert (await hand.settle(task, result, "last", after=0)).state is state
        once = await desk.store.get("acme", task.task_id)
        assert (await hand.settle(task, result, "last", after=0)).state is state
        assert await desk.store.get("acme", task.task_id) == once


async def test_the_same_append_given_again_is_written_once(desk):
    """2.7 A write that is sent again because its answer was lost is written once."""
    await accepted(desk, "task-1")
    hand = await desk.hand()
    (task,) = await hand.claim()
    assert [await hand.append(task, "a", "b", after=0) for _ in range(3)] == [2, 2, 2]
    assert await hand.append(task, "c", after=2) == 3
    for late in (hand.append(task, "a", "b", after=0), hand.settle(task, OK, after=2)):
        with pytest.raises(StaleFence, match="ends at 3"):
            await late
    assert [event.text for event in await desk.store.events("acme", "task-1", 0, 10)] == ["a", "b", "c"]
    assert (await hand.settle(task, OK, after=3)).state is TaskState.OK


async def test_a_retry_that_resets_the_log_knows_where_it_stands(desk):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    (first,) = await hand.claim()
    await hand.append(first, "half", after=first.last_offset)
    await hand.settle(first, LOST, after=1)
    (second,) = await hand.claim()
    assert second.last_offset == 2
    assert await hand.append(second, "whole", after=second.last_offset) == 3


async def test_a_cost_counts_once_a_attempt_and_also_after_the_end(desk, clock):
    """2.8 What an attempt cost is recorded also when its lease is lost or its task has ended, and counts once."""
    await accepted(desk, "task-1", max_failures=1)
    hand = await desk.hand()
    (first,) = await hand.claim()
    await hand.record_cost(first, 40)
    clock.advance(LEASE)
    await desk.store.reap(SCOPE)
    (second,) = await hand.claim()
    for amount in (90, 100, 100, 70):
        await hand.record_cost(first, amount)
    await hand.settle(second)
    ended = await desk.store.get("acme", "task-1")
    await hand.record_cost(second, 5)
    billed = await desk.store.get("acme", "task-1")
    assert [attempt.cost_micros for attempt in billed.attempts] == [100, 5]
    assert (ended.usage.cost_micros, billed.usage.cost_micros) == (100, 105)
    assert (billed.state, billed.end_time, billed.result_json) == (ended.state, ended.end_time, ended.result_json)


async def test_a_cost_is_said_by_whoever_had_the_lease_also_after_the_end(desk, clock):
    """2.8 What an attempt cost is recorded also when its task has ended, by whoever had its lease."""
    await accepted(desk, "task-1")
    mine, other = await desk.hand("w1"), await desk.hand("w2")
    (lost,) = await other.claim()
    clock.advance(LEASE)
    await desk.store.reap(SCOPE)
    (task,) = await mine.claim()
    await mine.settle(task)
    for write in (other.record_cost(task, 7), other.settle(task), mine.record_cost(lost, 7)):
        with pytest.raises(StaleFence, match="another worker"):
            await write
    await mine.record_cost(task, 5)
    await other.record_cost(lost, 3)
    ended = await desk.store.get("acme", "task-1")
    assert [attempt.cost_micros for attempt in ended.attempts] == [3, 5]
    owners = [attempt.owner for attempt in ended.attempts]
    assert owners == (["w2", "w1"] if desk.apart is None else [apart("w2"), apart("w1")])


async def test_a_cost_of_an_attempt_that_never_was_is_refused(desk):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    (task,) = await hand.claim()
    await hand.settle(task)
    with pytest.raises(StaleFence):
        await hand.record_cost(task._replace(fence=2), 1)


async def test_an_expired_task_is_never_claimed(desk, clock):
    await accepted(desk, "late", expire_time=clock.now() + timedelta(minutes=1))
    await accepted(desk, "fine")
    hand = await desk.hand()
    clock.advance(timedelta(minutes=1))
    assert [task.task_id for task in await hand.claim(10)] == ["fine"]
    assert (await desk.store.get("acme", "late")).state is TaskState.TIMEOUT


async def test_a_pending_task_past_its_expire_time_times_out(store, clock):
    await store.accept("acme", accept(new_task("task-1", expire_time=clock.now() + timedelta(minutes=1))))
    assert await store.next_due(SCOPE) == clock.now() + timedelta(minutes=1)
    clock.advance(timedelta(minutes=1))
    assert await store.reap(SCOPE) == Reaped(tasks_expired=1)
    assert (await store.get("acme", "task-1")).state is TaskState.TIMEOUT
    assert await store.next_due(SCOPE) is None


async def test_a_task_starts_eagerly_only_where_its_engine_is_and_nothing_for_it_waits(store):
    """5.8 A task starts eagerly only when no eligible task waits before it."""
    mine = eager(engines=frozenset({ENGINE}))
    await store.accept("acme", accept(new_task("waits", **running_on(OTHER_ENGINE))))
    assert (await store.accept("acme", accept(new_task("starts"), eager=mine))).started
    assert not (await store.accept("acme", accept(new_task("apart", **running_on(OTHER_ENGINE)), eager=mine))).started
    await store.accept("acme", accept(new_task("waits too")))
    assert not (await store.accept("acme", accept(new_task("stands in line"), eager=mine))).started


async def test_nothing_is_due_in_an_idle_store(store):
    assert await store.next_due(SCOPE) is None
    assert await store.reap(SCOPE) == Reaped()
