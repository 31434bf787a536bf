"""Numbers that the documents promise, and ids that must be the same in every version: stored rows and receivers know
them.
"""

from datetime import timedelta

from aion.domain import lifecycle, webhooks
from aion.domain.drawing import drawn
from tests.sample_schedules import new_schedule
from tests.sample_tasks import START, new_task

PLAN = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 10_800, 21_600, 43_200, 86_400)]


def test_the_id_of_a_delivery_is_the_same_in_every_version():
    assert webhooks.delivery_id("acme", "wh_1", "t-1") == "msg_zvoh5wdgztxjadtmd37gnxnwty4wrcdy"


def test_the_id_of_a_scheduled_task_is_the_same_in_every_version():
    assert new_schedule().task_id_at(START) == "019b76da-a800-7c02-ae5d-52509374ade4"


def test_the_bounds_of_webhooks_are_those_of_the_documents():
    """14.9, 14.10: five days and ten attempts; deliveries are kept for thirty days."""
    assert (timedelta(days=5), 10) == (webhooks.DISABLED_AFTER, webhooks.DISABLED_AFTER_ATTEMPTS)
    assert timedelta(days=30) == webhooks.KEEP_FINISHED
    assert (webhooks.MOST_WEBHOOKS, webhooks.MOST_WAITING) == (20, 10_000)
    assert timedelta(hours=24) == webhooks.OLD_SECRET_SIGNS_FOR


def test_pauses_between_deliveries_are_those_of_the_documents_within_a_fifth():
    for tries, planned in enumerate(PLAN, 1):
        pauses = [webhooks.pause_after(f"msg_{number}", tries) for number in range(400)]
        assert all(pause is not None for pause in pauses)
        shares = sorted(pause / planned for pause in pauses if pause is not None)
        assert 0.8 <= shares[0] < 0.81
        assert 1.19 < shares[-1] <= 1.2


def test_the_jitter_of_a_delivery_is_another_at_each_try():
    shares = {(webhooks.pause_after("msg_1", tries) or timedelta()) / pause for tries, pause in enumerate(PLAN, 1)}
    assert len(shares) == len(PLAN)


def test_a_decision_can_be_dated_again_and_is_otherwise_the_same():
    decision = new_task().decision
    later = decision.at(START + timedelta(days=1))
    assert later.decide_time == START + timedelta(days=1)
    assert later.at(decision.decide_time) == decision
    assert decision.pinned_digest == ""


def test_the_key_of_a_task_is_its_tenant_and_its_id():
    assert new_task("t-1", "acme").key == ("acme", "t-1")


def test_a_task_draws_the_same_engine_in_every_version():
    """9.6 The draw follows from tenant and task id alone, so that a replay, a dry run and the stored decision agree."""
    lots = {"module:summarize@1.0.0": 1, "module:summarize@1.1.0": 2, "module:summarize@1.2.0": 3}
    drawn_minors = [drawn(lots, f"acme/task-{number}").split(".")[1] for number in range(24)]
    assert "".join(drawn_minors) == "221101111111201120221220"


def test_a_worker_has_five_seconds_to_settle_after_the_end_of_its_task():
    assert timedelta(seconds=5) == lifecycle.OVERTIME


def test_an_attempt_that_did_not_fail_has_no_code():
    (attempt,) = lifecycle.started(new_task(), "w", START, timedelta(seconds=1)).task.attempts
    assert attempt.code == ""
