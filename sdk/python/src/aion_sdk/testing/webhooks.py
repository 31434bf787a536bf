"""The webhooks of the fake, kept but never called; and signed messages for tests of a receiver."""

import base64
import hashlib
import hmac
import json
import secrets
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import betterproto2

from aion_sdk._gen.aion import v1
from aion_sdk.testing.refusals import RefusedCall
from aion_sdk.testing.store import cut
from aion_sdk.webhooks import ID, SECRET_PREFIX, SIGNATURE, TIMESTAMP, VERSION

OLD_SECRET_SIGNS_FOR = timedelta(hours=24)


def new_webhook_secret() -> str:
    """A secret as AION makes it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed_webhook(
    secret: str, event: str = "task.ok", data: Any = None, *, delivery_id: str = "", now: float | None = None
) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a delivery, for a test of the code that receives it.

    `data` is what the event brings; `delivery_id` the header `webhook-id`, a new one by default; `now` a
    Unix time, by default the clock's.
    """
    moment = time.time() if now is None else now
    document = {"type": event, "timestamp": datetime.fromtimestamp(moment, UTC).isoformat(), "data": data}
    body = json.dumps(document).encode()
    name, stamp = delivery_id or str(uuid.uuid4()), str(int(moment))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    mac = hmac.digest(key, b".".join((name.encode(), stamp.encode(), body)), hashlib.sha256)
    return body, {ID: name, TIMESTAMP: stamp, SIGNATURE: f"{VERSION},{base64.b64encode(mac).decode()}"}


class FakeWebhooks:
    """Webhooks by id."""

    def __init__(self) -> None:
        self._kept: dict[str, v1.Webhook] = {}
        self._answered: dict[tuple[str, str], tuple[bytes, bytes]] = {}

    def create(self, request: v1.CreateWebhookRequest) -> v1.CreateWebhookResponse:
        """Keep a webhook, or answer as before to the same key. Raises RefusedCall."""
        return v1.CreateWebhookResponse.parse(self._once("create", request, lambda: self._create(request)))

    def _create(self, request: v1.CreateWebhookRequest) -> v1.CreateWebhookResponse:
        asked = request.webhook or v1.Webhook()
        if not asked.url.startswith("https://"):
            raise RefusedCall("WEBHOOK_URL_REFUSED", "a webhook needs an https:// URL")
        stored = v1.Webhook.parse(bytes(asked))
        stored.webhook_id, stored.create_time = str(uuid.uuid4()), datetime.now(UTC)
        stored.update_time, stored.etag = stored.create_time, "1"
        self._kept[stored.webhook_id] = stored
        return v1.CreateWebhookResponse(webhook=stored, secret=new_webhook_secret())

    def read(self, request: v1.GetWebhookRequest) -> v1.GetWebhookResponse:
        """The webhook of an id. Raises RefusedCall."""
        return v1.GetWebhookResponse(webhook=self._find(request.webhook_id))

    def page(self, request: v1.ListWebhooksRequest) -> v1.ListWebhooksResponse:
        """A page of webhooks, oldest first. Raises RefusedCall."""
        items, token = cut(list(self._kept.values()), request.page_size, request.page_token)
        return v1.ListWebhooksResponse(webhooks=items, next_page_token=token)

    def update(self, request: v1.UpdateWebhookRequest) -> v1.UpdateWebhookResponse:
        """Replace a webhook. Raises RefusedCall."""
        kept = self._find(request.webhook_id)
        stored = v1.Webhook.parse(bytes(request.webhook or v1.Webhook()))
        if stored.etag and stored.etag != kept.etag:
            raise RefusedCall("CHANGED_MEANWHILE", "somebody else changed the webhook; read it again")
        stored.webhook_id, stored.create_time = kept.webhook_id, kept.create_time
        stored.update_time, stored.etag = datetime.now(UTC), str(int(kept.etag) + 1)
        self._kept[stored.webhook_id] = stored
        return v1.UpdateWebhookResponse(webhook=stored)

    def rotate(self, request: v1.RotateWebhookSecretRequest) -> v1.RotateWebhookSecretResponse:
        """Make another secret, or answer as before to the same key. Raises RefusedCall."""
        return v1.RotateWebhookSecretResponse.parse(self._once("rotate", request, lambda: self._rotate(request)))

    def _rotate(self, request: v1.RotateWebhookSecretRequest) -> v1.RotateWebhookSecretResponse:
        self._find(request.webhook_id)
        until = datetime.now(UTC) + OLD_SECRET_SIGNS_FOR
        return v1.RotateWebhookSecretResponse(secret=new_webhook_secret(), old_secret_expire_time=until)

    def delete(self, request: v1.DeleteWebhookRequest) -> v1.DeleteWebhookResponse:
        """Forget it. Raises RefusedCall."""
        self._find(request.webhook_id)
        del self._kept[request.webhook_id]
        return v1.DeleteWebhookResponse()

    def deliveries(self, request: v1.ListWebhookDeliveriesRequest) -> v1.ListWebhookDeliveriesResponse:
        """None: the fake calls nobody. Raises RefusedCall."""
        self._find(request.webhook_id)
        return v1.ListWebhookDeliveriesResponse()

    def replay(self, request: v1.ReplayWebhookDeliveryRequest) -> v1.ReplayWebhookDeliveryResponse:
        """There is no delivery. Raises RefusedCall."""
        self._find(request.webhook_id)
        raise RefusedCall("DELIVERY_NOT_FOUND", "the fake makes no deliveries; see signed_webhook")

    def _once(
        self,
        operation: str,
        request: v1.CreateWebhookRequest | v1.RotateWebhookSecretRequest,
        answer: Callable[[], betterproto2.Message],
    ) -> bytes:
        key, asked = (operation, request.request_id), bytes(request)
        if not request.request_id:
            return bytes(answer())
        if key not in self._answered:
            self._answered[key] = (asked, bytes(answer()))
        before, answered = self._answered[key]
        if before != asked:
            raise RefusedCall("IDEMPOTENCY_KEY_REUSED", "the idempotency key was used for another request")
        return answered

    def _find(self, webhook_id: str) -> v1.Webhook:
        found = self._kept.get(webhook_id)
        if found is None:
            raise RefusedCall("WEBHOOK_NOT_FOUND", f"there is no webhook {webhook_id}")
        return found
