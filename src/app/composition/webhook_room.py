"""What calls receivers when tasks end, and what the use cases share with it.

A part of the composition root, and so allowed to name adapters.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aion
from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.identity.pepper import mac
from aion.adapters.storage.sqlite import SqliteStore
from aion.adapters.telemetry.metrics import Metrics
from aion.adapters.telemetry.webhooks import TelemetryDeliveryObserver
from aion.adapters.webhooks.allowance import Allowances
from aion.adapters.webhooks.guard import AddressGuard
from aion.adapters.webhooks.payload import TaskPayload
from aion.adapters.webhooks.resolver import SystemResolver
from aion.adapters.webhooks.secret_box import SealedSecretBox
from aion.adapters.webhooks.sender_on_demand import SenderOnDemand
from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.webhook_sending import SenderParts, SenderSettings, WebhookDeliverer
from aion.app.settings import Settings
from aion.ports.clock import Clock
from aion.ports.telemetry import Observer
from aion.ports.webhooks import WebhookSender


@dataclass(frozen=True, slots=True)
class WebhookRoom:
    """What calls receivers, and what use cases share with it."""

    guard: AddressGuard
    box: SealedSecretBox
    deliverer: WebhookDeliverer


@asynccontextmanager
async def webhook_room(
    settings: Settings,
    store: SqliteStore,
    observer: Observer,
    metrics: Metrics,
    by_age: DeletingByAge,
    *,
    pepper: bytes,
    owner: str,
) -> AsyncIterator[WebhookRoom]:
    """The guard, the box of secrets and the loop that sends; connections and threads end with the block."""
    clock, entropy = SystemClock(), SystemEntropy()
    box = SealedSecretBox(mac(pepper, "webhook secrets"), entropy)
    with SystemResolver() as resolver:
        guard = AddressGuard(Allowances.parse(settings.webhook_allow), resolver)
        sender = SenderOnDemand(lambda: _sender(guard, clock))
        told = TelemetryDeliveryObserver(metrics)
        parts = SenderParts(store.webhooks, store, sender, TaskPayload(), box, clock, told, observer, by_age)
        try:
            yield WebhookRoom(
                guard, box, WebhookDeliverer(SenderSettings(owner, f"AION-Webhooks/{aion.__version__}"), parts)
            )
        finally:
            await sender.close()


def _sender(guard: AddressGuard, clock: Clock) -> WebhookSender:
    from aion.adapters.webhooks.sender import HttpWebhookSender

    return HttpWebhookSender(guard, clock)
