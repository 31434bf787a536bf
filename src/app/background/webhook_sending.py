"""Sends deliveries that are due: several at once, fair between receivers, each at least once.

A delivery is claimed before it is sent and written down after, so that a process that dies in between sends it again,
under the same id. A receiver that is slow or away keeps few places and costs nobody else theirs.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aion import failpoints
from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.usecases.webhooks import secret_binding
from aion.domain.errors import AionError, TaskNotFound
from aion.domain.identity import SystemScope
from aion.domain.tasks import Task
from aion.domain.webhooks import KEEP_FINISHED, AttemptReport, Webhook, signature
from aion.ports.clock import Clock
from aion.ports.tasks import TaskReader
from aion.ports.telemetry import Observer
from aion.ports.webhooks import (
    ClaimDeliveries,
    DeliveryObserver,
    DeliveryQueue,
    DueDelivery,
    SecretBox,
    SecretUnreadable,
    WebhookPayload,
    WebhookSender,
)

SEND = SystemScope("deliveries of every tenant are sent by one loop")

LOOK_EVERY = 0.2
AFTER_TROUBLE = 1.0
FORGET_EVERY = 5.0
FORGET_BATCH = 500
BETWEEN_BATCHES = 0.05


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """How much is sent at once. `owner` names this incarnation; a claim outlasts the longest attempt by far."""

    owner: str
    agent: str = "AION-Webhooks"
    at_once: int = 256
    per_webhook: int = 4
    per_tenant: int = 32
    lease_for: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SenderParts:
    """What the loop needs of the world."""

    queue: DeliveryQueue
    tasks: TaskReader
    sender: WebhookSender
    payload: WebhookPayload
    box: SecretBox
    clock: Clock
    told: DeliveryObserver
    observer: Observer
    by_age: DeletingByAge


@dataclass(slots=True)
class WebhookDeliverer:
    """The loop of one process that owns a store."""

    settings: SenderSettings
    parts: SenderParts
    _held: Counter[tuple[str, str]] = field(default_factory=Counter)
    _place: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def sending(self) -> int:
        """How many attempts are under way."""
        return self._held.total()

    async def run(self) -> None:
        """Sends until cancelled."""
        self._held.clear()
        await self.parts.queue.give_back(SEND, self.settings.owner)
        async with asyncio.TaskGroup() as attempts:
            attempts.create_task(self._forget())
            while True:
                try:
                    claimed = await self._claim()
                except (AionError, OSError) as error:
                    self.parts.observer.trouble("webhooks", error)
                    await asyncio.sleep(AFTER_TROUBLE)
                    continue
                for due in claimed:
                    self._held[_key(due)] += 1
                    attempts.create_task(self._deliver(due))
                if not claimed:
                    await self._pause()

    async def _claim(self) -> list[DueDelivery]:
        """What can be sent now; asks the store for nothing while nothing is due or every place is taken."""
        room = self.settings.at_once - self.sending
        due = await self.parts.queue.next_due(SEND)
        if room <= 0 or due is None or due > self.parts.clock.now():
            return []
        wanted = ClaimDeliveries(
            owner=self.settings.owner,
            limit=room,
            per_webhook=self.settings.per_webhook,
            per_tenant=self.settings.per_tenant,
            lease_for=self.settings.lease_for,
            held=dict(self._held),
        )
        return list(await self.parts.queue.claim(SEND, wanted))

    async def _pause(self) -> None:
        """Until a place is free again, or it is time to look."""
        self._place.clear()
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._place.wait()
        except TimeoutError:
            return

    async def _deliver(self, due: DueDelivery) -> None:
        began = self.parts.clock.monotonic()
        try:
            report = await self._attempt(due)
            failpoints.hit("webhooks.after_send")
            delivery = await self.parts.queue.report(SEND, self.settings.owner, due, report)
            if delivery is not None and not report.postponed:
                took = timedelta(seconds=self.parts.clock.monotonic() - began)
                self.parts.told.attempted(delivery, report, took)
        except (AionError, OSError) as error:
            # Nothing is written down: when the claim runs out it is sent again.
            self.parts.observer.trouble("webhooks", error)
        finally:
            self._let_go(_key(due))

    async def _attempt(self, due: DueDelivery) -> AttemptReport:
        """One attempt, whatever comes of it: what breaks for one delivery must not stop the others."""
        try:
            task = await self.parts.tasks.get(due.delivery.tenant, due.delivery.task_id)
            return await self._send(due, task)
        except TaskNotFound:
            return AttemptReport(error="the task is no longer kept", final=True, ours=True)
        except SecretUnreadable:
            return AttemptReport(error="its secret cannot be read here; rotate it", ours=True)
        except AionError:
            raise
        except Exception as error:  # noqa: BLE001 - a defect that one task shows; it is logged with its cause
            self.parts.observer.trouble("webhooks", error)
            return AttemptReport(error="AION failed to send it; the cause is in its log", ours=True)

    async def _send(self, due: DueDelivery, task: Task) -> AttemptReport:
        delivery, webhook = due.delivery, due.webhook
        body = self.parts.payload(delivery.event, task)
        now = self.parts.clock.now()
        headers = {
            "content-type": "application/json",
            "user-agent": self.settings.agent,
            **self._signed(webhook, delivery.delivery_id, now, body),
        }
        failpoints.hit("webhooks.before_send")
        return await self.parts.sender.send(webhook.tenant, webhook.wish.url, headers, body)

    def _signed(self, webhook: Webhook, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
        """The three headers of Standard Webhooks, with a signature by each secret that signs now."""
        timestamp = int(now.timestamp())
        binding = secret_binding(webhook.tenant, webhook.webhook_id)
        secrets = [self.parts.box.open(binding, sealed) for sealed in webhook.secrets.signing(now)]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(signature(secret, message_id, timestamp, body) for secret in secrets),
        }

    def _let_go(self, key: tuple[str, str]) -> None:
        self._held[key] -= 1
        if self._held[key] <= 0:
            del self._held[key]
        self._place.set()

    async def _forget(self) -> None:
        """Deletes what is over for long, a piece so small that it holds up no write."""
        while True:
            pause = FORGET_EVERY
            try:
                before = self.parts.clock.now() - KEEP_FINISHED
                if self.parts.by_age.may() and await self.parts.queue.forget_finished(SEND, before, FORGET_BATCH):
                    pause = BETWEEN_BATCHES
            except (AionError, OSError) as error:
                self.parts.observer.trouble("webhooks", error)
                pause = AFTER_TROUBLE
            await asyncio.sleep(pause)


def _key(due: DueDelivery) -> tuple[str, str]:
    return due.webhook.tenant, due.webhook.webhook_id
