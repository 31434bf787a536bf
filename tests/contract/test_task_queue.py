"""What workers may rely on: `aion.ports.queues`, sentence by sentence."""

import asyncio
from datetime import timedelta

import pytest

from aion.domain.attempts import AttemptOutcome
from aion.domain.errors import EventsExpired, StaleFence, TaskAlreadyExists, TaskNotFound
from aion.domain.tasks import Priority, TaskState
from aion.domain.writes import Append, LeaseRef, Reaped, Renew, Settle
from tests.sample_tasks import (
    FAILED,
    LEASE,
    LOST,
    OK,
    SCOPE,
    accept,
    claim,
    eager,
    key,
    lease_of,
    new_task,
    settle,
    tokens,
)


async def accepted(store, *ids, tenant="acme", **changes):
    for task_id in ids:
        await store.accept(tenant, accept(new_task(task_id, tenant=tenant, **changes)))


async def test_a_claimed_task_is_running_under_a_new_lease(store, clock):
    await accepted(store, "task-1")
    (task,) = await store.claim(SCOPE, claim(owner="w"))
    assert task.state is TaskState.RUNNING
    assert (task.lease.owner, task.lease.fence, task.lease.expires) == ("w", 1, clock.now() + LEASE)
    assert await store.get("acme", "task-1") == task


async def test_a_lease_is_never_given_to_two_workers(store):
    await accepted(store, *(f"task-{number}" for number in range(20)))
    claims = await asyncio.gather(*(store.claim(SCOPE, claim(5, f"w{number}")) for number in range(10)))
    given = [task.task_id for tasks in claims for task in tasks]
    assert len(given) == len(set(given)) == 20


async def test_a_claim_on_an_empty_queue_is_empty(store):
    assert await store.claim(SCOPE, claim(10)) == []


async def test_within_a_tenant_higher_priority_goes_first_then_the_older_task(store, clock):
    for task_id, priority in (
        ("a", Priority.LOW),
        ("b", Priority.NORMAL),
        ("c", Priority.HIGH),
        ("d", Priority.NORMAL),
    ):
        clock.advance(timedelta(milliseconds=1))
        await accepted(store, task_id, priority=priority, now=clock.now())
    assert [task.task_id for task in await store.claim(SCOPE, claim(10))] == ["c", "b", "d", "a"]


async def test_no_tenant_starves_another(store):
    await accepted(store, *(f"big-{number}" for number in range(30)), tenant="big", priority=Priority.HIGH)
    await accepted(store, "small-1", "small-2", tenant="small", priority=Priority.LOW)
    first_four = await store.claim(SCOPE, claim(4))
    assert [task.tenant for task in first_four].count("small") == 2


async def test_a_settled_task_has_its_result_and_its_attempt(store):
    await accepted(store, "task-1")
    (task,) = await store.claim(SCOPE, claim())
    ended = await store.settle(SCOPE, settle(task))
    assert (ended.state, ended.result_json, ended.lease) == (TaskState.OK, OK.result_json, None)
    assert [attempt.outcome for attempt in ended.attempts] == [AttemptOutcome.OK]
    assert await store.get("acme", "task-1") == ended


async def test_a_failed_attempt_is_retried_after_a_pause_under_a_higher_fence(store, clock):
    await accepted(store, "task-1", max_failures=1)
    (first,) = await store.claim(SCOPE, claim())
    waiting = await store.settle(SCOPE, settle(first, FAILED))
    assert waiting.state is TaskState.PENDING
    assert await store.claim(SCOPE, claim()) == []
    assert await store.next_due(SCOPE) == waiting.not_before
    clock.advance(waiting.not_before - clock.now())
    (second,) = await store.claim(SCOPE, claim())
    assert second.lease.fence > first.lease.fence
    assert (await store.settle(SCOPE, settle(second, FAILED))).state is TaskState.ERROR


async def test_a_lost_host_queues_the_task_again_alone(store):
    await accepted(store, "task-1")
    (task,) = await store.claim(SCOPE, claim())
    assert not task.alone
    await store.settle(SCOPE, settle(task, LOST))
    (again,) = await store.claim(SCOPE, claim())
    assert again.alone


async def test_every_write_under_an_old_fence_is_refused_and_writes_nothing(store, clock):
    await accepted(store, "task-1")
    (old,) = await store.claim(SCOPE, claim(owner="old"))
    clock.advance(LEASE)
    await store.reap(SCOPE)
    (new,) = await store.claim(SCOPE, claim(owner="new"))
    with pytest.raises(StaleFence):
        await store.append(SCOPE, tokens(old, "late"))
    with pytest.raises(StaleFence):
        await store.settle(SCOPE, settle(old, OK, "late"))
    (renewed,) = await store.renew(SCOPE, Renew("old", (lease_of(old),), LEASE))
    assert not renewed.held
    assert await store.get("acme", "task-1") == new
    assert await store.events("acme", "task-1", 0, 10) == ()


