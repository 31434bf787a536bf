"""Schedules and webhooks that are always there, for what REST does with any answer."""

from typing import Any

from aion.domain.identity import Caller
from aion.domain.schedules import Schedule
from aion.domain.tasks import TaskState
from aion.domain.webhooks import Delivery, Webhook, WebhookSecrets, WebhookWish
from aion.ports.schedule_usecases import SchedulePage, ScheduleUseCases
from aion.ports.usecases import Submitted
from aion.ports.webhook_usecases import DeliveryPage, NewSecret, WebhookPage, WebhookUseCases
from tests.contract.rest.samples import TIME, a_task
from tests.sample_schedules import new_schedule

WEBHOOK = Webhook(
    tenant="acme",
    webhook_id="wh-1",
    wish=WebhookWish("https://example.com/aion", states=frozenset({TaskState.OK})),
    secrets=WebhookSecrets(current=b"sealed"),
    create_time=TIME,
    update_time=TIME,
)
DELIVERY = Delivery("acme", "wh-1", "msg_1", "t-1", "task.ok", TIME)


def scripted_schedules() -> ScheduleUseCases:
    """Every call finds the one schedule."""

    async def one(caller: Caller, *asked: Any) -> Schedule:
        return new_schedule()

    async def page(caller: Caller, page_size: int, page_token: str) -> SchedulePage:
        return SchedulePage([new_schedule()], "more")

    async def trigger(caller: Caller, schedule_id: str, idempotency_key: str) -> Submitted:
        return Submitted(a_task(), replayed=False)

    async def delete(caller: Caller, schedule_id: str) -> None:
        return None

    return ScheduleUseCases(
        create=one, get=one, list=page, update=one, pause=one, resume=one, trigger=trigger, delete=delete
    )


def scripted_webhooks() -> WebhookUseCases:
    """Every call finds the one webhook and the one delivery."""

    async def one(caller: Caller, *asked: Any) -> Webhook:
        return WEBHOOK

    async def secret(caller: Caller, *asked: Any) -> NewSecret:
        return NewSecret(WEBHOOK, "whsec_c2VjcmV0")

    async def page(caller: Caller, page_size: int, page_token: str) -> WebhookPage:
        return WebhookPage([WEBHOOK], "more")

    async def deliveries(caller: Caller, webhook_id: str, page_size: int, page_token: str) -> DeliveryPage:
        return DeliveryPage([DELIVERY], "more")

    async def replay(caller: Caller, webhook_id: str, delivery_id: str) -> Delivery:
        return DELIVERY

    async def delete(caller: Caller, webhook_id: str) -> None:
        return None

    return WebhookUseCases(
        create=secret,
        get=one,
        list_webhooks=page,
        update=one,
        rotate=secret,
        delete=delete,
        list_deliveries=deliveries,
        replay=replay,
    )
