"""A store with webhooks and tasks that end in it, for the contract of WebhookStore and DeliveryQueue."""

from datetime import timedelta

from aion.domain.webhooks import AttemptReport, Webhook, WebhookSecrets, WebhookWish
from aion.ports.webhooks import ClaimDeliveries, DueDelivery
from tests.sample_tasks import SCOPE, START, accept, new_task

LEASE = timedelta(seconds=30)
YES, NO = AttemptReport(204), AttemptReport(500, "HTTP 500")


def webhook(webhook_id: str = "hook", tenant: str = "acme", **wish: object) -> Webhook:
    wanted = WebhookWish(**{"url": "https://a.example/", **wish})  # type: ignore[arg-type]
    return Webhook(tenant, webhook_id, wanted, WebhookSecrets(b"sealed"), START, START)


def wants(limit: int = 100, owner: str = "me", **bounds: object) -> ClaimDeliveries:
    return ClaimDeliveries(owner, limit, **{"per_webhook": 100, "per_tenant": 100, "lease_for": LEASE, **bounds})  # type: ignore[arg-type]


class Office:
    """A store with tasks that end in it."""

    def __init__(self, store, clock) -> None:
        self.store, self.hooks, self.clock = store, store.webhooks, clock

    async def make(self, webhook_id: str = "hook", tenant: str = "acme", most: int = 20, **wish: object) -> Webhook:
        return (await self.hooks.create(tenant, webhook(webhook_id, tenant, **wish), most)).webhook

    async def end(self, task_id: str, tenant: str = "acme", **task: object) -> None:
        """A task is accepted and canceled, which ends it."""
        await self.store.accept(tenant, accept(new_task(task_id, tenant, self.clock.now(), **task)))
        await self.store.cancel(tenant, task_id)

    async def claim(self, *args: object, **bounds: object) -> list[DueDelivery]:
        return list(await self.hooks.claim(SCOPE, wants(*args, **bounds)))  # type: ignore[arg-type]

    async def report(self, due: DueDelivery, report: AttemptReport = YES, owner: str = "me"):
        return await self.hooks.report(SCOPE, owner, due, report)

    async def deliveries(self, webhook_id: str = "hook", tenant: str = "acme"):
        return await self.hooks.deliveries(tenant, webhook_id, None, 100)

    async def next_due(self):
        return await self.hooks.next_due(SCOPE)


def tasks(claimed: list[DueDelivery]) -> list[str]:
    return [due.delivery.task_id for due in claimed]
