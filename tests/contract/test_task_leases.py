"""What workers may rely on: `aion.ports.queues` on leases: whose a task is, for how long, what comes after a loss."""

import asyncio
import math

import pytest

from aion.domain.errors import StaleFence, TaskNotFound
from aion.domain.lifecycle import OVERTIME
from aion.domain.tasks import TaskState
from aion.domain.writes import LeaseRef, Reaped
from tests.contract.queue_desk import accepted, apart
from tests.sample_tasks import LEASE, SCOPE, START, accept, claim, new_task


async def test_a_lease_is_never_given_to_two_workers(desk):
    await accepted(desk, *(f"task-{number}" for number in range(20)))
    hands = [await desk.hand(f"w{number}") for number in range(10)]
    claims = await asyncio.gather(*(hand.claim(5) for hand in hands))
    given = [task.task_id for tasks in claims for task in tasks]
    assert len(given) == len(set(given)) == 20


async def test_a_lease_names_its_tenant(desk):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    await hand.claim()
    foreign = LeaseRef("other", "task-1", 1)
    with pytest.raises(StaleFence):
        await hand.settle(foreign)
    with pytest.raises(StaleFence):
        await hand.append(foreign, "word")
    assert not (await hand.renew(foreign))[0].held
    with pytest.raises(TaskNotFound):
        await desk.store.get("other", "task-1")


async def test_a_renewed_lease_lasts_longer(desk, clock):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    (task,) = await hand.claim()
    clock.advance(LEASE / 2)
    (renewed,) = await hand.renew(task.lease)
    assert (renewed.held, renewed.cancel_requested) == (True, False)
    clock.advance(LEASE / 2)
    assert await desk.store.reap(SCOPE) == Reaped()
    clock.advance(LEASE / 2)
    assert await desk.store.reap(SCOPE) == Reaped(leases_lost=1)


async def test_a_worker_that_renews_and_never_settles_cannot_keep_a_task_from_its_end(desk, clock):
    """3.2 After its expire time a task ends TIMEOUT, queued or running."""
    await accepted(desk, "task-1", expire_time=START + 2 * LEASE)
    hand = await desk.hand()
    (task,) = await hand.claim()
    while clock.now() < task.expire_time:
        (renewed,) = await hand.renew(task.lease)
        assert renewed.held
        clock.advance(LEASE / 2)
        await desk.store.reap(SCOPE)
    for _ in range(math.ceil(OVERTIME / LEASE) * 2):
        await hand.renew(task.lease)
        clock.advance(LEASE / 2)
        await desk.store.reap(SCOPE)
    assert (await desk.store.get("acme", "task-1")).state is TaskState.TIMEOUT
    (renewed,) = await hand.renew(task.lease)
    assert not renewed.held


async def test_a_worker_learns_of_a_cancel_when_it_renews(desk):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    (task,) = await hand.claim()
    await desk.store.cancel("acme", "task-1")
    (renewed,) = await hand.renew(task.lease)
    assert (renewed.held, renewed.cancel_requested) == (True, True)


async def test_a_worker_has_no_part_in_the_lease_of_another(desk):
    """7.7 A lease belongs to one principal's worker: nobody else can renew it or write under it."""
    await accepted(desk, "task-1")
    mine, other = await desk.hand("w1"), await desk.hand("w2")
    (task,) = await mine.claim()
    running = await desk.store.get("acme", "task-1")
    assert not (await other.renew(task.lease))[0].held
    for write in (other.append(task, "word"), other.settle(task), other.record_cost(task, 7)):
        with pytest.raises(StaleFence, match="another worker"):
            await write
    assert await desk.store.get("acme", "task-1") == running


async def test_an_expired_lease_can_be_claimed_by_another_worker(desk, clock):
    await accepted(desk, "task-1")
    first, second = await desk.hand("w1"), await desk.hand("w2")
    await first.claim()
    assert list(await second.claim()) == []
    assert await desk.store.next_due(SCOPE) == clock.now() + LEASE
    clock.advance(LEASE)
    assert await desk.store.reap(SCOPE) == Reaped(leases_lost=1)
    (task,) = await second.claim()
    assert task.fence == 2


async def test_too_many_losses_poison_the_task(desk, clock):
    await accepted(desk, "task-1")
    hand = await desk.hand()
    for _ in range(4):
        await hand.claim()
        clock.advance(LEASE)
        await desk.store.reap(SCOPE)
    poisoned = await desk.store.get("acme", "task-1")
    assert (poisoned.state, poisoned.failure.code) == (TaskState.ERROR, "TASK_POISONED")
    assert "task.dead_lettered" in [fact.name for fact in await desk.store.waiting(SCOPE, 100)]


async def test_reclaim_takes_back_the_leases_of_dead_workers_and_leaves_those_that_may_live(store, clock):
    """2.6 When a server starts, it takes back the leases of incarnations that are gone, but for workers apart."""
    for owner in ("dead", "living", apart("w")):
        await store.accept("acme", accept(new_task(f"of-{owner.partition(':')[0]}")))
        await store.claim(SCOPE, claim(owner=owner))
    assert await store.reclaim(SCOPE, "successor", frozenset({"living"})) == 1
    states = [(await store.get("acme", f"of-{name}")).state for name in ("dead", "living", "worker")]
    assert states == [TaskState.PENDING, TaskState.RUNNING, TaskState.RUNNING]
    why = (await store.get("acme", "of-dead")).attempts[-1].failure
    assert (why.code, "dead" in why.message, "successor" in why.message) == ("ATTEMPT_LOST", True, True)
    clock.advance(LEASE)
    await store.reap(SCOPE)
    assert (await store.get("acme", "of-worker")).state is TaskState.PENDING
