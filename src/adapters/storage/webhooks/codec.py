"""Webhooks and deliveries as rows, and back."""

from collections.abc import Sequence
from typing import Any

import orjson

from aion.adapters.storage.times import from_us, time_or_none, to_us, us_or_none
from aion.domain.tasks import TaskState
from aion.domain.webhooks import Delivery, DeliveryState, Webhook, WebhookSecrets, WebhookWish

WISH_COLUMNS = ("url", "states", "intents", "description", "disabled")
STATE_COLUMNS = ("disable_reason", "failing_since_us", "failures", "update_us", "revision")
WEBHOOK_COLUMNS = (
    "tenant_id",
    "webhook_id",
    *WISH_COLUMNS,
    *STATE_COLUMNS,
    "secret",
    "old_secret",
    "old_until_us",
    "create_us",
)
LIFE_COLUMNS = (
    "state",
    "attempts",
    "tries",
    "last_status",
    "last_error",
    "last_attempt_us",
    "next_us",
    "claim_owner",
)
DELIVERY_COLUMNS = ("tenant_id", "webhook_seq", "delivery_id", "task_id", "event", "create_us", *LIFE_COLUMNS)


def encode_wish(wish: WebhookWish) -> tuple[Any, ...]:
    """The values of WISH_COLUMNS."""
    return (
        wish.url,
        orjson.dumps(sorted(state.value for state in wish.states)).decode(),
        orjson.dumps(sorted(wish.intents)).decode(),
        wish.description,
        int(wish.disabled),
    )


def encode_state(webhook: Webhook) -> tuple[Any, ...]:
    """The values of STATE_COLUMNS."""
    return (
        webhook.disable_reason,
        us_or_none(webhook.failing_since),
        webhook.failures,
        to_us(webhook.update_time),
        webhook.revision,
    )


def encode_webhook(webhook: Webhook) -> tuple[Any, ...]:
    """The values of WEBHOOK_COLUMNS."""
    secrets = webhook.secrets
    return (
        webhook.tenant,
        webhook.webhook_id,
        *encode_wish(webhook.wish),
        *encode_state(webhook),
        secrets.current,
        secrets.old,
        us_or_none(secrets.old_until),
        to_us(webhook.create_time),
    )


def decode_wish(row: Sequence[Any]) -> WebhookWish:
    """The wish of a row with WISH_COLUMNS."""
    url, states, intents, description, disabled = row
    return WebhookWish(
        url=url,
        states=frozenset(TaskState(state) for state in orjson.loads(states)),
        intents=frozenset(orjson.loads(intents)),
        description=description,
        disabled=bool(disabled),
    )


def decode_webhook(row: Sequence[Any]) -> Webhook:
    """The webhook of a row with WEBHOOK_COLUMNS."""
    tenant, webhook_id, *rest = row
    wish, rest = rest[: len(WISH_COLUMNS)], rest[len(WISH_COLUMNS) :]
    disable_reason, failing_since_us, failures, update_us, revision, *rest = rest
    secret, old_secret, old_until_us, create_us = rest
    return Webhook(
        tenant=tenant,
        webhook_id=webhook_id,
        wish=decode_wish(wish),
        secrets=WebhookSecrets(secret, old_secret, time_or_none(old_until_us)),
        create_time=from_us(create_us),
        update_time=from_us(update_us),
        disable_reason=disable_reason,
        failing_since=time_or_none(failing_since_us),
        failures=failures,
        revision=revision,
    )


def encode_life(delivery: Delivery, owner: str | None = None) -> tuple[Any, ...]:
    """The values of LIFE_COLUMNS; `owner` holds the claim."""
    return (
        delivery.state,
        delivery.attempts,
        delivery.tries,
        delivery.last_status,
        delivery.last_error,
        us_or_none(delivery.last_attempt_time),
        us_or_none(delivery.next_attempt_time),
        owner,
    )


def decode_delivery(row: Sequence[Any], webhook_id: str) -> Delivery:
    """The delivery of a row with DELIVERY_COLUMNS."""
    tenant, _, delivery_id, task_id, event, create_us, state, attempts, tries, status, error, last_us, next_us, _ = row
    return Delivery(
        tenant=tenant,
        webhook_id=webhook_id,
        delivery_id=delivery_id,
        task_id=task_id,
        event=event,
        create_time=from_us(create_us),
        state=DeliveryState(state),
        attempts=attempts,
        tries=tries,
        last_status=status,
        last_error=error,
        last_attempt_time=time_or_none(last_us),
        next_attempt_time=time_or_none(next_us),
    )
