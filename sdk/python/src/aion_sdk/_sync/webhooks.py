# Written by sdk/python/sync_face.py from aion_sdk/_async/webhooks.py. DO NOT EDIT!
"""Everything that can be done with webhooks, on the side that asks for them."""

import uuid
from collections.abc import Iterable

from aion_sdk._about import about
from aion_sdk._contract import methods
from aion_sdk._sync.calls import Calls
from aion_sdk._sync.pages import Pages
from aion_sdk._sync.raw import RawCall
from aion_sdk._wire import webhooks as wire
from aion_sdk.lifecycle import TaskState
from aion_sdk.paging import Page
from aion_sdk.webhooks import NewWebhook, RotatedSecret, Webhook, WebhookDelivery


class Webhooks:
    """Make, read, change and delete webhooks; look at their deliveries. Every method raises AionError when refused."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
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
            return wire.created(self._calls.unary(methods.CREATE_WEBHOOK, request, timeout))

    def get(self, webhook_id: str, *, timeout: float | None = None) -> Webhook:
        """Read a webhook. Raises NotFound."""
        return wire.read(self._calls.unary(methods.GET_WEBHOOK, wire.get_request(webhook_id), timeout))

    def list(self, *, page_size: int = 0, limit: int | None = None) -> Pages[Webhook]:
        """Iterate over the webhooks, oldest first, at most `limit`."""

        def fetch(page_token: str) -> Page[Webhook]:
            request = wire.list_request(page_size, page_token)
            return wire.page(self._calls.unary(methods.LIST_WEBHOOKS, request))

        return Pages(fetch, limit)

    def update(self, webhook: Webhook, *, timeout: float | None = None) -> Webhook:
        """Replace the webhook of that id; its secret stays.

        Raises ChangedMeanwhile when its `etag` is no longer the stored one. With an `etag` it is not sent again when
        its outcome is unknown: its own change would refuse it. Read it then.
        """
        request = wire.update_request(webhook)
        return wire.updated(self._calls.unary(methods.UPDATE_WEBHOOK, request, timeout, etag=webhook.etag))

    def rotate_secret(self, webhook_id: str, *, request_id: str = "", timeout: float | None = None) -> RotatedSecret:
        """Give it a new secret; for 24 hours the old one signs as well. The same `request_id` gives the same secret."""
        key = request_id or str(uuid.uuid4())
        request = wire.rotate_request(webhook_id, key)
        with about(idempotency_key=key):
            return wire.rotated(self._calls.unary(methods.ROTATE_WEBHOOK_SECRET, request, timeout))

    def delete(self, webhook_id: str, *, timeout: float | None = None) -> None:
        """Delete it and what waits for it. Raises NotFound."""
        self._calls.unary(methods.DELETE_WEBHOOK, wire.delete_request(webhook_id), timeout)

    def deliveries(self, webhook_id: str, *, page_size: int = 0, limit: int | None = None) -> Pages[WebhookDelivery]:
        """Iterate over its deliveries, newest first, at most `limit`."""

        def fetch(page_token: str) -> Page[WebhookDelivery]:
            request = wire.list_deliveries_request(webhook_id, page_size, page_token)
            return wire.deliveries(self._calls.unary(methods.LIST_WEBHOOK_DELIVERIES, request))

        return Pages(fetch, limit)

    def replay(self, webhook_id: str, delivery_id: str, *, timeout: float | None = None) -> WebhookDelivery:
        """Send a delivery again, whatever came of it, under the same id."""
        request = wire.replay_request(webhook_id, delivery_id)
        return wire.replayed(self._calls.unary(methods.REPLAY_WEBHOOK_DELIVERY, request, timeout))

    @property
    def with_raw_response(self) -> "RawWebhooks":
        """The same calls, each answering with a RawResponse."""
        return RawWebhooks(self)


class RawWebhooks:
    """Webhooks, with raw responses."""

    def __init__(self, webhooks: Webhooks) -> None:
        self.create = RawCall(webhooks.create)
        self.get = RawCall(webhooks.get)
        self.update = RawCall(webhooks.update)
        self.rotate_secret = RawCall(webhooks.rotate_secret)
        self.delete = RawCall(webhooks.delete)
        self.replay = RawCall(webhooks.replay)
