"""Every kind of write that the store knows, each alone: what must be there before, and the write itself.

A write is an async generator: it prepares up to its `yield`, and writes behind it. With a clock that stands still and
the same ids in every run, what a write leaves is the same to the byte, whoever made it.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from aion import failpoints
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.tasks import Task
from aion.domain.writes import RecordCost, Renew
from aion.ports.identity import ApiKey
from tests.contract.webhook_office import Office
from tests.manual_clock import ManualClock
from tests.sample_schedules import HOUR, new_schedule
from tests.sample_tasks import LEASE, SCOPE, START, accept, claim, eager, key, lease_of, new_task, settle, tokens

DAY = timedelta(days=1)
OLD = RetentionPolicy(
    TenantRetention(tasks=Kept.alike(DAY), events=Kept.alike(DAY), api_keys=DAY), undelivered=timedelta(hours=1)
)


@dataclass
class Shelf:
    """A store's file, and the clock of all who open it."""

    path: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))

    def open(self) -> AbstractAsyncContextManager[SqliteStore]:
        """The store."""
        return open_store(self.url, self.clock, ProcessSignals(), "a test")

    @property
    def url(self) -> str:
        """How the store is named."""
        return f"sqlite:///{self.path}"

    def content(self) -> list[str]:
        """All rows of all tables."""
        with sqlite3.connect(self.path) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            rows = list(database.iterdump())
        database.close()
        return rows

    @property
    def prepared(self) -> Path:
        """What the store held before the write, as a file."""
        return self.path.with_suffix(".prepared")

    def note_prepared(self) -> None:
        """Writes it."""
        self.prepared.write_text("\n".join(self.content()))


Write = Callable[[Shelf], AsyncIterator[None]]
WRITES: dict[str, tuple[str, Write]] = {}
"""By what is written: the kind of write, as its failpoints name it, and the write."""


def write(kind: str) -> Callable[[Write], Write]:
    """Says of which kind a write is."""

    def noted(made: Write) -> Write:
        WRITES[made.__name__] = (kind, made)
        return made

    return noted


async def running(store: SqliteStore, task_id: str = "task-1") -> Task:
    """A task with a lease."""
    return (await store.accept("acme", accept(new_task(task_id), key(task_id), eager()))).task


async def old_task(shelf: Shelf, store: SqliteStore) -> None:
    """A task that ended long ago, of which everything is left."""
    task = await running(store)
    await store.append(SCOPE, tokens(task, "a"))
    await store.settle(SCOPE, settle(task))
    shelf.clock.advance(30 * DAY)


