"""Every kind of write that the store knows, each alone: what must be there before, and the write itself.

Here are those of tasks, their logs, and what is kept of them.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aion import failpoints
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.writes import RecordCost, Renew
from aion.ports.identity import ApiKey
from tests.chaos.outward_writes import OUTWARD_WRITES
from tests.chaos.shelf import DAY, Shelf, Writes, noted_in, old_task, running
from tests.contract.webhook_office import Office
from tests.sample_tasks import LEASE, SCOPE, START, accept, claim, lease_of, new_task, settle, tokens

OLD = RetentionPolicy(
    TenantRetention(tasks=Kept.alike(DAY), events=Kept.alike(DAY), api_keys=DAY), undelivered=timedelta(hours=1)
)
WRITES: Writes = {**OUTWARD_WRITES}
write = noted_in(WRITES)


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
