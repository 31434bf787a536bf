"""Webhooks as values: what is sent to whom, how it is signed, and when it is tried again."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Standard

from aion.domain import lifecycle
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
    attempted,
    delivery_id,
    event_of,
    pause_after,
    secret_text,
    signature,
    wants,
)
from tests.sample_tasks import START, new_task

REFUSED = AttemptReport(503, "HTTP 503")


def a_delivery(**changes: object) -> Delivery:
    return replace(Delivery("acme", "hook", "msg_1", "task-1", "task.ok", START, next_attempt_time=START), **changes)


def a_webhook(**changes: object) -> Webhook:
    return replace(
        Webhook("acme", "hook", WebhookWish("https://a.example/"), WebhookSecrets(b"new"), START, START), **changes
    )


def ended(state: TaskState, intent: str = "summarize"):
    return new_task(intent=intent).changed(state=state, end_time=START)


@pytest.mark.parametrize("state", [state for state in TaskState if state.ended])
def test_a_webhook_that_wishes_nothing_special_hears_of_every_end(state):
    assert wants(WebhookWish("https://a.example/"), ended(state))


def test_a_webhook_hears_only_of_the_states_and_intents_that_it_names_and_of_nothing_while_disabled():
    wish = WebhookWish("u", states=frozenset({TaskState.ERROR}), intents=frozenset({"redact"}))
    assert wants(wish, ended(TaskState.ERROR, "redact"))
    assert not wants(wish, ended(TaskState.OK, "redact"))
    assert not wants(wish, ended(TaskState.ERROR, "summarize"))
    assert not wants(replace(wish, disabled=True), ended(TaskState.ERROR, "redact"))


def test_events_are_named_for_the_state():
    names = {event_of(state) for state in TaskState if state.ended}
    assert names == {"task.ok", "task.error", "task.timeout", "task.canceled"}


def test_a_delivery_has_one_id_however_often_it_is_asked_for_and_another_for_everything_else():
    ids = {delivery_id(*parts) for parts in (("t", "w", "a"), ("t", "w", "b"), ("t", "x", "a"), ("u", "w", "a"))}
    assert len(ids) == 4
    assert delivery_id("t", "w", "a") in ids
    assert all(one.replace("_", "").isalnum() and len(one) <= 64 for one in ids)


@given(st.text(max_size=200), st.binary(min_size=24, max_size=64))
def test_signatures_are_those_of_standard_webhooks(body, secret):
    """14.4 Every attempt is signed as Standard Webhooks says."""
    standard = Standard(secret_text(secret)).sign("msg_1", datetime.fromtimestamp(1_700_000_000, UTC), body)
    assert signature(secret, "msg_1", 1_700_000_000, body.encode()) == standard


def test_the_reference_library_verifies_what_is_signed():
    """14.4 Every attempt is signed as Standard Webhooks says."""
    now = int(datetime.now(UTC).timestamp())
    body = json.dumps({"type": "task.ok", "name": "Grüße"}).encode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(now)}
    for secret in (b"0" * 32, b"1" * 32):
        both = " ".join(signature(one, "msg_1", now, body) for one in (b"0" * 32, b"1" * 32))
        verified = Standard(secret_text(secret)).verify(body, {**headers, "webhook-signature": both})
        assert verified == {"type": "task.ok", "name": "Grüße"}


def test_a_failed_attempt_is_tried_again_later_and_later_for_two_days():
    """14.5 Ten attempts within two days."""
    pauses = [pause_after("msg_1", tries) for tries in range(1, 10)]
    assert all(pause is not None for pause in pauses)
    assert pauses == sorted(pauses)
    assert timedelta(hours=36) < sum(pauses, timedelta()) < timedelta(hours=58)
    assert pause_after("msg_1", 10) is None


def test_pauses_of_different_deliveries_differ_a_little():
    pauses = {pause_after(f"msg_{number}", 1) for number in range(50)}
    assert len(pauses) > 40
    assert all(timedelta(seconds=4) <= pause <= timedelta(seconds=6) for pause in pauses)


@pytest.mark.parametrize(
    ("asked", "longest"),
    [
        (timedelta(seconds=1), timedelta(seconds=6)),
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(days=400), timedelta(days=1)),
    ],
)
def test_a_receiver_may_ask_for_a_longer_pause_within_a_day_and_never_for_a_shorter_one(asked, longest):
    pause = pause_after("msg_1", 1, asked)
    assert pause is not None
    assert pause_after("msg_1", 1) <= pause <= longest


def test_a_delivery_lives_from_pending_to_delivered():
    failed = attempted(a_delivery(), REFUSED, START)
    assert (failed.state, failed.attempts, failed.last_status) == (DeliveryState.PENDING, 1, 503)
    assert failed.next_attempt_time > START
    done = attempted(failed, AttemptReport(204), START + timedelta(seconds=5))
    assert (done.state, done.attempts, done.last_error) == (DeliveryState.DELIVERED, 2, "")
    assert done.next_attempt_time is None
    assert done.last_attempt_time == START + timedelta(seconds=5)


def test_a_delivery_fails_when_its_tries_are_used_up_or_nothing_can_come_of_another():
    assert attempted(a_delivery(tries=9), REFUSED, START).state is DeliveryState.FAILED
    assert attempted(a_delivery(), AttemptReport(410, "HTTP 410"), START).state is DeliveryState.FAILED
    assert attempted(a_delivery(), AttemptReport(error="gone", final=True), START).state is DeliveryState.FAILED
    assert attempted(a_delivery(tries=8), REFUSED, START).state is DeliveryState.PENDING


def test_a_redirect_is_no_success_and_what_went_wrong_is_kept_short():
    after = attempted(a_delivery(), AttemptReport(302, "x" * 5000), START)
    assert after.state is DeliveryState.PENDING
    assert len(after.last_error) == 200


def test_days_of_nothing_but_failures_disable_a_webhook_and_one_success_forgives_all():
    first = after_attempt(a_webhook(), REFUSED, START)
    assert (first.failing_since, first.failures, first.wish.disabled) == (START, 1, False)
    failing = a_webhook(failing_since=START, failures=DISABLED_AFTER_ATTEMPTS - 1)
    soon = after_attempt(failing, REFUSED, START + DISABLED_AFTER - timedelta(seconds=1))
    assert (soon.wish.disabled, soon.etag) == (False, "1")
    disabled = after_attempt(failing, REFUSED, START + DISABLED_AFTER)
    assert (disabled.wish.disabled, disabled.etag) == (True, "2")
    assert disabled.disable_reason == "every attempt failed since 2026-01-01T00:00:00+00:00"
    well = after_attempt(failing, AttemptReport(200), START + DISABLED_AFTER)
    assert (well.failing_since, well.failures) == (None, 0)


def test_two_failures_with_quiet_days_between_disable_nothing():
    failing = a_webhook(failing_since=START, failures=1)
    assert not after_attempt(failing, REFUSED, START + 2 * DISABLED_AFTER).wish.disabled


@pytest.mark.parametrize("report", [AttemptReport(error="x", ours=True), AttemptReport(error="x", postponed=True)])
def test_trouble_of_aions_own_is_no_failure_of_the_receiver(report):
    failing = a_webhook(failing_since=START, failures=99)
    assert after_attempt(failing, report, START + DISABLED_AFTER) == failing


def test_a_postponed_delivery_has_used_up_no_try():
    after = attempted(a_delivery(tries=9), AttemptReport(error="x", postponed=True), START)
    assert (after.state, after.tries, after.attempts) == (DeliveryState.PENDING, 9, a_delivery(tries=9).attempts)
    assert after.next_attempt_time is not None
    assert after.next_attempt_time > START


def test_a_receiver_that_is_gone_disables_its_webhook_at_once():
    gone = after_attempt(a_webhook(), AttemptReport(410, "HTTP 410"), START)
    assert (gone.wish.disabled, gone.disable_reason) == (True, "the receiver answered 410 Gone")


def test_a_replaced_secret_signs_for_a_day_and_only_the_last_one():
    """14.6 For 24 hours deliveries carry a signature by the old secret, too."""
    twice = WebhookSecrets(b"a").rotated(b"b", START).rotated(b"c", START + timedelta(hours=1))
    assert twice.signing(START + timedelta(hours=24)) == (b"c", b"b")
    assert twice.signing(START + timedelta(hours=25)) == (b"c",)
    assert WebhookSecrets(b"a").signing(START) == (b"a",)


def test_planning_needs_a_task_that_has_ended():
    change = lifecycle.cancel_asked(new_task(), START)
    assert change.task.end_time == START