@write("open")
async def the_first_look(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await running(store)
    yield
    async with shelf.open():
        pass


@write("accept")
async def a_task_is_accepted(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        yield
        await running(store)


@write("cancel")
async def a_task_is_canceled(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await store.accept("acme", accept(new_task()))
        yield
        await store.cancel("acme", "task-1")


@write("claim")
async def tasks_are_claimed(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        for number in range(3):
            await store.accept("acme", accept(new_task(f"task-{number}")))
        yield
        await store.claim(SCOPE, claim(2))


@write("renew")
async def a_lease_is_renewed(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        lease = lease_of(await running(store))
        shelf.clock.advance(LEASE / 2)
        yield
        await store.renew(SCOPE, Renew("worker-1", (lease,), LEASE))


@write("append")
async def events_are_appended(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        task = await running(store)
        await store.append(SCOPE, tokens(task, "a"))
        yield
        await store.append(SCOPE, tokens(task, "b", "c"))


@write("settle")
async def an_attempt_is_settled(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await Office(store, shelf.clock).make()
        task = await running(store)
        await store.append(SCOPE, tokens(task, "a"))
        yield
        await store.settle(SCOPE, replace(settle(task), events=tokens(task, "b").events))


@write("record_cost")
async def a_cost_is_recorded(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        lease = lease_of(await running(store))
        yield
        await store.record_cost(SCOPE, RecordCost(lease, 70))


@write("reclaim")
async def leases_are_taken_back(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await running(store)
        yield
        await store.reclaim(SCOPE, "the next life", frozenset())


@write("reap")
async def what_ran_out_is_ended(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await running(store)
        await store.accept("acme", accept(new_task("waits", expire_time=START + LEASE)))
        shelf.clock.advance(LEASE)
        yield
        await store.reap(SCOPE)


@write("purge")
async def what_is_not_needed_is_purged(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await old_task(shelf, store)
        yield
        await store.purge(SCOPE, 100)


@write("forget_logs")
async def an_old_log_is_forgotten(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await old_task(shelf, store)
        yield
        await store.forget_logs(SCOPE, OLD, 100)


@write("forget_tasks")
async def an_old_task_is_forgotten(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await old_task(shelf, store)
        await store.purge(SCOPE, 100)
        yield
        await store.forget_tasks(SCOPE, OLD, 100)


@write("forget_api_keys")
async def an_old_key_is_forgotten(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        with SqliteApiKeyStore.open(shelf.url) as keys:
            keys.add("acme", ApiKey("acme", "key-1", "bot", frozenset(), b"mac", START, START + DAY))
        shelf.clock.advance(30 * DAY)
        yield
        await store.forget_api_keys(SCOPE, OLD, 100)


@write("forget_facts")
async def old_facts_are_given_up(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await old_task(shelf, store)
        yield
        await store.forget_facts(SCOPE, OLD, 100)


@write("delivered")
async def facts_were_delivered(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await old_task(shelf, store)
        first = (await store.waiting(SCOPE, 1))[0]
        yield
        await store.delivered(SCOPE, first.sequence)


@write("create_schedule")
async def a_schedule_is_made(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        yield
        await store.schedules.create("acme", new_schedule(), 10)


@write("replace_schedule")
async def a_schedule_goes_on(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        schedule = await store.schedules.create("acme", new_schedule(), 10)
        yield
        await store.schedules.replace("acme", replace(schedule, fired=1))


@write("delete_schedule")
async def a_schedule_is_deleted(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await store.schedules.create("acme", new_schedule(), 10)
        yield
        await store.schedules.delete("acme", "nightly")


@write("webhook")
async def a_webhook_is_made(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        yield
        await Office(store, shelf.clock).make()


@write("webhook")
async def a_secret_is_rotated(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await Office(store, shelf.clock).make()
        yield
        await store.webhooks.rotate("acme", "hook", b"sealed anew")


@write("webhook")
async def a_webhook_is_deleted(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        await Office(store, shelf.clock).make()
        yield
        await store.webhooks.delete("acme", "hook")


@write("claim_deliveries")
async def deliveries_are_claimed(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        office = Office(store, shelf.clock)
        await office.make()
        await office.end("a")
        yield
        await office.claim()


@write("report_delivery")
async def a_delivery_is_reported(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        office = Office(store, shelf.clock)
        await office.make()
        await office.end("a")
        (due,) = await office.claim()
        yield
        await office.report(due)


@write("give_back_deliveries")
async def claims_are_given_back(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        office = Office(store, shelf.clock)
        await office.make()
        await office.end("a")
        await office.claim()
        yield
        await store.webhooks.give_back(SCOPE, "the next life")


@write("forget_deliveries")
async def old_deliveries_are_forgotten(shelf: Shelf) -> AsyncIterator[None]:
    async with shelf.open() as store:
        office = Office(store, shelf.clock)
        await office.make()
        await office.end("a")
        (due,) = await office.claim()
        await office.report(due)
        shelf.clock.advance(HOUR)
        yield
        await store.webhooks.forget_finished(SCOPE, shelf.clock.now(), 100)


def die_writing(name: str, path: str, when: str) -> None:
    """Prepares a write, says what the store holds then, and is killed while it writes. For a process of its own."""
    kind, made = WRITES[name]

    async def live() -> None:
        shelf = Shelf(Path(path))
        steps = made(shelf)
        await anext(steps)
        shelf.note_prepared()
        failpoints.configure({failpoints.ENVIRONMENT: f"store.{kind}.{when}_commit=kill"})
        async for _ in steps:
            raise AssertionError(f"{name} prepares twice")

    asyncio.run(live())
