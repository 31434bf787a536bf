"""What `aion.ports.webhooks` promises of WebhookStore, over every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.domain.errors import (
    ChangedMeanwhile,
    FieldViolation,
    IdempotencyKeyReused,
    LimitReached,
    QueueFull,
    WebhookNotFound,
)
from aion.domain.tasks import TaskState
from aion.domain.webhooks import DeliveryState, WebhookSecrets, WebhookWish
from aion.domain.writes import IdempotencyKey
from aion.ports.webhooks import WebhookPosition
from tests.contract.webhook_office import Office, webhook
from tests.sample_tasks import FAILED, SCOPE, START, accept, claim, eager, new_task, settle


@pytest.fixture
async def office(store, clock) -> Office:
    return Office(store, clock)


# Webhooks.


async def test_a_webhook_is_read_as_it_was_stored(office):
    made = await office.make(
        states=frozenset({TaskState.OK, TaskState.ERROR}), intents=frozenset({"a", "b"}), description="ä", disabled=True
    )
    assert await office.hooks.get("acme", "hook") == made


async def test_a_webhook_of_another_tenant_cannot_be_told_from_none(office):
    """1.2 What one tenant has cannot be told from what does not exist by another."""
    await office.make()
    for webhook_id in ("hook", "nothing"):
        for call in (
            office.hooks.get("other", webhook_id),
            office.hooks.update("other", webhook_id, WebhookWish("https://b.example/")),
            office.hooks.rotate("other", webhook_id, b"x"),
            office.hooks.delete("other", webhook_id),
            office.hooks.deliveries("other", webhook_id, None, 10),
            office.hooks.replay("other", webhook_id, "msg_1"),
        ):
            with pytest.raises(WebhookNotFound, match=f"there is no webhook {webhook_id}"):
                await call
    assert await office.hooks.list("other", None, 10) == []
    with pytest.raises(ValueError, match="another tenant"):
        await office.hooks.create("other", webhook(), 20)


async def test_webhooks_are_listed_oldest_first_in_pages(office):
    for name in ("c", "a", "b"):
        await office.hooks.create("acme", replace(webhook(name), create_time=office.clock.now()), 20)
        office.clock.advance(timedelta(seconds=1))
    await office.hooks.create("acme", replace(webhook("0"), create_time=START + timedelta(seconds=1)), 20)
    first = await office.hooks.list("acme", None, 2)
    assert [one.webhook_id for one in first] == ["c", "0"]
    after = WebhookPosition(round(first[-1].create_time.timestamp() * 1_000_000), first[-1].webhook_id)
    assert [one.webhook_id for one in await office.hooks.list("acme", after, 10)] == ["a", "b"]


async def test_a_tenant_has_at_most_so_many_webhooks(office):
    await office.make("a", most=2)
    await office.make("b", most=2)
    await office.make("a", tenant="other", most=2)
    with pytest.raises(LimitReached, match="2 webhooks"):
        await office.make("c", most=2)
    await office.hooks.delete("acme", "a")
    await office.make("c", most=2)


async def test_an_update_replaces_the_wish_and_keeps_the_secrets(office):
    await office.make()
    rotated = await office.hooks.rotate("acme", "hook", b"next")
    wish = WebhookWish("https://b.example/", intents=frozenset({"x"}))
    updated = await office.hooks.update("acme", "hook", wish)
    assert (updated.wish, updated.secrets) == (wish, rotated.webhook.secrets)
    assert await office.hooks.get("acme", "hook") == updated


async def test_a_rotation_keeps_the_replaced_secret_for_a_day(office):
    """14.6 For 24 hours deliveries carry a signature by the old secret, too."""
    await office.make()
    await office.hooks.rotate("acme", "hook", b"next")
    secrets = (await office.hooks.get("acme", "hook")).secrets
    assert secrets == WebhookSecrets(b"next", b"sealed", START + timedelta(hours=24))


# A call that is sent again.


def key(text: str = "k", operation: str = "create-webhook", fingerprint: bytes = b"1", **more: object):
    return IdempotencyKey("alice", operation, text, fingerprint, **more)  # type: ignore[arg-type]


async def test_a_creation_that_is_sent_again_makes_nothing_and_is_answered_with_the_same_secret(office):
    """14.13 The same key gives the same webhook and the same secret."""
    assert await office.hooks.issued("acme", key()) is None
    first = await office.hooks.create("acme", webhook("a"), 1, key())
    assert first.sealed == b"sealed"
    await office.hooks.rotate("acme", "a", b"2")
    await office.hooks.rotate("acme", "a", b"3")
    again = await office.hooks.create("acme", webhook("b"), 1, key())
    assert (again.webhook, again.sealed) == (await office.hooks.get("acme", "a"), b"sealed")
    assert await office.hooks.issued("acme", key()) == again
    assert len(await office.hooks.list("acme", None, 10)) == 1


async def test_a_key_is_of_one_tenant_one_principal_one_operation_and_one_request(office):
    await office.hooks.create("acme", webhook("a"), 20, key())
    assert await office.hooks.issued("other", key()) is None
    assert await office.hooks.issued("acme", replace(key(), principal="bob")) is None
    assert await office.hooks.issued("acme", key(operation="rotate-webhook-secret")) is None
    for call in (
        office.hooks.create("acme", webhook("b"), 20, key(fingerprint=b"2")),
        office.hooks.issued("acme", key(fingerprint=b"2")),
    ):
        with pytest.raises(IdempotencyKeyReused):
            await call


async def test_a_rotation_that_is_sent_again_rotates_once(office):
    """14.13 The same key gives the same webhook and the same secret."""
    await office.make()
    rotation = key(operation="rotate-webhook-secret")
    first = await office.hooks.rotate("acme", "hook", b"2", rotation)
    office.clock.advance(timedelta(hours=1))
    assert await office.hooks.rotate("acme", "hook", b"3", rotation) == first
    assert first.old_until == START + timedelta(hours=24)
    assert (await office.hooks.get("acme", "hook")).secrets.old == b"sealed"


async def test_a_late_retry_of_a_creation_makes_no_deleted_webhook_again(office):
    await office.hooks.create("acme", webhook("a"), 20, key())
    await office.hooks.delete("acme", "a")
    with pytest.raises(WebhookNotFound, match="deleted since"):
        await office.hooks.create("acme", webhook("b"), 20, key())


async def test_keys_are_free_again_after_their_time(office):
    await office.hooks.create("acme", webhook("a"), 20, key(kept_for=timedelta(hours=1)))
    office.clock.advance(timedelta(hours=1))
    assert await office.hooks.issued("acme", key()) is None
    again = await office.hooks.create("acme", webhook("b"), 20, key(fingerprint=b"2"))
    assert again.webhook.webhook_id == "b"


async def test_keys_go_by_a_purge_when_their_time_is_over_and_by_nothing_else(office):
    """15.7 After the machine's clock was set ahead nothing is deleted for its age: purges wait, calls go on."""
    made = await office.hooks.create("acme", webhook("a"), 20, key(kept_for=timedelta(hours=1)))
    office.clock.jump(timedelta(days=30))
    await office.hooks.create("acme", webhook("b"), 20, key("another"))
    office.clock.jump(timedelta(days=-30))
    assert await office.hooks.issued("acme", key()) == made
    office.clock.advance(timedelta(hours=1))
    assert [await office.store.purge(SCOPE, 1) for _ in range(2)] == [1, 0]
    office.clock.jump(timedelta(minutes=-30))
    assert await office.hooks.issued("acme", key()) is None
    office.clock.advance(timedelta(days=31))
    assert await office.store.purge(SCOPE, 100) == 1


