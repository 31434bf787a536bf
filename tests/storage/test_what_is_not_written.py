"""What changes nothing costs no write: looking for what is due, and what has been done already."""

from datetime import timedelta

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import OffsetOutOfRange
from aion.domain.retention import RetentionPolicy
from aion.domain.tasks import TaskState
from aion.domain.writes import Reaped, RecordCost
from aion.ports.housekeeping import Swept
from tests.manual_clock import ManualClock
from tests.sample_tasks import LEASE, SCOPE, START, accept, claim, eager, lease_of, new_task

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock():
    return ManualClock(START)


@pytest.fixture(params=["memory", "file"])
async def store(request, tmp_path, clock):
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(url, clock, ProcessSignals(), "test") as opened:
        yield opened


async def test_reaping_writes_only_when_something_is_due(store, clock):
    await store.accept("acme", accept(new_task()))
    await store.claim(SCOPE, claim())
    before = store._writer.commits
    clock.advance(LEASE - SECOND)
    assert await store.reap(SCOPE) == Reaped()
    assert store._writer.commits == before
    clock.advance(SECOND)
    assert (await store.reap(SCOPE)).leases_lost == 1
    assert store._writer.commits == before + 1


async def test_reaping_writes_when_the_clock_was_set_so_that_leases_move_with_it(store, clock):
    await store.accept("acme", accept(new_task()))
    await store.claim(SCOPE, claim())
    clock.jump(timedelta(hours=1))
    assert await store.reap(SCOPE) == Reaped()
    task = await store.get("acme", "task-1")
    assert (task.state, await store.next_due(SCOPE)) == (TaskState.RUNNING, clock.now() + LEASE)


async def test_a_pass_of_housekeeping_without_a_policy_writes_nothing(store):
    await store.accept("acme", accept(new_task()))
    await store.cancel("acme", "task-1")
    before = store._writer.commits
    for forget in (store.forget_logs, store.forget_tasks, store.forget_facts):
        assert await forget(SCOPE, RetentionPolicy(), 10) == Swept(0, more=False)
    # In memory a look is a value for the writer, too; none of them deletes anything.
    assert store._writer.commits - before <= 3
    assert (await store.get("acme", "task-1")).state is TaskState.CANCELED


async def test_a_cost_that_is_known_already_is_not_written_again(store):
    lease = lease_of((await store.accept("acme", accept(new_task(), eager=eager()))).task)
    rows, connection = [], store._writer._connection
    for cost in (5, 5, 4, 6):
        before = connection.total_changes
        await store.record_cost(SCOPE, RecordCost(lease, cost))
        rows.append(connection.total_changes - before)
    assert rows == [1, 0, 0, 1]


async def test_a_task_of_one_tenant_cannot_be_accepted_for_another(store):
    with pytest.raises(ValueError, match="belongs to another tenant"):
        store.accept("other", accept(new_task()))


async def test_whoever_asks_beyond_the_end_of_a_log_is_told_where_it_ends(store):
    await store.accept("acme", accept(new_task()))
    await store.cancel("acme", "task-1")
    assert list(await store.events("acme", "task-1", 1, 10)) == []
    with pytest.raises(OffsetOutOfRange) as refused:
        await store.events("acme", "task-1", 2, 10)
    assert refused.value.facts == {"task_id": "task-1", "last_offset": "1"}


async def test_a_pending_count_is_that_of_all_tenants(store):
    for tenant in ("acme", "other"):
        await store.accept(tenant, accept(new_task(tenant=tenant)))
    assert store.pending == 2
    await store.claim(SCOPE, claim())
    assert store.pending == 1
