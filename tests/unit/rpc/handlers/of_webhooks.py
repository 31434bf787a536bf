"""What is asked about webhooks and their deliveries, with every field set."""

from aion.domain.tasks import TaskState
from aion.domain.webhooks import Delivery, DeliveryState, Webhook, WebhookSecrets, WebhookWish
from aion.ports.webhook_usecases import DeliveryPage, KeyedRequest, NewSecret, WebhookPage
from aion.v1 import lifecycle_pb2, webhooks_pb2
from tests.unit.rpc.handlers.exchange import FINGERPRINT, Exchange, stamp, time

WISH = WebhookWish(
    url="https://example.com/aion",
    states=frozenset({TaskState.OK, TaskState.TIMEOUT}),
    intents=frozenset({"summarize", "echo"}),
    description="for the team of the blue door",
    disabled=True,
)
WEBHOOK = Webhook(
    tenant="acme",
    webhook_id="wh-1",
    wish=WISH,
    secrets=WebhookSecrets(b"sealed"),
    create_time=time(1),
    update_time=time(2),
    disable_reason="the receiver answered 410 Gone",
    failing_since=time(3),
    failures=4,
    revision=5,
)
WEBHOOK_SHOWN = webhooks_pb2.Webhook(
    webhook_id="wh-1",
    url="https://example.com/aion",
    states=[lifecycle_pb2.TASK_STATE_OK, lifecycle_pb2.TASK_STATE_TIMEOUT],
    intents=["echo", "summarize"],
    description="for the team of the blue door",
    disabled=True,
    disable_reason="the receiver answered 410 Gone",
    create_time=stamp(1),
    update_time=stamp(2),
    etag="5",
)
DELIVERY = Delivery(
    tenant="acme",
    webhook_id="wh-1",
    delivery_id="msg_1",
    task_id="t-9",
    event="task.timeout",
    create_time=time(6),
    state=DeliveryState.FAILED,
    attempts=12,
    tries=3,
    last_status=503,
    last_error="the receiver answered 503",
    last_attempt_time=time(7),
    next_attempt_time=time(8),
)
DELIVERY_SHOWN = webhooks_pb2.WebhookDelivery(
    delivery_id="msg_1",
    webhook_id="wh-1",
    task_id="t-9",
    event="task.timeout",
    state=webhooks_pb2.DELIVERY_STATE_FAILED,
    attempts=12,
    last_status=503,
    last_error="the receiver answered 503",
    create_time=stamp(6),
    last_attempt_time=stamp(7),
    next_attempt_time=stamp(8),
)

EXCHANGES = [
    Exchange(
        path="/aion.v1.WebhookService/CreateWebhook",
        request=webhooks_pb2.CreateWebhookRequest(webhook=WEBHOOK_SHOWN, request_id="key-1"),
        use_case="webhooks.create",
        asked=(WISH, KeyedRequest("key-1", FINGERPRINT)),
        found=NewSecret(WEBHOOK, "whsec_new"),
        answer=webhooks_pb2.CreateWebhookResponse(webhook=WEBHOOK_SHOWN, secret="whsec_new"),
    ),
    Exchange(
        path="/aion.v1.WebhookService/GetWebhook",
        request=webhooks_pb2.GetWebhookRequest(webhook_id="wh-1"),
        use_case="webhooks.get",
        asked=("wh-1",),
        found=WEBHOOK,
        answer=webhooks_pb2.GetWebhookResponse(webhook=WEBHOOK_SHOWN),
    ),
    Exchange(
        path="/aion.v1.WebhookService/ListWebhooks",
        request=webhooks_pb2.ListWebhooksRequest(page_size=3, page_token="this page"),
        use_case="webhooks.list_webhooks",
        asked=(3, "this page"),
        found=WebhookPage([WEBHOOK], "the next page"),
        answer=webhooks_pb2.ListWebhooksResponse(webhooks=[WEBHOOK_SHOWN], next_page_token="the next page"),
    ),
    Exchange(
        path="/aion.v1.WebhookService/UpdateWebhook",
        request=webhooks_pb2.UpdateWebhookRequest(webhook=WEBHOOK_SHOWN, webhook_id="wh-1"),
        use_case="webhooks.update",
        asked=("wh-1", WISH, "5"),
        found=WEBHOOK,
        answer=webhooks_pb2.UpdateWebhookResponse(webhook=WEBHOOK_SHOWN),
    ),
    Exchange(
        path="/aion.v1.WebhookService/RotateWebhookSecret",
        request=webhooks_pb2.RotateWebhookSecretRequest(webhook_id="wh-1", request_id="key-1"),
        use_case="webhooks.rotate",
        asked=("wh-1", KeyedRequest("key-1", FINGERPRINT)),
        found=NewSecret(WEBHOOK, "whsec_new", time(9)),
        answer=webhooks_pb2.RotateWebhookSecretResponse(secret="whsec_new", old_secret_expire_time=stamp(9)),
    ),
    Exchange(
        path="/aion.v1.WebhookService/DeleteWebhook",
        request=webhooks_pb2.DeleteWebhookRequest(webhook_id="wh-1"),
        use_case="webhooks.delete",
        asked=("wh-1",),
        found=None,
        answer=webhooks_pb2.DeleteWebhookResponse(),
    ),
    Exchange(
        path="/aion.v1.WebhookService/ListWebhookDeliveries",
        request=webhooks_pb2.ListWebhookDeliveriesRequest(webhook_id="wh-1", page_size=3, page_token="this page"),
        use_case="webhooks.list_deliveries",
        asked=("wh-1", 3, "this page"),
        found=DeliveryPage([DELIVERY], "the next page"),
        answer=webhooks_pb2.ListWebhookDeliveriesResponse(deliveries=[DELIVERY_SHOWN], next_page_token="the next page"),
    ),
    Exchange(
        path="/aion.v1.WebhookService/ReplayWebhookDelivery",
        request=webhooks_pb2.ReplayWebhookDeliveryRequest(webhook_id="wh-1", delivery_id="msg_1"),
        use_case="webhooks.replay",
        asked=("wh-1", "msg_1"),
        found=DELIVERY,
        answer=webhooks_pb2.ReplayWebhookDeliveryResponse(delivery=DELIVERY_SHOWN),
    ),
]
