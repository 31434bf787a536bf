"""The checker catches what it is there for: each test plants one broken promise in a history that is whole."""

from dataclasses import replace

import pytest

from tests.chaos.history import Call, EndedTask, Outcome, SeenEvent
from tests.chaos.kept_history import (
    DONE,
    EVENTS,
    FACTS,
    FINAL,
    HISTORY,
    LOST,
    RUNNING,
    TASK,
    USAGE,
    ended_as,
    judged,
    the_one,
)


def test_a_history_in_which_all_promises_were_kept_passes():
    assert judged() == []
    assert ended_as() == []


def test_a_lost_task_is_caught():
    the_one(judged(final=replace(FINAL, tasks=(), keys={})), "which is lost")


def test_a_key_that_made_two_tasks_is_caught():
    twin = replace(TASK, task_id="u")
    final = replace(FINAL, tasks=(*FINAL.tasks, EndedTask(twin, EVENTS)), facts={**FACTS, "u": FACTS["t"]})
    the_one(judged(final=final), "key k made 2 tasks")


def test_a_changed_task_id_for_a_key_is_caught():
    other = Call("submit", "k", 11, 12, Outcome.ANSWERED, replace(TASK, task_id="u"))
    the_one(judged((*HISTORY, other)), "key k was acknowledged as u, in the end it is t")


def test_an_answer_with_the_task_of_another_key_is_caught():
    other = Call("submit", "k", 11, 12, Outcome.ANSWERED, replace(TASK, key="z"))
    the_one(judged((*HISTORY, other)), "was answered with the task of key z")


def test_a_key_that_the_store_gives_to_another_task_is_caught():
    the_one(judged(final=replace(FINAL, keys={"k": "u"})), "the store holds key k for u")


def test_a_task_that_nobody_submitted_is_caught():
    final = replace(FINAL, tasks=(*FINAL.tasks, EndedTask(replace(TASK, task_id="u", key="?"), EVENTS)))
    the_one(judged(final=final), "which nobody submitted")


def test_a_task_that_never_ended_is_caught():
    the_one(ended_as(RUNNING), "never ended")


def test_a_terminal_state_that_changed_is_caught():
    canceled = Call("get", "", 11, 12, Outcome.ANSWERED, replace(TASK, state="CANCELED"), "t")
    the_one(judged((*HISTORY, canceled)), "was seen to end CANCELED, then changed")


def test_a_task_that_runs_again_after_its_end_is_caught():
    the_one(judged((*HISTORY, Call("get", "", 11, 12, Outcome.ANSWERED, RUNNING, "t"))), "was then seen RUNNING")


def test_a_second_terminal_event_is_caught():
    events = (*EVENTS, SeenEvent(6, 2, "ERROR", "TASK_CANCELED"))
    the_one(ended_as(replace(TASK, last_offset=6), events), "its log ends ['DONE', 'ERROR']")


def test_a_log_that_ends_otherwise_than_the_task_is_caught():
    the_one(ended_as(events=(*EVENTS[:-1], SeenEvent(5, 2, "ERROR", "INTERNAL"))), "ended OK, its log ends ['ERROR']")


def test_a_cancel_that_was_forgotten_is_caught():
    cancel = Call("cancel", "", 3, 4, Outcome.ANSWERED, replace(RUNNING, cancel_requested=True), "t")
    the_one(judged((HISTORY[0], cancel)), "the cancel of t was acknowledged, but it ended OK")


def test_an_end_that_came_too_late_is_caught():
    late = replace(TASK, end_time=18.0, attempts=(LOST, replace(DONE, end_time=18.0)))
    the_one(ended_as(late), "ended 7.5 s after it could, the bound is 7.0 s")


def test_a_fact_that_left_twice_or_never_is_caught():
    the_one(judged(final=replace(FINAL, facts={"t": {"task.accepted": 1, "task.ended": 2}})), "task.ended left the")
    the_one(judged(final=replace(FINAL, facts={"t": {"task.ended": 1}})), "task.accepted left the outbox 0 times")


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        ({"tokens": 4}, "charged for 4 tokens, its log has 3"),
        ({"fuel": 14}, "charged for 14 units of fuel, its last attempt burnt 7"),
        ({"cost_micros": 5}, "charged 5 micro-dollars for what is free"),
        ({"latency_ms": -2000}, "took 2000.0 ms, it is said to have taken -2000"),
    ],
)
def test_a_use_that_is_counted_wrong_is_caught(usage, words):
    the_one(ended_as(replace(TASK, usage=replace(USAGE, **usage))), words)


def test_poison_without_its_losses_is_caught():
    poison = replace(TASK, state="ERROR", error_code="TASK_POISONED")
    the_one(ended_as(poison), "is poison after 1 losses")


@pytest.mark.parametrize(
    ("reason", "words"),
    [("", "without a typed reason"), ("INTERNAL", "met a defect"), ("TASK_NOT_FOUND", "had been acknowledged")],
)
def test_a_refusal_that_must_not_be_is_caught(reason, words):
    the_one(judged((*HISTORY, Call("get", "", 11, 12, Outcome.REFUSED, task_id="t", reason=reason))), words)


def test_damage_of_the_store_is_passed_on():
    the_one(judged(final=replace(FINAL, damage=("the database says: page 3",))), "the database says")