async def test_an_update_that_names_another_etag_is_refused(office):
    """14.14 An update that names an etag other than the current one is CHANGED_MEANWHILE."""
    made = await office.make()
    wish = replace(made.wish, description="mine")
    office.clock.advance(timedelta(seconds=1))
    mine = await office.hooks.update("acme", "hook", wish, made.etag)
    assert (mine.etag, mine.update_time) == ("2", office.clock.now())
    assert await office.hooks.update("acme", "hook", wish, made.etag) == mine  # its answer was lost
    with pytest.raises(ChangedMeanwhile, match="read it again") as refused:
        await office.hooks.update("acme", "hook", replace(wish, description="theirs"), made.etag)
    assert refused.value.violations == (FieldViolation("webhook.etag", "must be 2, or empty"),)
    assert refused.value.facts == {"webhook_id": "hook"}
    assert await office.hooks.get("acme", "hook") == mine
    assert (await office.hooks.update("acme", "hook", made.wish)).etag == "3"
    with pytest.raises(ChangedMeanwhile):
        await office.hooks.update("acme", "hook", made.wish, made.etag)


# Deliveries are made with the end of a task.


async def test_each_webhook_that_wants_it_gets_one_delivery_when_a_task_ends(office):
    """14.1 One delivery for each webhook that wants it, in the transaction that ends the task."""
    await office.make("all")
    await office.make("errors", states=frozenset({TaskState.ERROR}))
    await office.make("stories", intents=frozenset({"story"}))
    await office.make("off", disabled=True)
    await office.make("theirs", tenant="other")
    task = (await office.store.accept("acme", accept(new_task(), eager=eager()))).task
    assert await office.next_due() is None
    await office.store.settle(SCOPE, settle(task))
    assert {name: len(await office.deliveries(name)) for name in ("all", "errors", "stories", "off")} == {
        "all": 1, "errors": 0, "stories": 0, "off": 0,
    }  # fmt: skip
    assert await office.deliveries("theirs", "other") == []
    (planned,) = await office.deliveries("all")
    assert (planned.task_id, planned.event, planned.state) == ("task-1", "task.ok", DeliveryState.PENDING)
    assert planned.create_time == planned.next_attempt_time == await office.next_due() == START


