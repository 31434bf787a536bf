"""Everything that can be done with webhooks, on the side that asks for them."""

import uuid
from collections.abc import Iterable

from aion_sdk._about import about
from aion_sdk._async.calls import AsyncCalls
from aion_sdk._async.pages import AsyncPages
from aion_sdk._async.raw import AsyncRawCall
from aion_sdk._contract import methods
from aion_sdk._wire import webhooks as wire
from aion_sdk.lifecycle import TaskState
from aion_sdk.paging import Page
from aion_sdk.webhooks import NewWebhook, RotatedSecret, Webhook, WebhookDelivery


class AsyncWebhooks:
    """Make, read, change and delete webhooks; look at their deliveries. Every method raises AionError when refused."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
        self,
        url: str,
        *,
        states: Iterable[TaskState | str] = (),
        intents: Iterable[str] = (),
        description: str = "",
        disabled: bool = False,
        request_id: str = "",
        timeout: float | None = None,
    ) -> NewWebhook:
        """Make a webhook and return it with its secret, which is shown this once.

        `request_id` is the idempotency key, made when none is given: the same key gives the same webhook and secret.
        """
        webhook = Webhook("", url, tuple(map(TaskState, states)), tuple(intents), description, disabled)
        key = request_id or str(uuid.uuid4())
        request = wire.create_request(webhook, key)
        with about(idempotency_key=key):
            return wire.created(await self._calls.unary(methods.CREATE_WEBHOOK, request, timeout))

    async def get(self, webhook_id: str, *, timeout: float | None = None) -> Webhook:
        """Read a webhook. Raises NotFound."""
        return wire.read(await self._calls.unary(methods.GET_WEBHOOK, wire.get_request(webhook_id), timeout))

    def list(self, *, page_size: int = 0, limit: int | None = None) -> AsyncPages[Webhook]:
        """Iterate over the webhooks, oldest first, at most `limit`."""

        async def fetch(page_token: str) -> Page[Webhook]:
            request = wire.list_request(page_size, page_token)
            return wire.page(await self._calls.unary(methods.LIST_WEBHOOKS, request))

        return AsyncPages(fetch, limit)

    async def update(self, webhook: Webhook, *, timeout: float | None = None) -> Webhook:
        """Replace the webhook of that id; its secret stays.

        Raises ChangedMeanwhile when its `etag` is no longer the stored one. With an `etag` it is not sent again when
        its outcome is unknown: its own change would refuse it. Read it then.
        """
        request = wire.update_request(webhook)
        return wire.updated(await self._calls.unary(methods.UPDATE_WEBHOOK, request, timeout, etag=webhook.etag))

    async def rotate_secret(
        self, webhook_id: str, *, request_id: str = "", timeout: float | None = None
    ) -> RotatedSecret:
        """Give it a new secret; for 24 hours the old one signs as well. The same `request_id` gives the same secret."""
        key = request_id or str(uuid.uuid4())
        request = wire.rotate_request(webhook_id, key)
        with about(idempotency_key=key):
            return wire.rotated(await self._calls.unary(methods.ROTATE_WEBHOOK_SECRET, request, timeout))

    async def delete(self, webhook_id: str, *, timeout: float | None = None) -> None:
        """Delete it and what waits for it. Raises NotFound."""
        await self._calls.unary(methods.DELETE_WEBHOOK, wire.delete_request(webhook_id), timeout)

    def deliveries(
        self, webhook_id: str, *, page_size: int = 0, limit: int | None = None
    ) -> AsyncPages[WebhookDelivery]:
        """Iterate over its deliveries, newest first, at most `limit`."""

        async def fetch(page_token: str) -> Page[WebhookDelivery]:
            request = wire.list_deliveries_request(webhook_id, page_size, page_token)
            return wire.deliveries(await self._calls.unary(methods.LIST_WEBHOOK_DELIVERIES, request))

        return AsyncPages(fetch, limit)

    async def replay(self, webhook_id: str, delivery_id: str, *, timeout: float | None = None) -> WebhookDelivery:
        """Send a delivery again, whatever came of it, under the same id."""
        request = wire.replay_request(webhook_id, delivery_id)
        return wire.replayed(await self._calls.unary(methods.REPLAY_WEBHOOK_DELIVERY, request, timeout))

    @property
    def with_raw_response(self) -> "AsyncRawWebhooks":
        """The same calls, each answering with a RawResponse."""
        return AsyncRawWebhooks(self)


class AsyncRawWebhooks:
    """Webhooks, with raw responses."""

    def __init__(self, webhooks: AsyncWebhooks) -> None:
        self.create = AsyncRawCall(webhooks.create)
        self.get = AsyncRawCall(webhooks.get)
        self.update = AsyncRawCall(webhooks.update)
        self.rotate_secret = AsyncRawCall(webhooks.rotate_secret)
        self.delete = AsyncRawCall(webhooks.delete)
        self.replay = AsyncRawCall(webhooks.replay)
