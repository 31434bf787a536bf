"""What the store's refusals tell besides their reason, and how much of one kind it does in one pass."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import steps
from aion.adapters.storage.sqlite import open_store
from aion.domain import lifecycle
from aion.domain.errors import FieldViolation, IdempotencyKeyReused, QueueFull, TaskAlreadyExists
from aion.domain.writes import LeaseRef, Reaped, Renew, Renewed
from tests.manual_clock import ManualClock
from tests.sample_tasks import LEASE, SCOPE, START, accept, claim, eager, key, new_task

ONE_PASS = 500
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock():
    return ManualClock(START)


@pytest.fixture
async def store(clock):
    async with open_store("sqlite://", clock, ProcessSignals(), "test") as opened:
        yield opened


async def test_a_full_queue_says_how_many_may_wait_and_when_to_come_again(store):
    await store.accept("acme", accept(new_task("first"), max_pending=1))
    with pytest.raises(QueueFull, match="1 tasks of this tenant are waiting") as refused:
        await store.accept("acme", accept(new_task("second"), max_pending=1))
    assert (refused.value.retry_after, refused.value.facts) == (SECOND, {"limit": "1"})


async def test_a_key_that_was_used_otherwise_names_its_task_and_the_field(store):
    await store.accept("acme", accept(new_task("made"), key()))
    with pytest.raises(IdempotencyKeyReused, match="task made") as refused:
        await store.accept("acme", accept(new_task("other"), key(fingerprint=b"another")))
    assert refused.value.facts == {"task_id": "made"}
    assert refused.value.violations == (FieldViolation("request_id", "was used for another request"),)


async def test_an_id_that_is_taken_names_itself_and_by_what(store):
    await store.accept("acme", accept(new_task("taken")))
    with pytest.raises(TaskAlreadyExists) as refused:
        await store.accept("acme", accept(new_task("taken", fingerprint=b"another")))
    assert refused.value.facts == {"task_id": "taken"}
    assert refused.value.violations == (FieldViolation("task_id", "belongs to another task"),)


async def test_a_lease_that_cannot_be_renewed_is_lost_and_stays_as_it_was(store, clock):
    task = (await store.accept("acme", accept(new_task(expire_time=START + SECOND), eager=eager()))).task
    mine, stale = LeaseRef("acme", "task-1", task.fence), LeaseRef("acme", "task-1", task.fence + 1)
    nowhere = LeaseRef("other", "task-1", task.fence)
    asked = Renew("worker-1", (mine, stale, nowhere), LEASE)
    lost = [Renewed(stale, held=False, cancel_requested=False), Renewed(nowhere, held=False, cancel_requested=False)]
    assert await store.renew(SCOPE, asked) == [Renewed(mine, held=True, cancel_requested=False), *lost]
    held = await store.get("acme", "task-1")
    clock.advance(SECOND + lifecycle.OVERTIME)
    assert await store.renew(SCOPE, asked) == [Renewed(mine, held=False, cancel_requested=False), *lost]
    assert await store.get("acme", "task-1") == held


async def test_one_pass_ends_at_most_five_hundred_leases_and_as_many_waiting_tasks(store, clock):
    """15.2 One pass of housekeeping looks at a bounded number of rows and holds the writer for no more than these."""
    tasks = [new_task(f"task-{number:03}", expire_time=START + 60 * SECOND) for number in range(2 * ONE_PASS + 2)]
    await asyncio.gather(*(store.accept("acme", accept(task, max_pending=2000)) for task in tasks))
    assert len(await store.claim(SCOPE, claim(ONE_PASS + 1))) == ONE_PASS + 1
    clock.advance(60 * SECOND)
    assert await store.reap(SCOPE) == Reaped(leases_lost=ONE_PASS, tasks_expired=ONE_PASS)
    assert await store.reap(SCOPE) == Reaped(leases_lost=1, tasks_expired=1)
    assert await store.reap(SCOPE) == Reaped()


@pytest.mark.parametrize("found", [None, lifecycle.cancel_asked(new_task(), START).task], ids=["nothing", "ended"])
def test_an_index_that_names_what_is_not_alive_is_a_defect_and_not_worked_with(found):
    transaction = SimpleNamespace(find=lambda tenant, task_id: found)
    with pytest.raises(LookupError, match="not a live task"):
        steps._indexed(transaction, ("acme", "task-1"))
    waits = new_task()
    assert steps._indexed(SimpleNamespace(find=lambda *_: waits), waits.key) is waits
