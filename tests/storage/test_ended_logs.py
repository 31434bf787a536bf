"""A long log of an ended task: parsed once for all its pieces, and gone when it is forgotten."""

import sqlite3
from datetime import timedelta
from functools import partial

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import ended_logs
from aion.adapters.storage import sweeping_statements as sql
from aion.adapters.storage.cache import Entry
from aion.adapters.storage.ended_logs import EndedLogs
from aion.adapters.storage.event_codec import encode_log
from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import EventsExpired, OutcomeUnknown, StoreUnavailable
from aion.domain.events import EventKind, TaskEvent
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, eager, new_task, settle, tokens

LENGTH = 2_000
FORGET = RetentionPolicy(TenantRetention(events=Kept.alike(timedelta(hours=1))))
FORGET_TASKS = RetentionPolicy(TenantRetention(tasks=Kept.alike(timedelta(hours=1))))


@pytest.fixture
def clock():
    return ManualClock(START)


@pytest.fixture
async def store(tmp_path, clock, monkeypatch):
    monkeypatch.setattr("aion.adapters.storage.memory.CACHE_BYTES", 0)
    async with open_store(f"sqlite:///{tmp_path / 'aion.sqlite'}", clock, ProcessSignals(), "test") as opened:
        yield opened


@pytest.fixture
def parsed(monkeypatch):
    """How often a log was parsed."""
    calls = []

    class Counting(ended_logs.ParsedLog):
        @classmethod
        def of(cls, document, result_json):
            calls.append(len(document))
            return super().of(document, result_json)

    monkeypatch.setattr(ended_logs, "ParsedLog", Counting)
    return calls


async def long_task(store, name="long", tenant="acme", says=""):
    task = (await store.accept(tenant, accept(new_task(name, tenant, store._clock.now()), eager=eager()))).task
    await store.append(SCOPE, tokens(task, *(f"{says}{number}" for number in range(LENGTH))))
    await store.settle(SCOPE, settle(task))


async def read_in_pieces(store, name="long", tenant="acme"):
    offset, texts = 0, []
    while events := await store.events(tenant, name, offset, 300):
        offset = events[-1].offset
        texts.extend(event.text for event in events)
    return texts


@pytest.mark.parametrize("count", [0, 1, 2])
async def test_a_log_that_ended_holds_all_that_was_said_before_its_end(store, count):
    """4.1 A log begins at offset 1 and has no holes."""
    task = (await store.accept("acme", accept(new_task(), eager=eager()))).task
    if count:
        await store.append(SCOPE, tokens(task, *"ab"[:count]))
    await store.settle(SCOPE, settle(task))
    events = await store.events("acme", "task-1", 0, 10)
    assert [event.offset for event in events] == list(range(1, count + 2))
    assert [event.text for event in events] == [*"ab"[:count], ""]


async def test_a_long_log_is_parsed_once_for_all_its_pieces(store, parsed):
    await long_task(store)
    assert await read_in_pieces(store) == [*map(str, range(LENGTH)), ""]
    assert len(parsed) == 1


async def test_what_is_kept_is_bounded(store, parsed):
    store._logs = EndedLogs(most_events=LENGTH + 1)
    for name in ("a", "b"):
        await long_task(store, name)
    for name in ("a", "b", "a"):
        await read_in_pieces(store, name)
    assert len(parsed) == 3


async def test_the_log_that_nobody_has_read_for_longest_goes_first(store, parsed):
    store._logs = EndedLogs(most_events=2 * (LENGTH + 1))
    for name in ("a", "b", "c"):
        await long_task(store, name)
    for name in ("a", "b", "a", "c", "a"):
        await read_in_pieces(store, name)
    assert len(parsed) == 3


async def test_a_forgotten_log_is_not_read_from_memory(store, clock):
    await long_task(store)
    assert await store.events("acme", "long", 0, 10)
    clock.advance(timedelta(days=1))
    assert (await store.forget_logs(SCOPE, FORGET, 10)).deleted == 1
    with pytest.raises(EventsExpired):
        await store.events("acme", "long", 0, 10)


async def forget_task(store, clock):
    """Deletes the one task that there is; its log stays for as long as tasks do."""
    clock.advance(timedelta(days=1))
    await store.purge(SCOPE, 2 * LENGTH)
    assert (await store.forget_tasks(SCOPE, FORGET_TASKS, 10)).deleted == 1


async def make_memory_anew(store, break_at):
    break_at("store.accept.before_commit")
    with pytest.raises(StoreUnavailable):
        await store.accept("acme", accept(new_task("is rolled back")))
    break_at("")


async def test_no_log_is_taken_for_that_of_a_purged_task_whose_row_had_the_same_number(store, clock, break_at):
    """1.2 What one tenant has cannot be told from what does not exist by another."""
    await long_task(store)
    assert await store.events("acme", "long", 0, 10)
    await forget_task(store, clock)
    await make_memory_anew(store, break_at)
    await long_task(store, tenant="globex", says="mine ")
    assert await read_in_pieces(store, tenant="globex") == [*(f"mine {number}" for number in range(LENGTH)), ""]


async def test_no_number_of_a_row_is_given_twice_by_one_process(store, clock, break_at):
    await long_task(store)
    number = (await store._entry("acme", "long")).seq
    await forget_task(store, clock)
    await make_memory_anew(store, break_at)
    await store.accept("acme", accept(new_task("next")))
    assert (await store._entry("acme", "next")).seq > number


async def test_the_logs_of_purged_tasks_take_no_memory(store, clock):
    await long_task(store)
    await read_in_pieces(store)
    assert store._logs._kept
    await forget_task(store, clock)
    assert not store._logs._kept


async def test_what_may_be_forgotten_is_not_read_from_memory(store, clock, break_at):
    await long_task(store)
    assert await store.events("acme", "long", 0, 10)
    clock.advance(timedelta(days=1))
    break_at("store.forget_logs.after_commit")
    with pytest.raises(OutcomeUnknown):
        await store.forget_logs(SCOPE, FORGET, 10)
    with pytest.raises(EventsExpired):
        await store.events("acme", "long", 0, 10)


def test_logs_of_two_tasks_are_two_whatever_the_numbers_of_their_rows_are():
    connection, logs = sqlite3.connect(":memory:"), EndedLogs()
    connection.execute("CREATE TABLE task_logs (task_seq INTEGER PRIMARY KEY, events TEXT)")
    for task in (new_task("one"), new_task("two"), new_task("one", "globex")):
        said = [TaskEvent(offset, 1, EventKind.TOKEN, START, " ".join(task.key)) for offset in (1, 2)]
        connection.execute("REPLACE INTO task_logs VALUES (1, ?)", (encode_log(said),))
        assert logs.read(connection, Entry(task, 1, None), 0, 1) == said[:1]


def explained(statement, values, transaction):
    return transaction.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()


async def test_forgetting_looks_at_a_window_of_rows_and_at_indexes_only(store):
    for statement, values in (
        (sql.WINDOW_OF_TASKS, (0, 0, 10)),
        (sql.WINDOW_OF_LOGS, (0, 10)),
        (sql.WINDOW_OF_API_KEYS, ("", 10)),
    ):
        asked = partial(explained, statement, values)
        steps = [row[3] for row in await store._writer.submit("plan", asked)]
        assert steps
        assert not [step for step in steps if step.startswith("SCAN") or "TEMP B-TREE" in step], steps
