"""Webhooks and their deliveries in the embedded store: values for its writer, reads by its reader."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from sqlite3 import Connection
from typing import TYPE_CHECKING

from aion.adapters.storage.reader import Reader
from aion.adapters.storage.times import time_or_none, to_us
from aion.adapters.storage.webhooks import claims as webhook_claims
from aion.adapters.storage.webhooks import keys as webhook_keys
from aion.adapters.storage.webhooks import statements as sql
from aion.adapters.storage.webhooks import steps as webhook_steps
from aion.adapters.storage.webhooks.codec import decode_delivery, decode_webhook
from aion.adapters.storage.webhooks.forgetting import forget_deliveries, old_deliveries
from aion.adapters.storage.webhooks.index import WebhookIndex
from aion.adapters.storage.writer import GroupCommitWriter
from aion.domain.identity import SystemScope
from aion.domain.webhooks import AttemptReport, Delivery, Webhook, WebhookWish
from aion.domain.writes import IdempotencyKey
from aion.ports.webhooks import ClaimDeliveries, DeliveryQueue, DueDelivery, Issued, WebhookPosition, WebhookStore

_END_OF_TIME = (1 << 63) - 1


class SqliteWebhookStore:
    """WebhookStore and DeliveryQueue over the store's own database; `SqliteStore.webhooks` is the one of a store."""

    def __init__(self, writer: GroupCommitWriter, reader: Reader, index: WebhookIndex) -> None:
        self._writer = writer
        self._reader = reader
        self._index = index
        self._looked_up_to = 0
        self._all_forgotten = False

    async def create(self, tenant: str, webhook: Webhook, most: int, key: IdempotencyKey | None = None) -> Issued:
        """Stores a new webhook."""
        if webhook.tenant != tenant:
            raise ValueError(f"the webhook {webhook.webhook_id} belongs to another tenant than {tenant}")
        try:
            return await self._writer.submit("webhook", partial(webhook_steps.create, webhook, most, key))
        finally:
            self._all_forgotten = False

    async def issued(self, tenant: str, key: IdempotencyKey) -> Issued | None:
        """What a key was answered with."""
        now_us = to_us(self._writer.believed_now())
        return await self._reader.by_key(partial(webhook_keys.issued, tenant=tenant, key=key, now_us=now_us))

    async def get(self, tenant: str, webhook_id: str) -> Webhook:
        """The webhook as it is now."""
        return (await self._found(tenant, webhook_id))[1]

    async def list(self, tenant: str, after: WebhookPosition | None, limit: int) -> Sequence[Webhook]:
        """A page of webhooks, oldest first."""
        place = (-1, "") if after is None else (after.create_time_us, after.item_id)
        return await self._reader.by_key(partial(_webhooks, values=(tenant, *place, limit)))

    async def update(self, tenant: str, webhook_id: str, wish: WebhookWish, etag: str = "") -> Webhook:
        """The webhook with a new wish."""
        return await self._writer.submit("webhook", partial(webhook_steps.update, tenant, webhook_id, wish, etag))

    async def rotate(self, tenant: str, webhook_id: str, sealed: bytes, key: IdempotencyKey | None = None) -> Issued:
        """The webhook with a new secret."""
        return await self._writer.submit("webhook", partial(webhook_steps.rotate, tenant, webhook_id, sealed, key))

    async def delete(self, tenant: str, webhook_id: str) -> None:
        """Deletes it."""
        await self._writer.submit("webhook", partial(webhook_steps.delete, tenant, webhook_id))

    async def deliveries(
        self, tenant: str, webhook_id: str, after: WebhookPosition | None, limit: int
    ) -> Sequence[Delivery]:
        """A page of deliveries, newest first."""
        seq, _ = await self._found(tenant, webhook_id)
        place = (_END_OF_TIME, "") if after is None else (after.create_time_us, after.item_id)
        return await self._reader.scan(tenant, partial(_deliveries, webhook_id=webhook_id, values=(seq, *place, limit)))

    async def replay(self, tenant: str, webhook_id: str, delivery_id: str) -> Delivery:
        """The delivery, due now."""
        return await self._writer.submit("webhook", partial(webhook_steps.replay, tenant, webhook_id, delivery_id))

    # Senders.

    async def claim(self, scope: SystemScope, value: ClaimDeliveries) -> Sequence[DueDelivery]:
        """Deliveries whose time has come."""
        return await self._writer.submit("claim_deliveries", partial(webhook_claims.claim, value))

    async def report(self, scope: SystemScope, owner: str, due: DueDelivery, report: AttemptReport) -> Delivery | None:
        """Writes what came of an attempt."""
        return await self._writer.submit("report_delivery", partial(webhook_claims.report, owner, due, report))

    async def give_back(self, scope: SystemScope, owner: str) -> int:
        """Makes the claims of owners that are gone due at once."""
        return await self._writer.submit("give_back_deliveries", partial(webhook_claims.give_back, owner))

    async def next_due(self, scope: SystemScope) -> datetime | None:
        """When a delivery is due next."""
        due = self._index.next_due_us
        return time_or_none(due)

    async def forget_finished(self, scope: SystemScope, older_than: datetime, limit: int) -> int:
        """Deletes what is over for long."""
        empty = self._index.empty
        if empty and self._all_forgotten:
            return 0
        first = self._looked_up_to == 0
        look = partial(old_deliveries, after=self._looked_up_to, older_than_us=to_us(older_than), limit=limit)
        found = await self._reader.system_scan(look)
        self._looked_up_to = found.next_after
        # Without a webhook no delivery is made: what is not there now will not be there later.
        self._all_forgotten = empty and first and not found.looked_at
        if found.finished or found.left_behind:
            await self._writer.submit("forget_deliveries", partial(forget_deliveries, found))
        return len(found.finished) + len(found.left_behind)

    async def _found(self, tenant: str, webhook_id: str) -> tuple[int, Webhook]:
        found = await self._reader.by_key(partial(_webhook, tenant=tenant, webhook_id=webhook_id))
        if found is None:
            raise webhook_steps.not_found(webhook_id)
        return found


def _webhook(connection: Connection, tenant: str, webhook_id: str) -> tuple[int, Webhook] | None:
    row = connection.execute(sql.SELECT_WEBHOOK, (tenant, webhook_id)).fetchone()
    return None if row is None else (row[0], decode_webhook(row[1:]))


def _webhooks(connection: Connection, values: tuple[object, ...]) -> Sequence[Webhook]:
    return [decode_webhook(row[1:]) for row in connection.execute(sql.SELECT_WEBHOOKS, values)]


def _deliveries(connection: Connection, webhook_id: str, values: tuple[object, ...]) -> Sequence[Delivery]:
    return [decode_delivery(row[1:], webhook_id) for row in connection.execute(sql.SELECT_DELIVERIES, values)]


if TYPE_CHECKING:
    _store: type[WebhookStore] = SqliteWebhookStore
    _queue: type[DeliveryQueue] = SqliteWebhookStore
