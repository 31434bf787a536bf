"""Webhooks between the domain and the contract's messages, both ways."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from aion.domain.errors import FieldViolation, ValidationFailed
from aion.domain.tasks import TaskState
from aion.domain.webhooks import Delivery, Webhook, WebhookWish
from aion.ports.webhook_usecases import NewSecret
from aion.v1 import lifecycle_pb2, webhooks_pb2


def to_wish(message: webhooks_pb2.Webhook, webhook_id: str = "") -> WebhookWish:
    """What a client decides; what only AION writes is passed over, but for an id that is not that of the request."""
    if webhook_id and message.webhook_id not in ("", webhook_id):
        raise ValidationFailed(
            f"webhook.webhook_id is another one than {webhook_id}; leave it out, or make them agree",
            violations=(FieldViolation("webhook.webhook_id", "must be empty or equal to the request's webhook_id"),),
        )
    return WebhookWish(
        url=message.url,
        states=frozenset(TaskState(state) for state in message.states),
        intents=frozenset(message.intents),
        description=message.description,
        disabled=message.disabled,
    )


def to_webhook(webhook: Webhook) -> webhooks_pb2.Webhook:
    """The webhook without its secrets."""
    wish = webhook.wish
    return webhooks_pb2.Webhook(
        webhook_id=webhook.webhook_id,
        url=wish.url,
        states=[lifecycle_pb2.TaskState.ValueType(state) for state in sorted(wish.states)],
        intents=sorted(wish.intents),
        description=wish.description,
        disabled=wish.disabled,
        disable_reason=webhook.disable_reason,
        create_time=_stamp(webhook.create_time),
        update_time=_stamp(webhook.update_time),
        etag=webhook.etag,
    )


def to_rotated(made: NewSecret) -> webhooks_pb2.RotateWebhookSecretResponse:
    """The new secret, and until when the old one signs."""
    return webhooks_pb2.RotateWebhookSecretResponse(
        secret=made.secret, old_secret_expire_time=_stamp_or_none(made.old_until)
    )


def to_delivery(delivery: Delivery) -> webhooks_pb2.WebhookDelivery:
    """One delivery."""
    return webhooks_pb2.WebhookDelivery(
        delivery_id=delivery.delivery_id,
        webhook_id=delivery.webhook_id,
        task_id=delivery.task_id,
        event=delivery.event,
        state=webhooks_pb2.DeliveryState.ValueType(delivery.state),
        attempts=delivery.attempts,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        create_time=_stamp(delivery.create_time),
        last_attempt_time=_stamp_or_none(delivery.last_attempt_time),
        next_attempt_time=_stamp_or_none(delivery.next_attempt_time),
    )


def _stamp(time: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(time)
    return stamp


def _stamp_or_none(time: datetime | None) -> Timestamp | None:
    return None if time is None else _stamp(time)