async def test_no_write_passes_after_the_end(store):
    await accepted(store, "task-1")
    (task,) = await store.claim(SCOPE, claim())
    ended = await store.settle(SCOPE, settle(task))
    for again in (store.settle(SCOPE, settle(task)), store.append(SCOPE, tokens(task, "more"))):
        with pytest.raises(StaleFence):
            await again
    assert await store.get("acme", "task-1") == ended


async def test_a_lease_names_its_tenant(store):
    await accepted(store, "task-1")
    await store.claim(SCOPE, claim())
    foreign = LeaseRef("other", "task-1", 1)
    with pytest.raises(StaleFence):
        await store.settle(SCOPE, Settle(foreign, OK))
    with pytest.raises(StaleFence):
        await store.append(SCOPE, Append(foreign, ()))
    assert not (await store.renew(SCOPE, Renew("worker-1", (foreign,), LEASE)))[0].held
    with pytest.raises(TaskNotFound):
        await store.get("other", "task-1")


async def test_a_renewed_lease_lasts_longer(store, clock):
    await accepted(store, "task-1")
    (task,) = await store.claim(SCOPE, claim())
    clock.advance(LEASE / 2)
    (renewed,) = await store.renew(SCOPE, Renew("worker-1", (lease_of(task),), LEASE))
    assert (renewed.held, renewed.cancel_requested) == (True, False)
    clock.advance(LEASE / 2)
    assert await store.reap(SCOPE) == Reaped()
    clock.advance(LEASE / 2)
    assert await store.reap(SCOPE) == Reaped(leases_lost=1)


async def test_a_worker_learns_of_a_cancel_when_it_renews(store):
    await accepted(store, "task-1")
    (task,) = await store.claim(SCOPE, claim())
    await store.cancel("acme", "task-1")
    (renewed,) = await store.renew(SCOPE, Renew("worker-1", (lease_of(task),), LEASE))
    assert (renewed.held, renewed.cancel_requested) == (True, True)


async def test_a_worker_cannot_renew_the_lease_of_another(store):
    await accepted(store, "task-1")
    (task,) = await store.claim(SCOPE, claim(owner="w1"))
    assert not (await store.renew(SCOPE, Renew("w2", (lease_of(task),), LEASE)))[0].held


async def test_an_expired_lease_can_be_claimed_by_another_worker(store, clock):
    await accepted(store, "task-1")
    await store.claim(SCOPE, claim(owner="w1"))
    assert await store.claim(SCOPE, claim(owner="w2")) == []
    assert await store.next_due(SCOPE) == clock.now() + LEASE
    clock.advance(LEASE)
    assert await store.reap(SCOPE) == Reaped(leases_lost=1)
    (task,) = await store.claim(SCOPE, claim(owner="w2"))
    assert (task.lease.owner, task.fence) == ("w2", 2)


async def test_too_many_losses_poison_the_task(store, clock):
    await accepted(store, "task-1")
    for _ in range(4):
        await store.claim(SCOPE, claim())
        clock.advance(LEASE)
        await store.reap(SCOPE)
    poisoned = await store.get("acme", "task-1")
    assert (poisoned.state, poisoned.failure.code) == (TaskState.ERROR, "TASK_POISONED")
    assert "task.dead_lettered" in [fact.name for fact in await store.waiting(SCOPE, 100)]


async def test_a_pending_task_past_its_expire_time_times_out(store, clock):
    await accepted(store, "task-1", expire_time=clock.now() + timedelta(minutes=1))
    assert await store.next_due(SCOPE) == clock.now() + timedelta(minutes=1)
    clock.advance(timedelta(minutes=1))
    assert await store.reap(SCOPE) == Reaped(tasks_expired=1)
    assert (await store.get("acme", "task-1")).state is TaskState.TIMEOUT
    assert await store.next_due(SCOPE) is None


async def test_an_expired_task_is_never_claimed(store, clock):
    await accepted(store, "late", expire_time=clock.now() + timedelta(minutes=1))
    await accepted(store, "fine")
    clock.advance(timedelta(minutes=1))
    assert [task.task_id for task in await store.claim(SCOPE, claim(10))] == ["fine"]
    assert (await store.get("acme", "late")).state is TaskState.TIMEOUT


async def test_reclaim_takes_back_the_leases_of_dead_workers_only(store):
    await accepted(store, "task-1", "task-2")
    await store.claim(SCOPE, claim(owner="dead"))
    await store.claim(SCOPE, claim(owner="living"))
    assert await store.reclaim(SCOPE, "successor", frozenset({"living"})) == 1
    states = [(await store.get("acme", task_id)).state for task_id in ("task-1", "task-2")]
    assert states == [TaskState.PENDING, TaskState.RUNNING]


