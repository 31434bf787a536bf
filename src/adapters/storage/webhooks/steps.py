"""The steps of webhooks inside a transaction: what clients change about them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aion.adapters.storage.times import us_or_none
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.webhooks import statements as sql
from aion.adapters.storage.webhooks.codec import (
    decode_delivery,
    decode_webhook,
    encode_life,
    encode_state,
    encode_webhook,
    encode_wish,
)
from aion.adapters.storage.webhooks.keys import issued, remember
from aion.domain.errors import (
    ChangedMeanwhile,
    DeliveryNotFound,
    FieldViolation,
    LimitReached,
    WebhookDisabled,
    WebhookNotFound,
)
from aion.domain.webhooks import MOST_WAITING, Delivery, DeliveryState, Webhook, WebhookWish, after_update
from aion.domain.writes import IdempotencyKey
from aion.ports.webhooks import Issued

_SENT_SOON = timedelta(seconds=1)


def create(webhook: Webhook, most: int, key: IdempotencyKey | None, transaction: Transaction) -> Issued:
    """A new webhook, if there is room for one, or what the key was answered with."""
    connection, tenant = transaction.connection, webhook.tenant
    if key is not None and (earlier := issued(connection, tenant, key, transaction.believed_us)) is not None:
        return earlier
    if connection.execute(sql.COUNT_WEBHOOKS, (tenant,)).fetchone()[0] >= most:
        raise LimitReached(
            f"this tenant has {most} webhooks, which is the most it may have; delete one first",
            facts={"limit": str(most)},
        )
    seq = connection.execute(sql.INSERT_WEBHOOK, encode_webhook(webhook)).lastrowid
    if seq is None:
        raise LookupError("the new webhook has no row number")
    transaction.memory.webhooks.put(tenant, seq, webhook.webhook_id, webhook.wish)
    return _answered(tenant, key, Issued(webhook, webhook.secrets.current), transaction)


def update(tenant: str, webhook_id: str, wish: WebhookWish, etag: str, transaction: Transaction) -> Webhook:
    """Another wish, if nobody changed it since the caller read it."""
    seq, known = _webhook(transaction, tenant, webhook_id)
    if etag and etag != known.etag:
        if wish == known.wish and etag == str(known.revision - 1):
            return known  # the retry of an update whose answer was lost
        raise ChangedMeanwhile(
            f"the webhook {webhook_id} has the etag {known.etag}, the update names {etag}; read it again",
            violations=(FieldViolation("webhook.etag", f"must be {known.etag}, or empty"),),
            facts={"webhook_id": webhook_id},
        )
    changed = after_update(known, wish, transaction.now)
    transaction.connection.execute(sql.UPDATE_WEBHOOK, (*encode_wish(wish), *encode_state(changed), seq))
    transaction.memory.webhooks.put(tenant, seq, webhook_id, wish)
    return changed


def rotate(tenant: str, webhook_id: str, sealed: bytes, key: IdempotencyKey | None, transaction: Transaction) -> Issued:
    """A new secret, and the current one becomes the old one; or what the key was answered with."""
    if (
        key is not None
        and (earlier := issued(transaction.connection, tenant, key, transaction.believed_us)) is not None
    ):
        return earlier
    seq, known = _webhook(transaction, tenant, webhook_id)
    secrets = known.secrets.rotated(sealed, transaction.now)
    transaction.connection.execute(
        sql.UPDATE_SECRETS, (secrets.current, secrets.old, us_or_none(secrets.old_until), seq)
    )
    answer = Issued(replace(known, secrets=secrets), sealed, secrets.old_until)
    return _answered(tenant, key, answer, transaction)


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
        raise WebhookDisabled(
            f"webhook {webhook_id} is disabled and gets no deliveries; enable it first",
            facts={"webhook_id": webhook_id},
        )
    known = decode_delivery(row[1:], webhook_id)
    owner = row[-1]
    if owner is not None and known.next_attempt_time is not None and known.next_attempt_time > transaction.now:
        return known
    index, place = transaction.memory.webhooks, (tenant, webhook_id)
    if known.state is not DeliveryState.PENDING:
        if index.turns.waiting(place) >= MOST_WAITING:
            raise LimitReached(
                f"{MOST_WAITING} deliveries wait for webhook {webhook_id} already, which is the most that may; "
                "replay it when they are sent",
                retry_after=_SENT_SOON,
                facts={"limit": str(MOST_WAITING)},
            )
        index.turns.add(place, transaction.now_us)
    again = replace(known, state=DeliveryState.PENDING, tries=0, next_attempt_time=transaction.now)
    transaction.connection.execute(sql.UPDATE_DELIVERY, (*encode_life(again), row[0]))
    index.refresh_due(transaction.connection, place, seq, transaction.now_us)
    return again


def _answered(tenant: str, key: IdempotencyKey | None, answer: Issued, transaction: Transaction) -> Issued:
    if key is not None:
        remember(tenant, key, answer, transaction)
    return answer


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
