"""What `aion.ports.webhooks` promises of DeliveryQueue, over every store."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from aion.adapters.storage.webhooks import claims as webhook_claims
from aion.domain.webhooks import DISABLED_AFTER, DISABLED_AFTER_ATTEMPTS, AttemptReport, DeliveryState
from tests.contract.webhook_office import LEASE, NO, YES, tasks
from tests.sample_tasks import SCOPE, START


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
    assert await office.hooks.give_back(SCOPE, "me") == 0, "it is nobody's any more"
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
    assert tasks(await office.claim(4)) == ["a", "b"]


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
    for _ in range(DISABLED_AFTER_ATTEMPTS - 1):
        office.clock.advance(DISABLED_AFTER)
        await office.hooks.replay("acme", "hook", due.delivery.delivery_id)
        (due,) = await office.claim()
        assert not (await office.hooks.get("acme", "hook")).wish.disabled
        await office.report(due, NO)
    disabled = await office.hooks.get("acme", "hook")
    assert disabled.wish.disabled
    assert disabled.disable_reason.startswith("every attempt failed since 2026-01-01")
    assert (disabled.etag, disabled.update_time) != (made.etag, made.update_time)
    await office.end("b")
    assert len(await office.deliveries()) == 1
    enabled = await office.hooks.update("acme", "hook", made.wish)
    assert (enabled.disable_reason, enabled.failing_since, enabled.wish.disabled) == ("", None, False)
    assert await office.hooks.get("acme", "hook") == enabled


async def test_trouble_of_aions_own_says_nothing_about_the_receiver(office):
    """14.9 … AION's own trouble counts for nothing."""
    made = await office.make()
    await office.end("a")
    (due,) = await office.claim()
    await office.report(due, AttemptReport(error="a defect", ours=True))
    office.clock.advance(timedelta(days=1))
    (due,) = await office.claim()
    postponed = await office.report(due, AttemptReport(error="no names now", postponed=True))
    assert (postponed.attempts, postponed.tries, postponed.state) == (1, 1, DeliveryState.PENDING)
    assert await office.next_due() == postponed.next_attempt_time > office.clock.now()
    assert await office.hooks.get("acme", "hook") == made


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


async def test_a_webhook_that_fails_has_one_place_until_it_answers(office):
    """14.8 A receiver that is slow holds up nobody but itself."""
    await office.make()
    for number in range(6):
        await office.end(f"t{number}")
    first = await office.claim(100, per_webhook=4)
    assert len(first) == 4
    await office.report(first[0], NO)
    held = {("acme", "hook"): 3}
    assert await office.claim(100, per_webhook=4, held=held) == []
    (one,) = await office.claim(100, per_webhook=4)
    await office.report(one, YES)
    assert len(await office.claim(100, per_webhook=4)) == 1


async def test_slow_webhooks_leave_every_other_one_its_first_place(office):
    """14.8 A receiver that is slow holds up nobody but itself."""
    for name in ("slow-1", "slow-2", "slow-3"):
        await office.make(name)
    for number in range(4):
        await office.end(f"t{number}")
    first = await office.claim(16, per_webhook=4, per_tenant=8)
    held = Counter((due.webhook.tenant, due.webhook.webhook_id) for due in first)
    assert sorted(held.values()) == [1, 1, 4]
    await office.make("good")
    await office.make("theirs", tenant="other")
    await office.end("x")
    await office.end("x", tenant="other")
    more = await office.claim(16 - len(first), per_webhook=4, per_tenant=8, held=held)
    assert sorted(due.webhook.webhook_id for due in more) == ["good", "theirs"]


async def test_webhooks_that_wait_for_later_cost_a_claim_nothing(office, monkeypatch):
    monkeypatch.setattr(webhook_claims, "_MOST_LOOKS", 2)
    for number in range(5):
        await office.make(f"h{number}", tenant=f"t{number}")
        await office.end("a", tenant=f"t{number}")
    while claimed := await office.claim():
        for due in claimed:
            await office.report(due, NO)
    await office.make("due", tenant="t9")
    await office.end("a", tenant="t9")
    assert [due.webhook.webhook_id for due in await office.claim()] == ["due"]
