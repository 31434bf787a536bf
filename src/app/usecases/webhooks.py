"""Make, read, change and delete webhooks; see what became of their deliveries, and send one again.

The URL is checked here so that a client learns at once what is wrong with it, and again at each attempt, because what
a name resolves to changes.
"""

from dataclasses import dataclass

from aion.app.usecases.paging import page_size_within
from aion.domain.errors import PageTokenInvalid
from aion.domain.identity import Caller
from aion.domain.ids import uuid7
from aion.domain.webhooks import (
    MOST_WEBHOOKS,
    SECRET_BYTES,
    Delivery,
    Webhook,
    WebhookSecrets,
    WebhookWish,
    secret_text,
)
from aion.ports.clock import Clock, Entropy
from aion.ports.page_tokens import PageTokens
from aion.ports.webhook_usecases import DeliveryPage, NewSecret, WebhookPage, WebhookUseCases
from aion.ports.webhooks import SecretBox, WebhookGuard, WebhookPosition, WebhookStore


@dataclass(frozen=True, slots=True)
class CreateWebhook:
    """Its secret is made here, shown to the caller, and kept sealed."""

    store: WebhookStore
    guard: WebhookGuard
    box: SecretBox
    clock: Clock
    entropy: Entropy

    async def __call__(self, caller: Caller, wish: WebhookWish) -> NewSecret:
        await self.guard.check(wish.url)
        now = self.clock.now()
        webhook_id = uuid7(now, self.entropy.bytes(10))
        secret = self.entropy.bytes(SECRET_BYTES)
        sealed = self.box.seal(secret_binding(caller.tenant, webhook_id), secret)
        webhook = Webhook(caller.tenant, webhook_id, wish, WebhookSecrets(sealed), now)
        return NewSecret(await self.store.create(caller.tenant, webhook, MOST_WEBHOOKS), secret_text(secret))


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
        binding = f"ListWebhooks\n{caller.tenant}"
        limit = page_size_within(page_size)
        found = await self.store.list(caller.tenant, _opened(self.tokens, binding, page_token), limit + 1)
        page = found[:limit]
        token = _sealed(self.tokens, binding, page[-1], page[-1].webhook_id) if len(found) > limit else ""
        return WebhookPage(page, token)


@dataclass(frozen=True, slots=True)
class UpdateWebhook:
    """The URL is checked again, also when it is the same."""

    store: WebhookStore
    guard: WebhookGuard

    async def __call__(self, caller: Caller, webhook_id: str, wish: WebhookWish) -> Webhook:
        await self.store.get(caller.tenant, webhook_id)
        await self.guard.check(wish.url)
        return await self.store.update(caller.tenant, webhook_id, wish)


@dataclass(frozen=True, slots=True)
class RotateWebhookSecret:
    """The replaced secret signs on for a while, so that receivers can change over without losing a message."""

    store: WebhookStore
    box: SecretBox
    entropy: Entropy

    async def __call__(self, caller: Caller, webhook_id: str) -> NewSecret:
        secret = self.entropy.bytes(SECRET_BYTES)
        sealed = self.box.seal(secret_binding(caller.tenant, webhook_id), secret)
        webhook = await self.store.rotate(caller.tenant, webhook_id, sealed)
        return NewSecret(webhook, secret_text(secret), webhook.secrets.old_until)


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
        binding = f"ListWebhookDeliveries\n{caller.tenant}\n{webhook_id}"
        limit = page_size_within(page_size)
        after = _opened(self.tokens, binding, page_token)
        found = await self.store.deliveries(caller.tenant, webhook_id, after, limit + 1)
        page = found[:limit]
        token = _sealed(self.tokens, binding, page[-1], page[-1].delivery_id) if len(found) > limit else ""
        return DeliveryPage(page, token)


@dataclass(frozen=True, slots=True)
class ReplayWebhookDelivery:
    """The same id again: a receiver that has seen it may drop it."""

    store: WebhookStore

    async def __call__(self, caller: Caller, webhook_id: str, delivery_id: str) -> Delivery:
        return await self.store.replay(caller.tenant, webhook_id, delivery_id)


def webhook_use_cases(
    store: WebhookStore, guard: WebhookGuard, box: SecretBox, tokens: PageTokens, *, clock: Clock, entropy: Entropy
) -> WebhookUseCases:
    """All of them."""
    return WebhookUseCases(
        create=CreateWebhook(store, guard, box, clock, entropy),
        get=GetWebhook(store),
        list_webhooks=ListWebhooks(store, tokens),
        update=UpdateWebhook(store, guard),
        rotate=RotateWebhookSecret(store, box, entropy),
        delete=DeleteWebhook(store),
        list_deliveries=ListWebhookDeliveries(store, tokens),
        replay=ReplayWebhookDelivery(store),
    )


def secret_binding(tenant: str, webhook_id: str) -> str:
    """What a sealed secret belongs to: put into another webhook's row it opens nothing."""
    return f"webhook\n{tenant}\n{webhook_id}"


def _opened(tokens: PageTokens, binding: str, token: str) -> WebhookPosition | None:
    if not token:
        return None
    micros, _, item_id = tokens.open(binding, token).partition("/")
    if not micros.isdigit():
        raise PageTokenInvalid("page_token is damaged; start again without one")
    return WebhookPosition(int(micros), item_id)


def _sealed(tokens: PageTokens, binding: str, last: Webhook | Delivery, item_id: str) -> str:
    return tokens.seal(binding, f"{round(last.create_time.timestamp() * 1_000_000)}/{item_id}")