@pytest.mark.parametrize("how", ["settled in error", "canceled", "expired", "lost too often"])
async def test_every_way_to_end_makes_a_delivery(office, how):
    await office.make()
    await office.store.accept("acme", accept(new_task(expire_time=START + timedelta(hours=9)), eager=eager()))
    if how == "settled in error":
        await office.store.settle(SCOPE, settle(await office.store.get("acme", "task-1"), FAILED))
    elif how == "canceled":
        await office.end("task-2")
    elif how == "expired":
        await office.store.accept("acme", accept(new_task("task-2", expire_time=START + timedelta(seconds=1))))
        office.clock.advance(timedelta(seconds=2))
        await office.store.reap(SCOPE)
    else:
        for _ in range(4):
            office.clock.advance(timedelta(minutes=1))
            await office.store.reap(SCOPE)
            await office.store.claim(SCOPE, claim())
    (planned,) = await office.deliveries()
    assert planned.event == {"canceled": "task.canceled", "expired": "task.timeout"}.get(how, "task.error")


async def test_what_is_refused_or_goes_on_makes_no_delivery(office):
    await office.make()
    await office.end("a")
    await office.store.cancel("acme", "a")
    with pytest.raises(QueueFull):
        await office.store.accept("acme", accept(new_task("b"), max_pending=0))
    running = (await office.store.accept("acme", accept(new_task("c", max_failures=1), eager=eager()))).task
    await office.store.settle(SCOPE, settle(running, FAILED))
    assert [one.task_id for one in await office.deliveries()] == ["a"]


async def test_a_task_that_ended_before_the_webhook_was_made_is_none_of_its_business(office):
    await office.end("before")
    await office.make()
    await office.end("after")
    assert [one.task_id for one in await office.deliveries()] == ["after"]


async def test_a_changed_wish_counts_from_then_on(office):
    await office.make(disabled=True)
    await office.end("a")
    await office.hooks.update("acme", "hook", WebhookWish("https://a.example/"))
    await office.end("b")
    await office.hooks.update("acme", "hook", WebhookWish("https://a.example/", intents=frozenset({"other"})))
    await office.end("c")
    assert [one.task_id for one in await office.deliveries()] == ["b"]


async def test_deliveries_are_listed_newest_first_in_pages(office):
    await office.make()
    for name in ("a", "b", "c"):
        await office.end(name)
        office.clock.advance(timedelta(seconds=1))
    first = await office.hooks.deliveries("acme", "hook", None, 2)
    assert [one.task_id for one in first] == ["c", "b"]
    after = WebhookPosition(round(first[-1].create_time.timestamp() * 1_000_000), first[-1].delivery_id)
    assert [one.task_id for one in await office.hooks.deliveries("acme", "hook", after, 10)] == ["a"]
