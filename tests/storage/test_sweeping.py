"""A pass of retention holds the writer for a bounded number of rows, whatever there is to delete and to keep."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import sweeping
from aion.adapters.storage.api_key_statements import INSERT_API_KEY
from aion.adapters.storage.relay import forget_delivered
from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import OutcomeUnknown, TaskAlreadyExists
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.writes import IdempotencyKey
from aion.ports.housekeeping import Swept
from tests.contract.webhook_office import Office
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, eager, new_task, settle, tokens

DAY = timedelta(days=1)
POLICY = RetentionPolicy(TenantRetention(tasks=Kept.alike(DAY), events=Kept.alike(DAY)))
LIMIT = 5
OF_A_TASK = 3
"""Rows that go or come with one task: itself, its log, its tombstone."""


@pytest.fixture
def clock():
    return ManualClock(START)


@pytest.fixture(params=["memory", "file"])
async def store(request, tmp_path, clock):
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(url, clock, ProcessSignals(), "test") as opened:
        yield opened


async def old_tasks(store, clock, count):
    for number in range(count):
        task = (await store.accept("acme", accept(new_task(f"old-{number:02}"), eager=eager()))).task
        await store.settle(SCOPE, settle(task))
    clock.advance(30 * DAY)


async def test_a_pass_touches_at_most_as_many_rows_as_it_may(store, clock):
    """15.2 One pass of housekeeping looks at a bounded number of rows and holds the writer for no more than these."""
    await old_tasks(store, clock, 4 * LIMIT)
    rows, commits = store._writer._connection.total_changes, store._writer.commits
    for passed in range(1, 5):
        swept = await store.forget_tasks(SCOPE, POLICY, LIMIT)
        assert swept == Swept(LIMIT, more=True)
        touched = store._writer._connection.total_changes - rows
        assert LIMIT <= touched <= LIMIT * OF_A_TASK * passed
    assert store._writer.commits - commits <= 8, "at most a look and a deletion for each pass"


async def test_a_pass_that_finds_nothing_leaves_the_writer_of_a_file_alone(tmp_path, clock):
    async with open_store(f"sqlite:///{tmp_path / 'aion.sqlite'}", clock, ProcessSignals(), "test") as store:
        await old_tasks(store, clock, 2 * LIMIT)
        commits = store._writer.commits
        mixed = RetentionPolicy(tenants={"another": TenantRetention(tasks=Kept.alike(DAY))})
        for _ in range(4):
            assert (await store.forget_tasks(SCOPE, mixed, LIMIT)).deleted == 0
        assert store._writer.commits == commits


async def test_a_forgotten_task_is_not_replayed_by_a_write_of_the_same_commit(store, clock):
    """1.3 An id stays taken after its task was purged."""
    await old_tasks(store, clock, 1)
    doomed = await store._reader.system_scan(
        partial(store._sweeper.old_tasks, policy=POLICY, now=clock.now(), limit=LIMIT),
    )
    forgetting = store._writer.submit("forget_tasks", partial(sweeping.forget_tasks, doomed.rows))
    accepting = store.accept("acme", accept(new_task("old-00")))
    assert await forgetting == 1
    with pytest.raises(TaskAlreadyExists, match="purged"):
        await accepting


async def test_two_passes_that_found_the_same_task_forget_it_once(store, clock):
    await old_tasks(store, clock, 1)
    looks = [partial(store._sweeper.old_tasks, policy=POLICY, now=clock.now(), limit=LIMIT) for _ in range(2)]
    found = [await store._reader.system_scan(look) for look in looks]
    assert [len(one.rows) for one in found] == [1, 1]
    forgetting = (store._writer.submit("forget_tasks", partial(sweeping.forget_tasks, one.rows)) for one in found)
    assert await asyncio.gather(*forgetting) == [1, 0]


@pytest.mark.parametrize("what", ["logs", "facts", "api_keys"])
async def test_what_went_since_a_pass_found_it_is_not_said_to_be_deleted_by_it(store, clock, what):
    await old_tasks(store, clock, 2)
    key = ("key", "acme", "bot", "[]", b"mac", 1, 2, None)
    await store._writer.submit("add", lambda step: step.connection.execute(INSERT_API_KEY, key).rowcount)
    kept = TenantRetention(Kept.alike(DAY), Kept.alike(DAY), api_keys=DAY)
    policy = RetentionPolicy(kept, undelivered=DAY)
    look = partial(getattr(store._sweeper, f"old_{what}"), policy=policy, now=clock.now(), limit=100)
    found = [await store._reader.system_scan(look) for _ in range(2)]
    assert len(found[0].rows) == len(found[1].rows) > 0
    forget = getattr(sweeping, f"forget_{what}")
    forgetting = (store._writer.submit(f"forget_{what}", partial(forget, one.rows)) for one in found)
    assert await asyncio.gather(*forgetting) == [len(found[0].rows), 0]


async def test_facts_that_were_taken_since_a_pass_found_them_are_not_said_to_be_given_up(store, clock, caplog):
    await old_tasks(store, clock, 1)
    policy = RetentionPolicy(undelivered=DAY)
    look = store._sweeper.old_facts

    def found_and_taken(connection, **asked):
        doomed = look(connection, **asked)
        store._writer.submit("delivered", partial(forget_delivered, doomed.rows[-1][0]))
        return doomed

    store._sweeper.old_facts = found_and_taken
    assert (await store.forget_facts(SCOPE, policy, 10)).deleted == 0
    assert "given up" not in caplog.text


async def test_a_task_of_which_a_delivery_is_replayed_while_a_pass_looks_is_kept(store, clock):
    """14.12 A task is kept while a delivery of it waits, whatever retention says."""
    office = Office(store, clock)
    await office.make()
    await office.end("told")
    await office.end("another")

    async def sent():
        for due in await office.claim():
            await office.report(due)

    await sent()
    clock.advance(30 * DAY)
    await store.purge(SCOPE, 10)
    look = partial(store._sweeper.old_tasks, policy=POLICY, now=clock.now(), limit=LIMIT)
    doomed = await store._reader.system_scan(look)
    assert len(doomed.rows) == 2
    (again,) = [one for one in await office.deliveries() if one.task_id == "told"]
    await office.hooks.replay("acme", "hook", again.delivery_id)
    assert await store._writer.submit("forget_tasks", partial(sweeping.forget_tasks, doomed.rows)) == 1
    assert (await store.accept("acme", accept(new_task("told")))).replayed, "it is no id of a task that was purged"
    with pytest.raises(TaskAlreadyExists, match="purged"):
        await store.accept("acme", accept(new_task("another")))
    await sent()
    assert await store.forget_tasks(SCOPE, POLICY, LIMIT) == Swept(1, more=False)


async def test_a_pass_says_how_many_went_and_not_how_many_it_found(store, clock, monkeypatch):
    await old_tasks(store, clock, 2)
    monkeypatch.setattr(sweeping, "forget_tasks", lambda doomed, transaction: len(doomed) - 1)
    assert (await store.forget_tasks(SCOPE, POLICY, LIMIT)).deleted == 1


MOST_WINDOWS = 8
"""So many windows one purge looks at when it finds nothing in them."""


def kept(name, days):
    return IdempotencyKey("service", "create-task", name, b"fingerprint", days * DAY)


async def key_behind(store, clock, others):
    """A key that expired, behind so many that have not."""
    keys = [kept(f"long-{number}", 30) for number in range(others)]
    for number, key in enumerate([*keys, kept("short", 1)]):
        await store.accept("acme", accept(new_task(f"task-{number}"), key))
    clock.advance(2 * DAY)


@pytest.mark.parametrize(("others", "deleted"), [(3 * MOST_WINDOWS - 1, [1]), (3 * MOST_WINDOWS, [0, 1])])
async def test_a_purge_looks_at_eight_windows_and_the_next_one_goes_on_behind_them(store, clock, others, deleted):
    """15.2 One pass of housekeeping looks at a bounded number of rows and holds the writer for no more than these."""
    await key_behind(store, clock, others)
    assert [await store.purge(SCOPE, 3) for _ in deleted] == deleted


async def test_a_purge_that_came_to_the_end_begins_again_with_the_very_first_rows(store, clock):
    first = (await store.accept("acme", accept(new_task("first"), kept("first", 2), eager()))).task
    await store.append(SCOPE, tokens(first, "a"))
    assert await store.purge(SCOPE, 10) == 0, "its log grows, its key answers"
    await store.settle(SCOPE, settle(first))
    assert await store.purge(SCOPE, 10) == 1, "its log is compacted"
    clock.advance(2 * DAY)
    assert await store.purge(SCOPE, 10) == 1, "its key is over"
    assert await store.purge(SCOPE, 10) == 0


async def test_logs_go_one_by_one_with_more_to_come_until_the_last_one_went(store, clock):
    await old_tasks(store, clock, 2)
    passes = [await store.forget_logs(SCOPE, POLICY, 1) for _ in range(3)]
    assert passes == [Swept(1, more=True), Swept(1, more=True), Swept(0, more=False)]


async def test_what_is_forgotten_is_read_anew_by_a_write_of_the_same_commit(store):
    def changes(transaction):
        transaction.connection.execute("UPDATE tasks SET intent = 'changed'")
        before = transaction.find("acme", "task-1").intent
        transaction.forget(("acme", "task-1"))
        return before, transaction.find("acme", "task-1").intent

    await store.accept("acme", accept(new_task("task-1")))
    assert await store._writer.submit("changes", changes) == ("summarize", "changed")


@pytest.mark.parametrize(("young", "more"), [(timedelta(microseconds=1), True), (timedelta(), False)])
async def test_a_look_that_came_to_a_task_too_young_to_go_starts_over(store, clock, young, more):
    kept_for_ever = RetentionPolicy(tenants={"another": TenantRetention(tasks=Kept.alike(DAY))})
    await store.accept("acme", accept(new_task("waits")))
    clock.advance(DAY + young)
    assert await store.forget_tasks(SCOPE, kept_for_ever, 1) == Swept(0, more=more)


async def behind_the_future(store, clock, count):
    """A task that ended a day ago, and two facts about it, behind tasks of a time when the clock was ahead."""
    clock.jump(365 * DAY)
    for number in range(count):
        await store.accept("acme", accept(new_task(f"future-{number}", now=clock.now())))
    clock.jump(-365 * DAY)
    await store.accept("acme", accept(new_task("old")))
    await store.cancel("acme", "old")
    clock.advance(DAY + timedelta(microseconds=1))


@pytest.mark.parametrize("forget", ["forget_logs", "forget_tasks"])
async def test_tasks_of_the_future_do_not_hide_what_lies_behind_them(store, clock, forget):
    """15.1 How long tasks and their events are kept is said."""
    await behind_the_future(store, clock, 4)
    if forget == "forget_logs":
        for number in range(4):
            await store.cancel("acme", f"future-{number}")
    passes = [await getattr(store, forget)(SCOPE, POLICY, 2) for _ in range(3)]
    assert passes == [Swept(0, more=True), Swept(0, more=True), Swept(1, more=False)]


async def test_facts_of_the_future_stay_and_do_not_hide_what_lies_behind_them(store, clock):
    await behind_the_future(store, clock, 4)
    policy = RetentionPolicy(undelivered=DAY)
    passes = [await store.forget_facts(SCOPE, policy, 2) for _ in range(3)]
    assert passes == [Swept(0, more=True), Swept(0, more=True), Swept(2, more=True)]
    assert [fact.task_id for fact in await store.waiting(SCOPE, 10)] == [f"future-{number}" for number in range(4)]


async def test_facts_are_said_to_be_given_up_once_they_are_and_not_before(store, clock, break_at, caplog):
    for number in range(2):
        await store.accept("acme", accept(new_task(f"task-{number}")))
    clock.advance(DAY + timedelta(seconds=1))
    policy = RetentionPolicy(undelivered=DAY)
    break_at("store.commit")
    with pytest.raises(OutcomeUnknown):
        await store.forget_facts(SCOPE, policy, 10)
    assert "given up" not in caplog.text
    break_at("")
    await store.forget_facts(SCOPE, policy, 10)
    assert "2 facts were given up" in caplog.text
