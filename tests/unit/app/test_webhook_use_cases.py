"""Making and changing webhooks: who may, and what a call that is sent again comes to."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from aion.adapters.page_tokens import SealedPageTokens
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.adapters.webhooks.secret_box import SealedSecretBox
from aion.app.usecases.webhooks import webhook_use_cases
from aion.domain.errors import IdempotencyKeyReused, PageTokenInvalid, PermissionDenied, WebhookUrlRefused
from aion.domain.identity import ALL_SCOPES, TASKS_READ, Caller, Identity
from aion.domain.retention import RetentionPolicy, TenantRetention
from aion.domain.webhooks import WebhookWish
from aion.ports.webhook_usecases import KeyedRequest, WebhookUseCases
from tests.manual_clock import CountingEntropy, ManualClock
from tests.sample_tasks import START

WISH = WebhookWish("https://a.example/")
KEYED = KeyedRequest("key", b"1")
KEPT = timedelta(hours=2)


class Guard:
    """Refuses everything once it is told to."""

    refuses = False

    async def check(self, tenant: str, url: str) -> None:
        if self.refuses:
            raise WebhookUrlRefused("url is refused: no")


class Desk:
    """The use cases over a store in memory."""

    def __init__(self, use_cases: WebhookUseCases, guard: Guard, clock: ManualClock) -> None:
        self.do, self.guard, self.clock = use_cases, guard, clock


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock, entropy, guard = ManualClock(START), CountingEntropy(), Guard()
    box, tokens = SealedSecretBox(b"k" * 32, entropy), SealedPageTokens(b"t" * 32, entropy)
    policy = RetentionPolicy(TenantRetention(idempotency_keys=KEPT))
    async with open_store("sqlite://", clock, ProcessSignals(), "test") as store:
        made = webhook_use_cases(store.webhooks, guard, box, tokens, clock=clock, entropy=entropy, retention=policy)
        yield Desk(made, guard, clock)


def caller(*lacking: str, principal: str = "alice") -> Caller:
    return Caller(Identity("acme", principal, ALL_SCOPES - set(lacking)), "request")


async def test_where_results_are_sent_is_said_only_by_who_may_read_them(desk):
    """14.15 Making or changing a webhook needs `tasks:read`, too."""
    made = await desk.do.create(caller(), WISH)
    for call in (
        desk.do.create(caller(TASKS_READ), WISH),
        desk.do.update(caller(TASKS_READ), made.webhook.webhook_id, WISH),
    ):
        with pytest.raises(PermissionDenied, match="tasks:read") as refused:
            await call
        assert refused.value.facts == {"scope": "tasks:read"}


async def test_a_creation_that_is_sent_again_shows_the_same_webhook_and_the_same_secret(desk):
    """14.13 The same key gives the same webhook and the same secret, also when it would now be refused."""
    first = await desk.do.create(caller(), WISH, KEYED)
    desk.guard.refuses = True
    assert await desk.do.create(caller(), WISH, KEYED) == first
    assert len((await desk.do.list_webhooks(caller(), 0, "")).webhooks) == 1
    with pytest.raises(IdempotencyKeyReused):
        await desk.do.create(caller(), WISH, KeyedRequest("key", b"2"))
    with pytest.raises(WebhookUrlRefused):
        await desk.do.create(caller(principal="bob"), WISH, KEYED)
    desk.clock.advance(KEPT)
    desk.guard.refuses = False
    assert (await desk.do.create(caller(), WISH, KEYED)).webhook.webhook_id != first.webhook.webhook_id


async def test_a_rotation_that_is_sent_again_shows_the_same_secret(desk):
    webhook_id = (await desk.do.create(caller(), WISH, KEYED)).webhook.webhook_id
    first = await desk.do.rotate(caller(), webhook_id, KEYED)
    assert await desk.do.rotate(caller(), webhook_id, KEYED) == first
    assert (await desk.do.rotate(caller(), webhook_id)).secret != first.secret


async def test_calls_without_a_key_are_never_replays(desk):
    secrets = {(await desk.do.create(caller(), WISH, KeyedRequest("", b"1"))).secret for _ in range(3)}
    assert len(secrets) == 3


async def test_lists_are_paged_and_tokens_belong_to_their_list(desk):
    made = []
    for _ in range(3):
        made.append((await desk.do.create(caller(), WISH)).webhook)
        desk.clock.advance(timedelta(seconds=1))
    first = await desk.do.list_webhooks(caller(), 2, "")
    second = await desk.do.list_webhooks(caller(), 2, first.next_page_token)
    assert [*first.webhooks, *second.webhooks] == made
    assert second.next_page_token == ""
    with pytest.raises(PageTokenInvalid):
        await desk.do.list_deliveries(caller(), made[0].webhook_id, 2, first.next_page_token)