async def test_nothing_is_due_in_an_idle_store(store):
    assert await store.next_due(SCOPE) is None
    assert await store.reap(SCOPE) == Reaped()


async def test_purge_deletes_expired_keys_and_compacted_events_but_no_live_ones(store, clock):
    live = (await store.accept("acme", accept(new_task("live"), key("live"), eager()))).task
    await store.append(SCOPE, tokens(live, "a"))
    ended = (await store.accept("acme", accept(new_task("ended"), key("ended"), eager()))).task
    await store.append(SCOPE, tokens(ended, "b", "c"))
    await store.settle(SCOPE, settle(ended))
    log = await store.events("acme", "ended", 0, 10)
    assert [await store.purge(SCOPE, limit) for limit in (1, 1, 100)] == [1, 1, 0]
    clock.advance(timedelta(hours=24))
    assert await store.purge(SCOPE, 100) == 2
    assert await store.events("acme", "ended", 0, 10) == log
    assert [event.text for event in await store.events("acme", "live", 0, 10)] == ["a"]


async def ended_task(store, clock):
    task = (await store.accept("acme", accept(new_task("old"), key("old"), eager()))).task
    await store.append(SCOPE, tokens(task, "a"))
    await store.settle(SCOPE, settle(task))
    await store.accept("acme", accept(new_task("live"), key("live")))
    clock.advance(timedelta(days=30))
    return await store.get("acme", "old")


async def test_a_forgotten_log_answers_expired_and_its_task_stays(store, clock):
    ended = await ended_task(store, clock)
    assert await store.forget_logs(SCOPE, ended.end_time, 10) == 0
    assert await store.forget_logs(SCOPE, clock.now(), 10) == 1
    assert await store.get("acme", "old") == ended
    with pytest.raises(EventsExpired, match="read the task") as gone:
        await store.events("acme", "old", 0, 10)
    assert gone.value.facts == {"task_id": "old", "state": "OK"}
    assert list(await store.events("acme", "old", ended.last_offset, 10)) == []


async def test_a_forgotten_task_is_gone_but_its_id_stays_taken(store, clock):
    ended = await ended_task(store, clock)
    assert await store.forget_tasks(SCOPE, clock.now(), 10) == 0, "its events are not purged yet"
    await store.purge(SCOPE, 10)
    assert await store.forget_tasks(SCOPE, ended.end_time, 10) == 0
    assert await store.forget_tasks(SCOPE, clock.now(), 10) == 1
    with pytest.raises(TaskNotFound):
        await store.get("acme", "old")
    for again in (
        store.accept("acme", accept(new_task("old"))),
        store.find_replay("acme", "old", None, b"fingerprint"),
    ):
        with pytest.raises(TaskAlreadyExists, match="purged"):
            await again
    assert not (await store.accept("other", accept(new_task("old", tenant="other")))).replayed
    assert (await store.get("acme", "live")).state is TaskState.PENDING


async def test_a_task_whose_key_still_answers_retries_is_not_forgotten(store, clock):
    task = (await store.accept("acme", accept(new_task("young"), key("young"), eager()))).task
    await store.settle(SCOPE, settle(task))
    await store.purge(SCOPE, 10)
    clock.advance(timedelta(hours=23))
    assert await store.forget_tasks(SCOPE, clock.now(), 10) == 0
    assert (await store.accept("acme", accept(new_task("young-2"), key("young")))).task.task_id == "young"
    clock.advance(timedelta(hours=1))
    assert await store.forget_tasks(SCOPE, clock.now(), 10) == 1


async def test_a_forgotten_task_is_not_replayed_by_a_write_of_the_same_commit(store, clock):
    await ended_task(store, clock)
    await store.purge(SCOPE, 10)
    forgetting = asyncio.ensure_future(store.forget_tasks(SCOPE, clock.now(), 10))
    await asyncio.sleep(0)
    accepting = store.accept("acme", accept(new_task("old")))
    assert await forgetting == 1
    with pytest.raises(TaskAlreadyExists, match="purged"):
        await accepting


async def test_forgetting_goes_through_more_tasks_than_one_pass_looks_at(store, clock):
    for number in range(7):
        task = (await store.accept("acme", accept(new_task(f"old-{number}"), eager=eager()))).task
        await store.settle(SCOPE, settle(task))
    await store.accept("acme", accept(new_task("waits", expire_time=clock.now() + timedelta(days=90))))
    clock.advance(timedelta(days=30))
    await store.accept("acme", accept(new_task("young", now=clock.now())))
    assert [await store.forget_logs(SCOPE, clock.now(), 3) for _ in range(4)] == [3, 3, 1, 0]
    assert [await store.forget_tasks(SCOPE, clock.now(), 3) for _ in range(4)] == [3, 3, 1, 0]
