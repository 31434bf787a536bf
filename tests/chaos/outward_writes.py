"""The writes of what leads out of the store by itself: schedules, and webhooks with their deliveries."""

from collections.abc import AsyncIterator
from dataclasses import replace

from tests.chaos.shelf import Shelf, Writes, noted_in
from tests.contract.webhook_office import Office
from tests.sample_schedules import HOUR, new_schedule
from tests.sample_tasks import SCOPE

OUTWARD_WRITES: Writes = {}
write = noted_in(OUTWARD_WRITES)


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
