"""Each write can be made to fail by its name, which the log says too; failed reads are told; nothing is left open."""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from threading import enumerate as threads

import pytest

from aion import failpoints
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.errors import StoreUnreadable
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.domain.errors import OutcomeUnknown, StoreUnavailable
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.tasks import Task
from aion.domain.webhooks import delivery_id
from aion.domain.writes import RecordCost, Renew
from aion.ports.tasks import TaskFilter
from tests.contract.webhook_office import Office, webhook
from tests.manual_clock import ManualClock
from tests.sample_schedules import new_schedule
from tests.sample_tasks import LEASE, SCOPE, START, accept, claim, eager, key, lease_of, new_task, settle, tokens

DAY = timedelta(days=1)
TENANTS = TenantRetention(tasks=Kept.alike(timedelta()), events=Kept.alike(timedelta()))
POLICY = RetentionPolicy(TENANTS, undelivered=timedelta())

WRITES: dict[str, Callable[[SqliteStore, Task], Awaitable[object]]] = {
    "accept": lambda store, _: store.accept("acme", accept(new_task("another"))),
    "cancel": lambda store, task: store.cancel("acme", task.task_id),
    "claim": lambda store, _: store.claim(SCOPE, claim()),
    "renew": lambda store, task: store.renew(SCOPE, Renew("worker-1", (lease_of(task),), LEASE)),
    "append": lambda store, task: store.append(SCOPE, tokens(task, "a")),
    "settle": lambda store, task: store.settle(SCOPE, settle(task)),
    "record_cost": lambda store, task: store.record_cost(SCOPE, RecordCost(lease_of(task), 5)),
    "reclaim": lambda store, _: store.reclaim(SCOPE, "worker-2", frozenset()),
    "reap": lambda store, _: store.reap(SCOPE),
    "purge": lambda store, _: store.purge(SCOPE, 10),
    "forget_logs": lambda store, _: store.forget_logs(SCOPE, POLICY, 10),
    "forget_tasks": lambda store, _: store.forget_tasks(SCOPE, POLICY, 10),
    "forget_facts": lambda store, _: store.forget_facts(SCOPE, POLICY, 10),
    "delivered": lambda store, _: store.delivered(SCOPE, 1),
}


async def report_one(office: Office) -> None:
    (due,) = await office.claim()
    await office.report(due)


async def forget_one(office: Office) -> None:
    await report_one(office)
    await office.hooks.forget_finished(SCOPE, START + DAY, 10)


OUTWARD_WRITES: dict[str, tuple[str, Callable[[Office], Awaitable[object]]]] = {
    "a webhook is made": ("webhook", lambda office: office.make("another")),
    "a webhook is changed": ("webhook", lambda office: office.hooks.update("acme", "hook", webhook().wish)),
    "a secret is rotated": ("webhook", lambda office: office.hooks.rotate("acme", "hook", b"sealed anew")),
    "a webhook is deleted": ("webhook", lambda office: office.hooks.delete("acme", "hook")),
    "a delivery is replayed": (
        "webhook",
        lambda office: office.hooks.replay("acme", "hook", delivery_id("acme", "hook", "a")),
    ),
    "deliveries are claimed": ("claim_deliveries", lambda office: office.claim()),
    "a delivery is reported": ("report_delivery", report_one),
    "claims are given back": ("give_back_deliveries", lambda office: office.hooks.give_back(SCOPE, "the next life")),
    "old deliveries are forgotten": ("forget_deliveries", forget_one),
    "a schedule is made": (
        "create_schedule",
        lambda office: office.store.schedules.create("acme", new_schedule("b"), 9),
    ),
    "a schedule goes on": ("replace_schedule", lambda office: office.store.schedules.replace("acme", new_schedule())),
    "a schedule is deleted": ("delete_schedule", lambda office: office.store.schedules.delete("acme", "nightly")),
}


