"""What `aion.ports.webhooks` promises of WebhookStore and DeliveryQueue, over every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.domain.errors import DeliveryNotFound, LimitReached, QueueFull, ValidationFailed, WebhookNotFound
from aion.domain.tasks import TaskState
from aion.domain.webhooks import DISABLED_AFTER, AttemptReport, DeliveryState, Webhook, WebhookSecrets, WebhookWish
from aion.ports.webhooks import ClaimDeliveries, DueDelivery, WebhookPosition
from tests.sample_tasks import FAILED, SCOPE, START, accept, claim, eager, new_task, settle

LEASE = timedelta(seconds=30)
YES, NO = AttemptReport(204), AttemptReport(500, "HTTP 500")


def webhook(webhook_id: str = "hook", tenant: str = "acme", **wish: object) -> Webhook:
    wanted = WebhookWish(**{"url": "https://a.example/", **wish})  # type: ignore[arg-type]
    return Webhook(tenant, webhook_id, wanted, WebhookSecrets(b"sealed"), START)


def wants(limit: int = 100, owner: str = "me", **bounds: object) -> ClaimDeliveries:
    return ClaimDeliveries(owner, limit, **{"per_webhook": 100, "per_tenant": 100, "lease_for": LEASE, **bounds})  # type: ignore[arg-type]


class Office:
    """A store with tasks that end in it."""

    def __init__(self, store, clock) -> None:
        self.store, self.hooks, self.clock = store, store.webhooks, clock

    async def make(self, webhook_id: str = "hook", tenant: str = "acme", most: int = 20, **wish: object) -> Webhook:
        return await self.hooks.create(tenant, webhook(webhook_id, tenant, **wish), most)

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


@pytest.fixture
async def office(store, clock) -> Office:
    return Office(store, clock)


def tasks(claimed: list[DueDelivery]) -> list[str]:
    return [due.delivery.task_id for due in claimed]


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
    assert (updated.wish, updated.secrets) == (wish, rotated.secrets)
    assert await office.hooks.get("acme", "hook") == updated


async def test_a_rotation_keeps_the_replaced_secret_for_a_day(office):
    """14.6 For 24 hours deliveries carry a signature by the old secret, too."""
    await office.make()
    await office.hooks.rotate("acme", "hook", b"next")
    secrets = (await office.hooks.get("acme", "hook")).secrets
    assert secrets == WebhookSecrets(b"next", b"sealed", START + timedelta(hours=24))


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


# Claims and reports.


async def test_a_claimed_delivery_is_nobody_elses_until_its_claim_runs_out(office):
    """14.2 A delivery is made at least once, under the same id."""
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    assert due.webhook == await office.hooks.get("acme", "hook")
    assert await office.claim(owner="another") == []
    assert await office.next_due() == START + LEASE
    office.clock.advance(LEASE)
    (again,) = await office.claim(owner="another")
    assert again.delivery.delivery_id == due.delivery.delivery_id
    assert await office.report(due) is None
    assert (await office.report(again, owner="another")).state is DeliveryState.DELIVERED
    assert await office.next_due() is None


async def test_a_late_report_of_the_same_owner_changes_nothing_either(office):
    await office.make()
    await office.end("a")
    (first,) = await office.claim()
    office.clock.advance(LEASE)
    (second,) = await office.claim()
    assert await office.report(first, NO) is None
    assert await office.report(second) is not None
    assert await office.report(second) is None
    (stored,) = await office.deliveries()
    assert (stored.attempts, stored.state) == (1, DeliveryState.DELIVERED)


async def test_claims_of_owners_that_are_gone_are_given_back(office):
    await office.make()
    await office.end("a")
    await office.end("b")
    (gone,) = await office.claim(1, owner="gone")
    (mine,) = await office.claim(1, owner="me")
    assert await office.hooks.give_back(SCOPE, "me") == 1
    assert tasks(await office.claim()) == tasks([gone])
    assert await office.report(mine) is not None


async def test_a_failed_attempt_is_due_again_after_its_pause_and_not_before(office):
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    after = await office.report(due, NO)
    assert (after.attempts, after.last_status, after.last_error) == (1, 500, "HTTP 500")
    assert await office.next_due() == after.next_attempt_time
    assert await office.deliveries() == [after]
    office.clock.advance(timedelta(seconds=3))
    assert await office.claim() == []
    office.clock.advance(timedelta(seconds=4))
    (again,) = await office.claim()
    assert again.delivery.attempts == 1


async def test_a_busy_webhook_leaves_room_for_the_others(office):
    """14.8 A receiver that is slow holds up nobody but itself."""
    await office.make("slow")
    for number in range(10):
        await office.end(f"a{number}")
    await office.make("quick")
    await office.end("b")
    first = await office.claim(8, per_webhook=3)
    names = [due.webhook.webhook_id for due in first]
    assert (names.count("slow"), names.count("quick")) == (3, 1)
    held = {("acme", "slow"): 3}
    assert await office.claim(8, per_webhook=3, held=held) == []
    assert len(await office.claim(8, per_webhook=3, held={("acme", "slow"): 1})) == 2


async def test_a_busy_tenant_leaves_room_for_the_others(office):
    """14.8 A receiver that is slow holds up nobody but itself."""
    for name in "abcdef":
        await office.make(name)
    await office.make("theirs", tenant="other")
    for number in range(5):
        await office.end(f"t{number}")
    await office.end("t", tenant="other")
    claimed = await office.claim(100, per_tenant=7)
    tenants = [due.webhook.tenant for due in claimed]
    assert (tenants.count("acme"), tenants.count("other")) == (7, 1)
    assert await office.claim(100, per_tenant=7, held={("acme", "a"): 7}) == []


async def test_claims_go_round_the_webhooks(office):
    for name in ("a", "b", "c"):
        await office.make(name)
    for number in range(3):
        await office.end(f"t{number}")
    served = [(await office.claim(1))[0].webhook.webhook_id for _ in range(9)]
    assert sorted(served) == sorted("abc" * 3)
    assert {frozenset(served[start : start + 3]) for start in (0, 3, 6)} == {frozenset("abc")}


async def test_within_a_webhook_the_longest_due_goes_first(office):
    await office.make()
    for name in ("a", "b", "c"):
        await office.end(name)
        office.clock.advance(timedelta(seconds=1))
    assert tasks(await office.claim(2)) == ["a", "b"]


async def test_deliveries_of_a_webhook_that_is_disabled_meanwhile_fail_instead(office):
    made = await office.make()
    await office.end("a")
    await office.hooks.update("acme", "hook", replace(made.wish, disabled=True))
    assert await office.claim() == []
    (failed,) = await office.deliveries()
    assert (failed.state, failed.attempts) == (DeliveryState.FAILED, 0)
    assert "disabled" in failed.last_error
    assert await office.next_due() is None


async def test_a_deleted_webhook_gets_nothing_any_more(office):
    await office.make()
    await office.end("a")
    await office.end("b")
    (due,) = await office.claim(1)
    await office.hooks.delete("acme", "hook")
    await office.end("c")
    assert await office.report(due) is None
    assert await office.claim() == []
    office.clock.advance(LEASE)
    assert await office.claim() == []
    assert await office.next_due() is None
    await office.make("another")
    assert await office.deliveries("another") == []


async def test_days_of_failures_disable_the_webhook_and_enabling_it_forgives(office):
    """14.9 A webhook of which every attempt failed for five days is disabled."""
    made = await office.make()
    await office.end("a")
    (due,) = await office.claim()
    await office.report(due, NO)
    assert (await office.hooks.get("acme", "hook")).failing_since == START
    office.clock.advance(DISABLED_AFTER)
    (due,) = await office.claim()
    await office.report(due, NO)
    disabled = await office.hooks.get("acme", "hook")
    assert disabled.wish.disabled
    assert disabled.disable_reason.startswith("every attempt failed since 2026-01-01")
    await office.end("b")
    assert len(await office.deliveries()) == 1
    enabled = await office.hooks.update("acme", "hook", made.wish)
    assert (enabled.disable_reason, enabled.failing_since, enabled.wish.disabled) == ("", None, False)
    assert await office.hooks.get("acme", "hook") == enabled


async def test_a_success_ends_a_row_of_failures(office):
    await office.make()
    await office.end("a")
    await office.end("b")
    first, second = await office.claim()
    await office.report(first, NO)
    await office.report(second, YES)
    assert (await office.hooks.get("acme", "hook")).failing_since is None


async def test_a_receiver_that_is_gone_disables_its_webhook_and_what_waits_fails(office):
    """14.9 … at once when the receiver answers 410 Gone."""
    await office.make()
    await office.end("a")
    await office.end("b")
    (due,) = await office.claim(1)
    assert (await office.report(due, AttemptReport(410, "HTTP 410"))).state is DeliveryState.FAILED
    assert (await office.hooks.get("acme", "hook")).disable_reason == "the receiver answered 410 Gone"
    assert await office.claim() == []
    assert {one.state for one in await office.deliveries()} == {DeliveryState.FAILED}


# Replay.


async def test_a_replay_is_due_at_once_under_the_same_id_with_fresh_tries(office):
    """14.10 A replay sends the same id again."""
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    done = await office.report(due)
    office.clock.advance(timedelta(days=1))
    again = await office.hooks.replay("acme", "hook", done.delivery_id)
    assert (again.state, again.tries, again.attempts) == (DeliveryState.PENDING, 0, 1)
    assert again.next_attempt_time == await office.next_due() == office.clock.now()
    (due,) = await office.claim()
    assert due.delivery.delivery_id == done.delivery_id
    assert (await office.report(due)).attempts == 2


async def test_a_replay_hurries_a_delivery_that_waits_and_leaves_one_that_is_being_sent(office):
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    assert await office.hooks.replay("acme", "hook", due.delivery.delivery_id) == due.delivery
    assert await office.claim() == []
    waiting = await office.report(due, NO)
    hurried = await office.hooks.replay("acme", "hook", waiting.delivery_id)
    assert hurried.next_attempt_time == office.clock.now()
    assert len(await office.claim()) == 1


async def test_only_what_exists_and_is_wanted_can_be_replayed(office):
    made = await office.make()
    await office.make("second")
    await office.end("a")
    (planned,) = await office.deliveries()
    for webhook_id, delivery_id in (("hook", "msg_no"), ("second", planned.delivery_id)):
        with pytest.raises(DeliveryNotFound):
            await office.hooks.replay("acme", webhook_id, delivery_id)
    await office.hooks.update("acme", "hook", replace(made.wish, disabled=True))
    with pytest.raises(ValidationFailed, match="disabled"):
        await office.hooks.replay("acme", "hook", planned.delivery_id)


# Retention.


async def test_finished_deliveries_are_forgotten_after_their_time_in_bounded_pieces(office):
    """14.10 Finished deliveries are kept 30 days."""
    await office.make()
    for number in range(5):
        await office.end(f"t{number}")
    for due in await office.claim(4):
        await office.report(due)
    assert await office.hooks.forget_finished(SCOPE, START, 100) == 0
    later = START + timedelta(seconds=1)
    assert [await office.hooks.forget_finished(SCOPE, later, 3) for _ in range(2)] == [3, 1]
    assert [one.task_id for one in await office.deliveries()] == ["t4"]


async def test_what_a_deleted_webhook_leaves_behind_is_cleared_away(office):
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    await office.report(due)
    await office.hooks.delete("acme", "hook")
    assert await office.hooks.forget_finished(SCOPE, START, 100) == 1
