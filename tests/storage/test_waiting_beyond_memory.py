"""More tasks wait than fit in memory: they keep their order, their turns and their expire times."""

from datetime import timedelta

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import steps
from aion.adapters.storage.sqlite import open_store
from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.routing import Decision, Route
from aion.domain.tasks import Priority, TaskState
from aion.domain.writes import Claim, Reaped
from tests.manual_clock import ManualClock
from tests.sample_tasks import LEASE, SCOPE, START, accept, claim, eager, new_task, settle

MOST = 40
PRIORITIES = (Priority.NORMAL, Priority.LOW, Priority.HIGH)


@pytest.fixture
def clock():
    return ManualClock(START)


@pytest.fixture
async def store(clock):
    async with open_store("sqlite://", clock, ProcessSignals(), "test", most_waiting=MOST) as opened:
        yield opened


async def fill(store, count, tenant="big", **changes):
    for number in range(count):
        task = new_task(
            f"{tenant}-{number:03}",
            tenant=tenant,
            priority=PRIORITIES[number % 3],
            now=START + timedelta(milliseconds=number),
            **changes,
        )
        await store.accept(tenant, accept(task))


def place(task):
    """Where `fill` put a task: by priority, then by age."""
    return -PRIORITIES[int(task.task_id[-3:]) % 3], task.create_time


async def drain(store, limit=7):
    claimed = []
    while tasks := await store.claim(SCOPE, claim(limit)):
        claimed.extend(tasks)
        for task in tasks:
            await store.settle(SCOPE, settle(task))
    return claimed


async def test_memory_stays_bounded_and_the_order_is_that_of_the_table(store):
    await fill(store, 200)
    assert len(store._memory.waiting) <= MOST
    claimed = await drain(store)
    assert len(claimed) == 200
    order = list(map(place, claimed))
    assert order == sorted(order)
    assert len(store._memory.waiting) == 0
    assert await store.next_due(SCOPE) is None


async def test_a_small_tenant_still_has_its_turn(store):
    await fill(store, 200)
    await fill(store, 3, tenant="small")
    claimed = await drain(store)
    assert len(claimed) == 203
    assert {task.tenant for task in claimed[:14]} == {"big", "small"}


async def test_the_bound_of_a_queue_counts_what_is_on_disk(store):
    await fill(store, 100)
    assert store._memory.waiting.count("big") == 100
    assert store.pending == 100


async def test_a_task_whose_time_came_waits_for_those_on_disk_that_go_first(store, clock):
    """6.1 Within a tenant higher priority goes first, then the older task."""
    later = START + timedelta(minutes=1)
    await store.accept("big", accept(new_task("held-back", "big", priority=Priority.LOW, not_before=later)))
    await fill(store, 120)
    clock.advance(timedelta(minutes=1))
    claimed = [task.task_id for task in await drain(store, 2 * MOST)]
    assert (claimed.index("held-back"), len(claimed)) == (80, 121), "the oldest of those with a low priority"


async def test_nothing_starts_eagerly_before_what_waits_on_disk(store):
    await fill(store, 100)
    accepted = await store.accept("other", accept(new_task("new", tenant="other"), eager=eager()))
    assert not accepted.started


async def test_tasks_on_disk_expire_on_time(store, clock):
    await fill(store, 100, expire_time=START + timedelta(minutes=1))
    assert await store.next_due(SCOPE) == START + timedelta(minutes=1)
    clock.advance(timedelta(minutes=1))
    assert await store.reap(SCOPE) == Reaped(tasks_expired=100)
    assert (await store.get("big", "big-099")).state is TaskState.TIMEOUT
    assert await store.claim(SCOPE, claim(10)) == []
    assert await store.next_due(SCOPE) is None


async def test_tasks_on_disk_expire_on_time_whoever_is_accepted_as_others_end(store, clock):
    """3.2 `expire_time` bounds the task: after it the task ends TIMEOUT, queued or running."""
    for number in range(100):
        expires = START + timedelta(minutes=1 + number % 2)
        task = new_task(f"big-{number:03}", "big", START + timedelta(milliseconds=number), expire_time=expires)
        await store.accept("big", accept(task))

    def reap_and_accept(transaction):
        ended = steps.reap(transaction)
        steps.accept(accept(new_task("later", "big", clock.now())), transaction)
        return ended

    clock.advance(timedelta(minutes=1))
    assert await store._writer.submit("both", reap_and_accept) == Reaped(tasks_expired=50)
    assert await store.next_due(SCOPE) == START + timedelta(minutes=2)
    clock.advance(timedelta(minutes=1))
    assert await store.reap(SCOPE) == Reaped(tasks_expired=50)