@pytest.fixture
def fails():
    def set_(name: str) -> None:
        failpoints.configure({"AION_FAILPOINTS": f"store.{name}.before_commit=error"})

    yield set_
    failpoints.configure({})


@pytest.fixture
async def clock():
    return ManualClock(START)


@pytest.fixture
async def store(clock):
    async with open_store("sqlite://", clock, ProcessSignals(), "test") as opened:
        yield opened


def errors(caplog) -> list[str]:
    return [one.getMessage() for one in caplog.records if (one.name, one.levelname) == ("aion.store", "ERROR")]


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_that_fails_by_its_name_is_the_one_that_was_meant(store, clock, fails, caplog, name):
    ended = (await store.accept("acme", accept(new_task("ended"), eager=eager()))).task
    await store.settle(SCOPE, settle(ended))
    running = (await store.accept("acme", accept(new_task("running"), eager=eager()))).task
    if name.startswith("forget") or name == "reap":
        clock.advance(DAY)
    fails(name)
    with pytest.raises(StoreUnavailable):
        await WRITES[name](store, running)
    assert errors(caplog) == [f"a group of writes failed (1 {name})"]


@pytest.mark.parametrize(("name", "write"), OUTWARD_WRITES.values(), ids=OUTWARD_WRITES)
async def test_so_is_a_write_of_a_schedule_or_a_webhook_or_its_deliveries(store, clock, fails, caplog, name, write):
    office = Office(store, clock)
    await office.make()
    await office.end("a")
    await store.schedules.create("acme", new_schedule(), 9)
    fails(name)
    with pytest.raises(StoreUnavailable):
        await write(office)
    assert errors(caplog) == [f"a group of writes failed (1 {name})"]


async def test_a_store_whose_opening_fails_says_so_by_name_and_is_not_opened(tmp_path, clock, fails, caplog):
    fails("open")
    with pytest.raises(StoreUnreadable, match="cannot be opened"):
        async with open_store(f"sqlite:///{tmp_path / 'aion.sqlite'}", clock, ProcessSignals(), "test"):
            raise AssertionError("it is open")
    assert errors(caplog) == ["a group of writes failed (1 open)"]


async def test_what_fails_after_its_commit_may_have_happened_and_a_retry_finds_it(store):
    failpoints.configure({"AION_FAILPOINTS": "store.accept.after_commit=error"})
    try:
        with pytest.raises(OutcomeUnknown):
            await store.accept("acme", accept(new_task(), key()))
    finally:
        failpoints.configure({})
    assert (await store.accept("acme", accept(new_task(), key()))).replayed


async def test_a_read_that_fails_is_unavailable_and_says_why_to_operators_only(tmp_path, clock, caplog):
    async with open_store(f"sqlite:///{tmp_path / 'aion.sqlite'}", clock, ProcessSignals(), "test") as store:
        for read in (store._reader.by_key, partial(store._reader.scan, "acme"), store._reader.system_scan):
            with pytest.raises(StoreUnavailable, match="try again") as refused:
                await read(lambda connection: connection.execute("SELECT 1 FROM nowhere"))
            assert "nowhere" in str(refused.value.__cause__)
            assert "nowhere" not in refused.value.message
    assert [record.getMessage() for record in caplog.records if record.name == "aion.store"] == ["a read failed"] * 3


async def test_a_closed_store_leaves_no_thread_and_no_connection_behind(tmp_path, clock):
    before = set(threads())
    async with open_store(f"sqlite:///{tmp_path / 'aion.sqlite'}", clock, ProcessSignals(), "test") as store:
        await store.waiting(SCOPE, 1)
        await store.list("acme", TaskFilter(), None, 1)
        reader, own = store._reader, set(threads()) - before
        names = ("checkpoints", "reader_0", "system-reader_0", "writer")
        assert {thread.name for thread in own} >= {f"aion-store-{name}" for name in names}
    assert not [thread.name for thread in own if thread.name.startswith("aion-store") and thread.is_alive()]
    for connection in (reader._by_key, reader._clients.connection, reader._system.connection):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
