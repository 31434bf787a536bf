"""Webhooks on the wire."""

from aion_sdk._gen.aion import v1
from aion_sdk._wire.decode import named
from aion_sdk._wire.encode import task_states
from aion_sdk.lifecycle import TaskState
from aion_sdk.options import whole
from aion_sdk.paging import Page
from aion_sdk.webhooks import DeliveryState, NewWebhook, RotatedSecret, Webhook, WebhookDelivery


def create_request(webhook: Webhook, request_id: str) -> bytes:
    """A CreateWebhook."""
    return bytes(v1.CreateWebhookRequest(webhook=_message(webhook), request_id=request_id))


def update_request(webhook: Webhook) -> bytes:
    """An UpdateWebhook."""
    return bytes(v1.UpdateWebhookRequest(webhook=_message(webhook), webhook_id=webhook.webhook_id))


def get_request(webhook_id: str) -> bytes:
    """A GetWebhook."""
    return bytes(v1.GetWebhookRequest(webhook_id=webhook_id))


def list_request(page_size: int, page_token: str) -> bytes:
    """A ListWebhooks."""
    return bytes(v1.ListWebhooksRequest(page_size=whole("page_size", page_size), page_token=page_token))


def rotate_request(webhook_id: str, request_id: str) -> bytes:
    """A RotateWebhookSecret."""
    return bytes(v1.RotateWebhookSecretRequest(webhook_id=webhook_id, request_id=request_id))


def delete_request(webhook_id: str) -> bytes:
    """A DeleteWebhook."""
    return bytes(v1.DeleteWebhookRequest(webhook_id=webhook_id))


def list_deliveries_request(webhook_id: str, page_size: int, page_token: str) -> bytes:
    """A ListWebhookDeliveries."""
    return bytes(
        v1.ListWebhookDeliveriesRequest(
            webhook_id=webhook_id, page_size=whole("page_size", page_size), page_token=page_token
        )
    )


def replay_request(webhook_id: str, delivery_id: str) -> bytes:
    """A ReplayWebhookDelivery."""
    return bytes(v1.ReplayWebhookDeliveryRequest(webhook_id=webhook_id, delivery_id=delivery_id))


def created(data: bytes) -> NewWebhook:
    """A CreateWebhookResponse."""
    message = v1.CreateWebhookResponse.parse(data)
    return NewWebhook(_webhook(message.webhook), message.secret)


def read(data: bytes) -> Webhook:
    """A GetWebhookResponse."""
    return _webhook(v1.GetWebhookResponse.parse(data).webhook)


def updated(data: bytes) -> Webhook:
    """An UpdateWebhookResponse."""
    return _webhook(v1.UpdateWebhookResponse.parse(data).webhook)


def page(data: bytes) -> Page[Webhook]:
    """A ListWebhooksResponse."""
    message = v1.ListWebhooksResponse.parse(data)
    return Page(tuple(_webhook(item) for item in message.webhooks), message.next_page_token)


def rotated(data: bytes) -> RotatedSecret:
    """A RotateWebhookSecretResponse."""
    message = v1.RotateWebhookSecretResponse.parse(data)
    return RotatedSecret(message.secret, message.old_secret_expire_time)


def deliveries(data: bytes) -> Page[WebhookDelivery]:
    """A ListWebhookDeliveriesResponse."""
    message = v1.ListWebhookDeliveriesResponse.parse(data)
    return Page(tuple(_delivery(item) for item in message.deliveries), message.next_page_token)


def replayed(data: bytes) -> WebhookDelivery:
    """A ReplayWebhookDeliveryResponse."""
    return _delivery(v1.ReplayWebhookDeliveryResponse.parse(data).delivery or v1.WebhookDelivery())


def _message(webhook: Webhook) -> v1.Webhook:
    return v1.Webhook(
        url=webhook.url,
        states=task_states(webhook.states),
        intents=list(webhook.intents),
        description=webhook.description,
        disabled=webhook.disabled,
        etag=webhook.etag,
    )


def _webhook(message: v1.Webhook | None) -> Webhook:
    message = message or v1.Webhook()
    return Webhook(
        webhook_id=message.webhook_id,
        url=message.url,
        states=tuple(named(TaskState, state) for state in message.states),
        intents=tuple(message.intents),
        description=message.description,
        disabled=message.disabled,
        disable_reason=message.disable_reason,
        create_time=message.create_time,
        update_time=message.update_time,
        etag=message.etag,
    )


def _delivery(message: v1.WebhookDelivery) -> WebhookDelivery:
    return WebhookDelivery(
        delivery_id=message.delivery_id,
        webhook_id=message.webhook_id,
        task_id=message.task_id,
        event=message.event,
        state=named(DeliveryState, message.state),
        attempts=message.attempts,
        last_status=message.last_status,
        last_error=message.last_error,
        create_time=message.create_time,
        last_attempt_time=message.last_attempt_time,
        next_attempt_time=message.next_attempt_time,
    )
