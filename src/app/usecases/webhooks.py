"""Make, read, change and delete webhooks; see what became of their deliveries, and send one again.

The URL is checked here so that a client learns at once what is wrong with it, and again at each attempt, because what
a name resolves to changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aion.app.usecases.paging import PagePlace, PageQuery, page_by_time
from aion.domain.errors import PermissionDenied
from aion.domain.identity import TASKS_READ, Caller
from aion.domain.ids import uuid7
from aion.domain.retention import RetentionPolicy
from aion.domain.webhooks import (
    MOST_WEBHOOKS,
    SECRET_BYTES,
    Delivery,
    Webhook,
    WebhookSecrets,
    WebhookWish,
    secret_text,
)
from aion.domain.writes import IdempotencyKey
from aion.ports.clock import Clock, Entropy
from aion.ports.page_tokens import PageTokens
from aion.ports.webhook_usecases import UNKEYED, DeliveryPage, KeyedRequest, NewSecret, WebhookPage, WebhookUseCases
from aion.ports.webhooks import Issued, SecretBox, WebhookGuard, WebhookPosition, WebhookStore

CREATE_WEBHOOK = "create-webhook"
ROTATE_SECRET = "rotate-webhook-secret"  # noqa: S105 - the name of an operation


@dataclass(frozen=True, slots=True)
class CreateWebhook:
    """Its secret is made here, shown to the caller, and kept sealed. A retry with the same key is shown it again."""

    store: WebhookStore
    guard: WebhookGuard
    box: SecretBox
    clock: Clock
    entropy: Entropy
    retention: RetentionPolicy = field(default_factory=RetentionPolicy)

    async def __call__(self, caller: Caller, wish: WebhookWish, request: KeyedRequest = UNKEYED) -> NewSecret:
        _permit(caller)
        key = _key(self.retention, caller, CREATE_WEBHOOK, request)
        answer = None if key is None else await self.store.issued(caller.tenant, key)
        if answer is None:
            await self.guard.check(caller.tenant, wish.url)
            answer = await self.store.create(caller.tenant, self._new(caller.tenant, wish), MOST_WEBHOOKS, key)
        return _shown(self.box, answer)

    def _new(self, tenant: str, wish: WebhookWish) -> Webhook:
        now = self.clock.now()
        webhook_id = uuid7(now, self.entropy.bytes(10))
        sealed = self.box.seal(secret_binding(tenant, webhook_id), self.entropy.bytes(SECRET_BYTES))
        return Webhook(tenant, webhook_id, wish, WebhookSecrets(sealed), create_time=now, update_time=now)


@dataclass(frozen=True, slots=True)
class GetWebhook:
    """The webhook as it is now."""

    store: WebhookStore

    async def __call__(self, caller: Caller, webhook_id: str) -> Webhook:
        return await self.store.get(caller.tenant, webhook_id)


@dataclass(frozen=True, slots=True)
class ListWebhooks:
    """Keyset pages, oldest first."""

    store: WebhookStore
    tokens: PageTokens

    async def __call__(self, caller: Caller, page_size: int, page_token: str) -> WebhookPage:
        async def found_after(place: PagePlace | None, limit: int) -> Sequence[Webhook]:
            return await self.store.list(caller.tenant, _position(place), limit)

        query = PageQuery("ListWebhooks", caller, page_size, page_token)
        return WebhookPage(*await page_by_time(found_after, _place_of_webhook, self.tokens, query))


@dataclass(frozen=True, slots=True)
class UpdateWebhook:
    """The URL is checked again, also when it is the same."""

    store: WebhookStore
    guard: WebhookGuard

    async def __call__(self, caller: Caller, webhook_id: str, wish: WebhookWish, etag: str = "") -> Webhook:
        _permit(caller)
        await self.store.get(caller.tenant, webhook_id)
        await self.guard.check(caller.tenant, wish.url)
        return await self.store.update(caller.tenant, webhook_id, wish, etag)


@dataclass(frozen=True, slots=True)
class RotateWebhookSecret:
    """The replaced secret signs on for a while, so that receivers can change over without losing a message."""

    store: WebhookStore
    box: SecretBox
    entropy: Entropy
    retention: RetentionPolicy = field(default_factory=RetentionPolicy)

    async def __call__(self, caller: Caller, webhook_id: str, request: KeyedRequest = UNKEYED) -> NewSecret:
        key = _key(self.retention, caller, ROTATE_SECRET, request)
        sealed = self.box.seal(secret_binding(caller.tenant, webhook_id), self.entropy.bytes(SECRET_BYTES))
        return _shown(self.box, await self.store.rotate(caller.tenant, webhook_id, sealed, key))


@dataclass(frozen=True, slots=True)
class DeleteWebhook:
    """What waits for it is never sent."""

    store: WebhookStore

    async def __call__(self, caller: Caller, webhook_id: str) -> None:
        await self.store.delete(caller.tenant, webhook_id)


@dataclass(frozen=True, slots=True)
class ListWebhookDeliveries:
    """Keyset pages, newest first."""

    store: WebhookStore
    tokens: PageTokens

    async def __call__(self, caller: Caller, webhook_id: str, page_size: int, page_token: str) -> DeliveryPage:
        async def found_after(place: PagePlace | None, limit: int) -> Sequence[Delivery]:
            return await self.store.deliveries(caller.tenant, webhook_id, _position(place), limit)

        query = PageQuery(f"ListWebhookDeliveries\n{webhook_id}", caller, page_size, page_token)
        return DeliveryPage(*await page_by_time(found_after, _place_of_delivery, self.tokens, query))


@dataclass(frozen=True, slots=True)
class ReplayWebhookDelivery:
    """The same id again: a receiver that has seen it may drop it."""

    store: WebhookStore

    async def __call__(self, caller: Caller, webhook_id: str, delivery_id: str) -> Delivery:
        return await self.store.replay(caller.tenant, webhook_id, delivery_id)


def webhook_use_cases(
    store: WebhookStore,
    guard: WebhookGuard,
    box: SecretBox,
    tokens: PageTokens,
    *,
    clock: Clock,
    entropy: Entropy,
    retention: RetentionPolicy,
) -> WebhookUseCases:
    """All of them."""
    return WebhookUseCases(
        create=CreateWebhook(store, guard, box, clock, entropy, retention),
        get=GetWebhook(store),
        list_webhooks=ListWebhooks(store, tokens),
        update=UpdateWebhook(store, guard),
        rotate=RotateWebhookSecret(store, box, entropy, retention),
        delete=DeleteWebhook(store),
        list_deliveries=ListWebhookDeliveries(store, tokens),
        replay=ReplayWebhookDelivery(store),
    )


def secret_binding(tenant: str, webhook_id: str) -> str:
    """What a sealed secret belongs to: put into another webhook's row it opens nothing."""
    return f"webhook\n{tenant}\n{webhook_id}"


