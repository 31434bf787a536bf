"""The steps of webhooks inside a transaction: what clients change about them."""

from dataclasses import replace
from typing import Any

from aion.adapters.storage import webhook_statements as sql
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.webhook_rows import (
    decode_delivery,
    decode_webhook,
    encode_life,
    encode_webhook,
    encode_wish,
    us_or_none,
)
from aion.domain.errors import DeliveryNotFound, FieldViolation, LimitReached, ValidationFailed, WebhookNotFound
from aion.domain.webhooks import Delivery, DeliveryState, Webhook, WebhookWish


def create(webhook: Webhook, most: int, transaction: Transaction) -> Webhook:
    """A new webhook, if there is room for one."""
    connection, tenant = transaction.connection, webhook.tenant
    if connection.execute(sql.COUNT_WEBHOOKS, (tenant,)).fetchone()[0] >= most:
        raise LimitReached(
            f"this tenant has {most} webhooks, which is the most it may have; delete one first",
            facts={"limit": str(most)},
        )
    seq = connection.execute(sql.INSERT_WEBHOOK, encode_webhook(webhook)).lastrowid
    if seq is None:
        raise LookupError("the new webhook has no row number")
    transaction.memory.webhooks.put(tenant, seq, webhook.webhook_id, webhook.wish)
    return webhook


def update(tenant: str, webhook_id: str, wish: WebhookWish, transaction: Transaction) -> Webhook:
    """Another wish; what AION held against it ends with a new URL, or when it is enabled."""
    seq, known = _webhook(transaction, tenant, webhook_id)
    forgiven = wish.url != known.wish.url or (known.wish.disabled and not wish.disabled)
    changed = replace(
        known,
        wish=wish,
        disable_reason="" if forgiven or not wish.disabled else known.disable_reason,
        failing_since=None if forgiven else known.failing_since,
    )
    transaction.connection.execute(
        sql.UPDATE_WISH, (*encode_wish(wish), changed.disable_reason, us_or_none(changed.failing_since), seq)
    )
    transaction.memory.webhooks.put(tenant, seq, webhook_id, wish)
    return changed


def rotate(tenant: str, webhook_id: str, sealed: bytes, transaction: Transaction) -> Webhook:
    """A new secret; the current one becomes the old one."""
    seq, known = _webhook(transaction, tenant, webhook_id)
    secrets = known.secrets.rotated(sealed, transaction.now)
    transaction.connection.execute(
        sql.UPDATE_SECRETS, (secrets.current, secrets.old, us_or_none(secrets.old_until), seq)
    )
    return replace(known, secrets=secrets)


def delete(tenant: str, webhook_id: str, transaction: Transaction) -> None:
    """It is gone; its deliveries are never sent and are cleared away later, so that this step is short."""
    seq, _ = _webhook(transaction, tenant, webhook_id)
    transaction.connection.execute(sql.DELETE_WEBHOOK, (seq,))
    transaction.memory.webhooks.drop(tenant, seq)


def replay(tenant: str, webhook_id: str, delivery_id: str, transaction: Transaction) -> Delivery:
    """PENDING and due now, unless it is just being sent."""
    seq, webhook = _webhook(transaction, tenant, webhook_id)
    row = transaction.connection.execute(sql.SELECT_DELIVERY, (seq, delivery_id)).fetchone()
    if row is None:
        raise DeliveryNotFound(
            f"webhook {webhook_id} has no delivery {delivery_id}; list its deliveries to see which there are",
            facts={"webhook_id": webhook_id, "delivery_id": delivery_id},
        )
    if webhook.wish.disabled:
        raise ValidationFailed(
            f"webhook {webhook_id} is disabled and gets no deliveries; enable it first",
            violations=(FieldViolation("webhook_id", "must name a webhook that is enabled"),),
        )
    known = decode_delivery(row[1:], webhook_id)
    owner = row[-1]
    if owner is not None and known.next_attempt_time is not None and known.next_attempt_time > transaction.now:
        return known
    again = replace(known, state=DeliveryState.PENDING, tries=0, next_attempt_time=transaction.now)
    transaction.connection.execute(sql.UPDATE_DELIVERY, (*encode_life(again), row[0]))
    transaction.memory.webhooks.refresh_due(transaction.connection)
    return again


def not_found(webhook_id: str) -> WebhookNotFound:
    """The same words for what is not there and what belongs to another tenant."""
    return WebhookNotFound(
        f"there is no webhook {webhook_id}; list the webhooks to see which there are",
        facts={"webhook_id": webhook_id},
    )


def _webhook(transaction: Transaction, tenant: str, webhook_id: str) -> tuple[int, Webhook]:
    row: Any = transaction.connection.execute(sql.SELECT_WEBHOOK, (tenant, webhook_id)).fetchone()
    if row is None:
        raise not_found(webhook_id)
    return row[0], decode_webhook(row[1:])
