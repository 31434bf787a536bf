"""What clients do with webhooks: one use case per RPC, the caller first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from aion.domain.identity import Caller
from aion.domain.webhooks import Delivery, Webhook, WebhookWish


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """The idempotency key of a call (empty: none), and the fingerprint of what it asks for."""

    request_id: str = ""
    fingerprint: bytes = b""


UNKEYED: Final = KeyedRequest()


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook and its new secret as text, shown once and to a retry with the same key.

    `old_until` is when the replaced one stops to sign.
    """

    webhook: Webhook
    secret: str
    old_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """A page of webhooks, oldest first; `next_page_token` is empty on the last one."""

    webhooks: Sequence[Webhook]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A page of deliveries, newest first; `next_page_token` is empty on the last one."""

    deliveries: Sequence[Delivery]
    next_page_token: str


class CreateWebhook(Protocol):
    """Makes a webhook."""

    async def __call__(self, caller: Caller, wish: WebhookWish, request: KeyedRequest = UNKEYED) -> NewSecret:
        """The webhook and its secret. Raises PermissionDenied without `tasks:read`, WebhookUrlRefused, LimitReached,
        TooManyWaiters and IdempotencyKeyReused.
        """
        ...


class GetWebhook(Protocol):
    """Reads one webhook."""

    async def __call__(self, caller: Caller, webhook_id: str) -> Webhook:
        """The webhook. Raises WebhookNotFound."""
        ...


class ListWebhooks(Protocol):
    """Reads a page of webhooks."""

    async def __call__(self, caller: Caller, page_size: int, page_token: str) -> WebhookPage:
        """A page size of 0 means the default; larger ones are clamped."""
        ...


class UpdateWebhook(Protocol):
    """Replaces what a client decides about a webhook; its secret stays."""

    async def __call__(self, caller: Caller, webhook_id: str, wish: WebhookWish, etag: str = "") -> Webhook:
        """The webhook afterwards. Raises PermissionDenied without `tasks:read`, WebhookNotFound, WebhookUrlRefused,
        TooManyWaiters and, for another etag than the current one, ChangedMeanwhile.
        """
        ...


class RotateWebhookSecret(Protocol):
    """Gives a webhook a new secret."""

    async def __call__(self, caller: Caller, webhook_id: str, request: KeyedRequest = UNKEYED) -> NewSecret:
        """The webhook and its secret. Raises WebhookNotFound and IdempotencyKeyReused."""
        ...


class DeleteWebhook(Protocol):
    """Deletes a webhook and what waits for it."""

    async def __call__(self, caller: Caller, webhook_id: str) -> None:
        """Raises WebhookNotFound."""
        ...


class ListWebhookDeliveries(Protocol):
    """Reads a page of a webhook's deliveries."""

    async def __call__(self, caller: Caller, webhook_id: str, page_size: int, page_token: str) -> DeliveryPage:
        """A page size of 0 means the default; larger ones are clamped. Raises WebhookNotFound."""
        ...


class ReplayWebhookDelivery(Protocol):
    """Has a delivery sent again."""

    async def __call__(self, caller: Caller, webhook_id: str, delivery_id: str) -> Delivery:
        """The delivery, PENDING. Raises WebhookNotFound, DeliveryNotFound, WebhookDisabled and LimitReached."""
        ...


@dataclass(frozen=True, slots=True)
class WebhookUseCases:
    """All of them, for the front door."""

    create: CreateWebhook
    get: GetWebhook
    list_webhooks: ListWebhooks
    update: UpdateWebhook
    rotate: RotateWebhookSecret
    delete: DeleteWebhook
    list_deliveries: ListWebhookDeliveries
    replay: ReplayWebhookDelivery
