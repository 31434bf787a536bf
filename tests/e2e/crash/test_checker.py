"""The checker catches what it is there for: each test plants one broken promise in a history that is whole."""

from dataclasses import replace

import pytest

from tests.e2e.crash.checker import violations
from tests.e2e.crash.history import Asked, Call, EndedTask, FinalState, Outcome, SeenAttempt, SeenEvent, SeenTask

ASKED = {"k": Asked("ab", '{"n":1}')}
LOST, DONE = SeenAttempt(1, "LOST", 11.0), SeenAttempt(2, "OK", 12.0)
RUNNING = SeenTask("t", "k", "RUNNING", 10.0, attempts=(SeenAttempt(1, "RUNNING", 0.0),), last_offset=1)
TASK = SeenTask("t", "k", "OK", 10.0, 12.0, (LOST, DONE), 5, '{"n":1}')
EVENTS = (
    SeenEvent(1, 1, "TOKEN", "a"),
    SeenEvent(2, 2, "RESET", discard_from=1),
    SeenEvent(3, 2, "TOKEN", "a"),
    SeenEvent(4, 2, "TOKEN", "b"),
    SeenEvent(5, 2, "DONE", data_json='{"n":1}'),
)
FACTS = {"t": {"task.accepted": 1, "task.attempt_lost": 1, "task.ended": 1}}
FINAL = FinalState((EndedTask(TASK, EVENTS),), {"k": "t"}, FACTS, served_from=10.5, bound=7.0)
HISTORY = (
    Call("submit", "k", 1, 2, Outcome.ANSWERED, RUNNING),
    Call("watch", "", 3, 4, Outcome.UNKNOWN, task_id="t", events=EVENTS[:1]),
    Call("submit", "k", 5, 6, Outcome.UNKNOWN),
    Call("watch", "", 7, 8, Outcome.ANSWERED, TASK, "t", after_offset=1, events=EVENTS[1:]),
    Call("get", "", 9, 10, Outcome.ANSWERED, TASK, "t"),
)


def judged(history=HISTORY, final=FINAL):
    return violations(history, ASKED, final)


def ended_as(task=TASK, events=EVENTS):
    """The final state with another task; nobody saw how it ended, so that only the planted flaw is there."""
    return violations(HISTORY[:1], ASKED, replace(FINAL, tasks=(EndedTask(task, events),)))


def the_one(broken, words):
    assert any(words in sentence for sentence in broken), broken


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


def test_two_attempts_that_settled_are_caught():
    twice = replace(TASK, attempts=(replace(LOST, outcome="OK"), DONE))
    the_one(ended_as(twice), "settled more than once")


def test_a_result_of_an_attempt_that_is_not_the_last_is_caught():
    the_one(ended_as(replace(TASK, attempts=(DONE, LOST))), "not by its last attempt")


@pytest.mark.parametrize("numbers", [(1, 3), (2, 1), (1, 1)])
def test_fences_that_do_not_grow_are_caught(numbers):
    attempts = tuple(replace(DONE, number=number) for number in numbers)
    the_one(ended_as(replace(TASK, attempts=attempts)), "the fences do not grow by one")


def test_an_attempt_that_was_seen_and_is_gone_is_caught():
    seen = replace(RUNNING, attempts=(*RUNNING.attempts, SeenAttempt(2, "LOST", 1.0), SeenAttempt(3, "RUNNING", 0.0)))
    broken = judged((*HISTORY[:1], Call("get", "", 3, 4, Outcome.ANSWERED, seen, "t")))
    the_one(broken, "attempt 3 was seen and is gone")
    the_one(broken, "attempt 2 had ended and then changed")


def test_an_attempt_that_outlives_its_task_is_caught():
    the_one(ended_as(replace(TASK, attempts=(*TASK.attempts, SeenAttempt(3, "RUNNING", 0.0)))), "an attempt has not")


def test_a_gap_in_the_offsets_is_caught():
    the_one(ended_as(events=(EVENTS[0], *EVENTS[2:])), "its offsets have a gap")


def test_a_gap_in_a_watch_is_caught():
    watch = replace(HISTORY[3], events=(EVENTS[1], *EVENTS[3:]))
    the_one(judged((*HISTORY[:3], watch)), "a watch of t after 1 had a gap")


def test_an_event_that_was_sent_and_is_now_another_is_caught():
    watch = replace(HISTORY[1], events=(replace(EVENTS[0], text="x"),))
    the_one(judged((HISTORY[0], watch)), "event 1 was sent as")


def test_a_write_under_an_old_fence_is_caught():
    late = (*EVENTS[:3], replace(EVENTS[3], attempt=1), EVENTS[4])
    the_one(ended_as(events=late), "something was written under an old fence")


def test_an_attempt_that_speaks_after_another_without_a_reset_is_caught():
    events = (EVENTS[0], replace(EVENTS[1], kind="LOG", discard_from=0), *EVENTS[2:])
    the_one(ended_as(events=events), "spoke after another without a reset")


def test_a_text_that_is_not_the_fold_is_caught():
    the_one(ended_as(events=(*EVENTS[:3], replace(EVENTS[3], text="c"), EVENTS[4])), "its events fold to 'ac'")


def test_another_result_than_the_engine_gave_is_caught():
    other = '{"n":2}'
    the_one(ended_as(replace(TASK, result_json=other)), 'its result is {"n":2}')
    the_one(ended_as(events=(*EVENTS[:4], replace(EVENTS[4], data_json=other))), "ends with another result")


def test_a_cancel_that_was_forgotten_is_caught():
    cancel = Call("cancel", "", 3, 4, Outcome.ANSWERED, replace(RUNNING, cancel_requested=True), "t")
    the_one(judged((HISTORY[0], cancel)), "the cancel of t was acknowledged, but it ended OK")


def test_an_end_that_came_too_late_is_caught():
    late = replace(TASK, end_time=18.0, attempts=(LOST, replace(DONE, end_time=18.0)))
    the_one(ended_as(late), "ended 7.5 s after it could, the bound is 7.0 s")


def test_a_fact_that_left_twice_or_never_is_caught():
    the_one(judged(final=replace(FINAL, facts={"t": {"task.accepted": 1, "task.ended": 2}})), "task.ended left the")
    the_one(judged(final=replace(FINAL, facts={"t": {"task.ended": 1}})), "task.accepted left the outbox 0 times")


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
