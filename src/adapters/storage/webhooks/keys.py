"""Which idempotency key was answered with which secret, so that a retry gets the same webhook and the same secret.

The secret is kept a second time, sealed as the first: a webhook may have got another one before the retry comes.
"""

import sqlite3

from aion.adapters.storage.times import time_or_none, to_us, us_or_none
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.webhooks import statements as sql
from aion.adapters.storage.webhooks.codec import decode_webhook
from aion.domain.errors import FieldViolation, IdempotencyKeyReused, WebhookNotFound
from aion.domain.writes import IdempotencyKey
from aion.ports.webhooks import Issued


def issued(connection: sqlite3.Connection, tenant: str, key: IdempotencyKey, now_us: int) -> Issued | None:
    """What this key was answered with; None for a key that is free."""
    row = connection.execute(sql.SELECT_ISSUED, (*_scope(tenant, key), now_us)).fetchone()
    if row is None:
        return None
    fingerprint, webhook_id, sealed, old_until_us = row
    if fingerprint != key.fingerprint:
        raise IdempotencyKeyReused(
            f"this idempotency key was used for another request, about the webhook {webhook_id}; "
            "use a new key for a new request",
            violations=(FieldViolation("request_id", "was used for another request"),),
            facts={"webhook_id": webhook_id},
        )
    found = connection.execute(sql.SELECT_WEBHOOK, (tenant, webhook_id)).fetchone()
    if found is None:
        raise WebhookNotFound(
            f"the request with this idempotency key was about the webhook {webhook_id}, which is deleted since",
            facts={"webhook_id": webhook_id},
        )
    return Issued(decode_webhook(found[1:]), sealed, time_or_none(old_until_us))


def remember(tenant: str, key: IdempotencyKey, answer: Issued, transaction: Transaction) -> None:
    """Keeps the answer for as long as the key is kept."""
    kept = (answer.webhook.webhook_id, answer.sealed, us_or_none(answer.old_until))
    expire_us = to_us(transaction.now + key.kept_for)
    transaction.connection.execute(sql.PUT_KEY, (*_scope(tenant, key), key.fingerprint, *kept, expire_us))


def forget_expired(rows: int, transaction: Transaction) -> int:
    """Deletes up to `rows` keys whose time is over; how many."""
    return transaction.connection.execute(sql.DELETE_EXPIRED_KEYS, (transaction.believed_us, rows)).rowcount


def _scope(tenant: str, key: IdempotencyKey) -> tuple[str, str, str, str]:
    return (tenant, key.principal, key.operation, key.key)