async def test_a_task_on_disk_can_be_canceled(store):
    await fill(store, 100)
    await store.cancel("big", "big-097")
    claimed = {task.task_id for task in await drain(store)}
    assert claimed == {f"big-{number:03}" for number in range(100)} - {"big-097"}


async def test_a_restart_begins_with_the_first_of_each_queue(tmp_path, clock):
    url = f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(url, clock, ProcessSignals(), "test", most_waiting=MOST) as store:
        await fill(store, 120)
    async with open_store(url, clock, ProcessSignals(), "test", most_waiting=MOST) as store:
        assert len(store._memory.waiting) <= MOST
        order = list(map(place, await drain(store)))
    assert len(order) == 120
    assert order == sorted(order)


async def test_a_waiting_worker_is_told_when_the_next_part_is_in_memory(clock):
    signals = ProcessSignals()
    async with open_store("sqlite://", clock, signals, "test", most_waiting=MOST) as store:
        await fill(store, 100)
        in_memory = len(store._memory.waiting)
        with signals.watch_work() as work:
            assert len(await store.claim(SCOPE, claim(100))) == in_memory
            assert await work.changed(0)


async def test_many_tenants_share_the_memory_and_a_write_asks_for_none_of_them(store):
    for number in range(300):
        await fill(store, 1, tenant=f"tenant-{number:03}")
    assert len(store._memory.waiting) <= MOST
    statements = []
    await store._writer.submit("watch", lambda step: step.connection.set_trace_callback(statements.append))
    await fill(store, 1, tenant="one-more")
    assert any("INSERT INTO tasks" in statement for statement in statements)
    assert not [statement for statement in statements if "priority DESC" in statement or "min(" in statement]
    claimed = await drain(store)
    assert len({task.tenant for task in claimed}) == len(claimed) == 301


async def test_the_largest_queue_makes_room_for_another_tenant(store):
    await fill(store, MOST)
    await fill(store, 3, tenant="small")
    assert {task.tenant for task in await store.claim(SCOPE, claim(4))} == {"big", "small"}
    assert len(store._memory.waiting) <= MOST


async def test_retries_whose_pause_is_over_come_back_from_disk(store, clock):
    again = AttemptResult(AttemptOutcome.FAILED, failure=Failure("MODULE_FAILED", "once more", retryable=True))
    await fill(store, 60, max_failures=1)
    while tasks := await store.claim(SCOPE, claim(10)):
        for task in tasks:
            await store.settle(SCOPE, settle(task, again))
    clock.advance(timedelta(seconds=10))
    for name in ("other-000", "other-001"):
        await store.accept("other", accept(new_task(name, tenant="other"), eager=eager()))
    assert len(store._memory.waiting) <= MOST
    claimed = [task.task_id for task in await drain(store)]
    assert sorted(claimed) == [f"big-{number:03}" for number in range(60)] + ["other-000", "other-001"]


ENGINES = {"mine": "module:mine@1.0.0", "nobodys": "module:nobodys@1.0.0"}


def on(engine):
    return {"decision": Decision(ENGINES[engine], Route.LOCAL, "ai-router", "the only one", (), "v1", START)}


@pytest.mark.parametrize("tenants", [1, 60])
async def test_tasks_for_an_engine_that_nobody_has_keep_no_room_from_the_others(tmp_path, clock, tenants):
    """7.6 What others must do stops nobody: also when the memory is full of it, and after a restart."""
    url = f"sqlite:///{tmp_path / 'aion.sqlite'}"
    for _ in range(2):
        async with open_store(url, clock, ProcessSignals(), "test", most_waiting=MOST) as store:
            for number in range(tenants):
                await fill(store, 120 // tenants, tenant=f"stuck-{number}", **on("nobodys"))
            await fill(store, 60, tenant="acme", **on("mine"))
            claimed = []
            wanted = Claim("worker-1", 7, LEASE, frozenset({ENGINES["mine"]}))
            while tasks := await store.claim(SCOPE, wanted):
                claimed.extend(tasks)
                assert len(store._memory.waiting) <= MOST
                for task in tasks:
                    await store.settle(SCOPE, settle(task))
            assert {task.engine for task in claimed} <= {ENGINES["mine"]}
            order = list(map(place, claimed))
            assert order == sorted(order)
            assert store.pending == 120
    assert len(claimed) == 0, "they are the same tasks, which have ended"