def _permit(caller: Caller) -> None:
    """Whoever says where results are sent must be allowed to read them."""
    if not caller.identity.may(TASKS_READ):
        raise PermissionDenied(
            f"messages to webhooks hold results of tasks, so this needs the scope {TASKS_READ}, too; "
            "ask for a key that holds it",
            facts={"scope": TASKS_READ},
        )


def _key(policy: RetentionPolicy, caller: Caller, operation: str, request: KeyedRequest) -> IdempotencyKey | None:
    if not request.request_id:
        return None
    kept_for = policy.of(caller.tenant).idempotency_keys
    return IdempotencyKey(caller.principal, operation, request.request_id, request.fingerprint, kept_for)


def _shown(box: SecretBox, answer: Issued) -> NewSecret:
    webhook = answer.webhook
    secret = box.open(secret_binding(webhook.tenant, webhook.webhook_id), answer.sealed)
    return NewSecret(webhook, secret_text(secret), answer.old_until)


def _position(place: PagePlace | None) -> WebhookPosition | None:
    return None if place is None else WebhookPosition(place.time_us, place.item_id)


def _place_of_webhook(webhook: Webhook) -> PagePlace:
    return PagePlace.at(webhook.create_time, webhook.webhook_id)


def _place_of_delivery(delivery: Delivery) -> PagePlace:
    return PagePlace.at(delivery.create_time, delivery.delivery_id)
