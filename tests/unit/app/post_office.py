"""Webhooks, their deliveries and a sender that only remembers, around the loop that sends."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from aion.adapters.storage.sqlite import SqliteStore
from aion.adapters.webhooks.payload import TaskPayload
from aion.adapters.webhooks.secret_box import SealedSecretBox
from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.webhook_sending import SenderParts, SenderSettings, WebhookDeliverer
from aion.app.usecases.webhooks import CreateWebhook
from aion.domain.errors import TaskNotFound
from aion.domain.identity import ALL_SCOPES, Caller, Identity
from aion.domain.tasks import Task
from aion.domain.webhooks import AttemptReport, Delivery, DeliveryState, WebhookWish
from tests.manual_clock import CountingEntropy, ManualClock
from tests.sample_tasks import accept, new_task
from tests.unit.app.workshop import FakeObserver

YES, NO = AttemptReport(204), AttemptReport(500, "HTTP 500")


class AnyUrl:
    """A guard that refuses nothing."""

    async def check(self, tenant: str, url: str) -> None: ...


@dataclass
class FakeSender:
    """Remembers what it sent. URLs in `slow` hang until `free` is set; `reports` answer by URL."""

    sent: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    slow: set[str] = field(default_factory=set)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    reports: dict[str, AttemptReport] = field(default_factory=dict)
    hanging: int = 0

    async def send(self, tenant: str, url: str, headers: Mapping[str, str], body: bytes) -> AttemptReport:
        self.sent.append((url, dict(headers), body))
        if url in self.slow:
            self.hanging += 1
            await self.free.wait()
            self.hanging -= 1
        return self.reports.get(url, YES)

    async def close(self) -> None: ...

    def to(self, url: str) -> int:
        """How often this URL was called."""
        return sum(1 for one, _, _ in self.sent if one == url)


@dataclass
class Told:
    """Remembers how attempts ended."""

    states: list[DeliveryState] = field(default_factory=list)

    def attempted(self, delivery: Delivery, report: AttemptReport, took: timedelta) -> None:
        self.states.append(delivery.state)


class PostOffice:
    """A store, and the loop that sends what is due in it."""

    def __init__(self, store: SqliteStore, clock: ManualClock) -> None:
        self.store, self.clock, self.entropy = store, clock, CountingEntropy()
        self.sender, self.told, self.observer = FakeSender(), Told(), FakeObserver()
        self.box = SealedSecretBox(b"k" * 32, self.entropy)
        self.parts = SenderParts(
            store.webhooks,
            store,
            self.sender,
            TaskPayload(),
            self.box,
            clock,
            self.told,
            self.observer,  # type: ignore[arg-type]
            DeletingByAge(clock),
        )
        self.secret = ""

    async def make(self, url: str, tenant: str = "acme") -> str:
        """A webhook; its id. Its secret is `secret` afterwards."""
        create = CreateWebhook(self.store.webhooks, AnyUrl(), self.box, self.clock, self.entropy)
        made = await create(caller(tenant), WebhookWish(url))
        self.secret = made.secret
        return made.webhook.webhook_id

    async def end(self, task_id: str, tenant: str = "acme") -> None:
        """A task ends."""
        await self.store.accept(tenant, accept(new_task(task_id, tenant, self.clock.now())))
        await self.store.cancel(tenant, task_id)

    @asynccontextmanager
    async def open(self, **settings: object) -> AsyncIterator[WebhookDeliverer]:
        """The loop runs while the block does."""
        deliverer = WebhookDeliverer(SenderSettings("me", **settings), self.parts)  # type: ignore[arg-type]
        running = asyncio.ensure_future(deliverer.run())
        try:
            yield deliverer
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def deliveries(self, webhook_id: str, tenant: str = "acme"):
        return await self.store.webhooks.deliveries(tenant, webhook_id, None, 1000)


class Forgetful:
    """A store whose retention has deleted every task."""

    async def get(self, tenant: str, task_id: str) -> Task:
        raise TaskNotFound(f"there is no task {task_id}")


def caller(tenant: str) -> Caller:
    return Caller(Identity(tenant, "tester", ALL_SCOPES), "request")
