"""The handlers of WebhookService: decode, call the use case, encode."""

from dataclasses import dataclass
from typing import cast

from aion.adapters.rpc.call import Admitted
from aion.adapters.rpc.webhook_messages import to_delivery, to_rotated, to_webhook, to_wish
from aion.ports.usecases import UseCases
from aion.ports.webhook_usecases import KeyedRequest
from aion.v1 import webhooks_pb2


@dataclass(frozen=True, slots=True)
class WebhookHandlers:
    """One method an RPC."""

    use_cases: UseCases

    async def create(self, call: Admitted) -> webhooks_pb2.CreateWebhookResponse:
        """CreateWebhook."""
        request = cast("webhooks_pb2.CreateWebhookRequest", call.request)
        keyed = KeyedRequest(request.request_id, call.fingerprint)
        made = await self.use_cases.webhooks.create(call.caller, to_wish(request.webhook), keyed)
        return webhooks_pb2.CreateWebhookResponse(webhook=to_webhook(made.webhook), secret=made.secret)

    async def get(self, call: Admitted) -> webhooks_pb2.GetWebhookResponse:
        """GetWebhook."""
        request = cast("webhooks_pb2.GetWebhookRequest", call.request)
        webhook = await self.use_cases.webhooks.get(call.caller, request.webhook_id)
        return webhooks_pb2.GetWebhookResponse(webhook=to_webhook(webhook))

    async def list_webhooks(self, call: Admitted) -> webhooks_pb2.ListWebhooksResponse:
        """ListWebhooks."""
        request = cast("webhooks_pb2.ListWebhooksRequest", call.request)
        page = await self.use_cases.webhooks.list_webhooks(call.caller, request.page_size, request.page_token)
        return webhooks_pb2.ListWebhooksResponse(
            webhooks=[to_webhook(webhook) for webhook in page.webhooks], next_page_token=page.next_page_token
        )

    async def update(self, call: Admitted) -> webhooks_pb2.UpdateWebhookResponse:
        """UpdateWebhook."""
        request = cast("webhooks_pb2.UpdateWebhookRequest", call.request)
        wish = to_wish(request.webhook, request.webhook_id)
        webhook = await self.use_cases.webhooks.update(call.caller, request.webhook_id, wish, request.webhook.etag)
        return webhooks_pb2.UpdateWebhookResponse(webhook=to_webhook(webhook))

    async def rotate(self, call: Admitted) -> webhooks_pb2.RotateWebhookSecretResponse:
        """RotateWebhookSecret."""
        request = cast("webhooks_pb2.RotateWebhookSecretRequest", call.request)
        keyed = KeyedRequest(request.request_id, call.fingerprint)
        return to_rotated(await self.use_cases.webhooks.rotate(call.caller, request.webhook_id, keyed))

    async def delete(self, call: Admitted) -> webhooks_pb2.DeleteWebhookResponse:
        """DeleteWebhook."""
        request = cast("webhooks_pb2.DeleteWebhookRequest", call.request)
        await self.use_cases.webhooks.delete(call.caller, request.webhook_id)
        return webhooks_pb2.DeleteWebhookResponse()

    async def list_deliveries(self, call: Admitted) -> webhooks_pb2.ListWebhookDeliveriesResponse:
        """ListWebhookDeliveries."""
        request = cast("webhooks_pb2.ListWebhookDeliveriesRequest", call.request)
        page = await self.use_cases.webhooks.list_deliveries(
            call.caller, request.webhook_id, request.page_size, request.page_token
        )
        return webhooks_pb2.ListWebhookDeliveriesResponse(
            deliveries=[to_delivery(delivery) for delivery in page.deliveries], next_page_token=page.next_page_token
        )

    async def replay(self, call: Admitted) -> webhooks_pb2.ReplayWebhookDeliveryResponse:
        """ReplayWebhookDelivery."""
        request = cast("webhooks_pb2.ReplayWebhookDeliveryRequest", call.request)
        delivery = await self.use_cases.webhooks.replay(call.caller, request.webhook_id, request.delivery_id)
        return webhooks_pb2.ReplayWebhookDeliveryResponse(delivery=to_delivery(delivery))
