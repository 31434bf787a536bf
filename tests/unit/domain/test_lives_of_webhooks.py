"""A webhook and its deliveries through failures, pauses, updates and the end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.domain.tasks import TaskState
from aion.domain.webhooks import (
    DISABLED_AFTER,
    DISABLED_AFTER_ATTEMPTS,
    AttemptReport,
    Delivery,
    DeliveryState,
    Webhook,
    WebhookSecrets,
    WebhookWish,
    after_attempt,
    after_update,
    attempted,
    delivery_id,
    pause_after,
    wants,
)
from tests.sample_tasks import START, new_task

SECOND = timedelta(seconds=1)
WISH = WebhookWish("https://receiver.example/hook")
REFUSED = AttemptReport(503, "HTTP 503")


def a_delivery(**changes: object) -> Delivery:
    return replace(Delivery("acme", "hook", "msg_1", "task-1", "task.ok", START), **changes)


def a_webhook(**changes: object) -> Webhook:
    return replace(Webhook("acme", "hook", WISH, WebhookSecrets(b"sealed"), START, START), **changes)


def test_pauses_follow_the_plan_within_a_fifth_and_end_with_it():
    minute, hour = 60, 3600
    plan = [5, 30, 2 * minute, 10 * minute, hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour]
    for tries, seconds in enumerate(plan, 1):
        pause = pause_after("msg_1", tries)
        assert pause is not None
        assert 0.8 * seconds <= pause.total_seconds() <= 1.2 * seconds
    assert pause_after("msg_1", len(plan) + 1) is None


def test_a_postponed_delivery_is_due_again_after_the_first_pause():
    after = attempted(a_delivery(tries=3), AttemptReport(error="x", postponed=True), START)
    assert after.next_attempt_time == START + pause_after("msg_1", 1)
    assert after.last_attempt_time is None


def test_an_attempt_is_counted_and_its_answer_kept():
    after = attempted(a_delivery(attempts=4, tries=1), REFUSED, START)
    assert (after.attempts, after.tries, after.last_status, after.last_error) == (5, 2, 503, "HTTP 503")
    assert after.next_attempt_time == START + pause_after("msg_1", 2)
    assert after.last_attempt_time == START


def test_a_receiver_that_asks_for_time_gets_it():
    after = attempted(a_delivery(), replace(REFUSED, retry_after=timedelta(hours=1)), START)
    assert after.next_attempt_time == START + timedelta(hours=1)


@pytest.mark.parametrize(
    ("report", "delivered"),
    [
        (AttemptReport(199), False),
        (AttemptReport(200), True),
        (AttemptReport(299), True),
        (AttemptReport(300), False),
        (AttemptReport(200, "it broke off"), False),
    ],
)
def test_only_a_whole_answer_of_success_is_a_delivery(report, delivered):
    assert report.delivered is delivered
    assert (attempted(a_delivery(), report, START).state is DeliveryState.DELIVERED) is delivered


def test_a_delivered_one_has_no_error_and_is_not_due():
    after = attempted(a_delivery(last_error="HTTP 503"), AttemptReport(204), START)
    assert (after.last_error, after.next_attempt_time, after.last_status) == ("", None, 204)


def test_failures_are_counted_since_the_first_of_them():
    once = after_attempt(a_webhook(), REFUSED, START)
    twice = after_attempt(once, REFUSED, START + SECOND)
    assert (twice.failing_since, twice.failures, twice.revision) == (START, 2, 1)


def test_disabling_is_a_change_with_a_time_and_a_reason():
    last = a_webhook(failing_since=START, failures=DISABLED_AFTER_ATTEMPTS - 1, revision=4)
    now = START + DISABLED_AFTER
    disabled = after_attempt(last, REFUSED, now)
    assert (disabled.update_time, disabled.revision, disabled.failures) == (now, 5, DISABLED_AFTER_ATTEMPTS)
    still = after_attempt(disabled, REFUSED, now + SECOND)
    assert (still.update_time, still.revision, still.disable_reason) == (now, 5, disabled.disable_reason)
    since = START + SECOND / 4
    reason = after_attempt(replace(last, failing_since=since), REFUSED, since + DISABLED_AFTER).disable_reason
    assert reason == "every attempt failed since 2026-01-01T00:00:00+00:00", "operators read it: seconds will do"
    fewer = replace(last, failures=DISABLED_AFTER_ATTEMPTS - 2)
    assert not after_attempt(fewer, REFUSED, now).wish.disabled


def test_another_url_is_a_new_start_and_the_same_url_is_none():
    failing = a_webhook(failing_since=START, failures=7)
    now = START + SECOND
    same = after_update(failing, replace(WISH, states=frozenset({TaskState.OK})), now)
    assert (same.failing_since, same.failures, same.update_time, same.revision) == (START, 7, now, 2)
    moved = after_update(failing, replace(WISH, url="https://other.example/hook"), now)
    assert (moved.failing_since, moved.failures, moved.wish.url) == (None, 0, "https://other.example/hook")


def test_enabling_forgives_and_staying_disabled_keeps_the_reason():
    off = replace(WISH, disabled=True)
    disabled = a_webhook(wish=off, disable_reason="410", failing_since=START, failures=7)
    enabled = after_update(disabled, WISH, START)
    assert (enabled.disable_reason, enabled.failing_since, enabled.failures) == ("", None, 0)
    kept = after_update(disabled, replace(off, states=frozenset({TaskState.OK})), START)
    assert (kept.disable_reason, kept.failing_since, kept.failures) == ("410", START, 7)
    moved = after_update(disabled, replace(off, url="https://other.example/hook"), START)
    assert (moved.disable_reason, moved.wish.disabled, moved.failures) == ("", True, 0)
    by_hand = after_update(a_webhook(failing_since=START, failures=7), off, START)
    assert (by_hand.disable_reason, by_hand.failing_since, by_hand.failures) == ("", START, 7)


def test_a_wish_names_states_and_intents_or_takes_all():
    task = new_task(state=TaskState.OK)
    assert wants(WISH, task)
    assert wants(replace(WISH, states=frozenset({TaskState.OK}), intents=frozenset({"summarize"})), task)
    assert not wants(replace(WISH, states=frozenset({TaskState.ERROR})), task)
    assert not wants(replace(WISH, intents=frozenset({"other"})), task)
    assert not wants(replace(WISH, disabled=True), task)


def test_a_delivery_has_one_id_for_its_tenant_webhook_and_task():
    ids = {delivery_id(*names) for names in (("a", "b", "c"), ("x", "b", "c"), ("a", "x", "c"), ("a", "b", "x"))}
    assert len(ids) == 4
    assert delivery_id("a", "b", "c") in ids
    assert all(one.startswith("msg_") and one == one.lower() and len(one) == 36 for one in ids)
