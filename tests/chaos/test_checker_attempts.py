"""The checker catches attempts that broke a promise, and what they wrote: each test plants one in a whole history."""

from dataclasses import replace

import pytest

from tests.chaos.history import Call, Outcome, SeenAttempt
from tests.chaos.kept_history import DONE, EVENTS, HISTORY, LOST, RUNNING, TASK, ended_as, judged, the_one


def test_two_attempts_that_settled_are_caught():
    twice = replace(TASK, attempts=(replace(LOST, outcome="OK"), DONE))
    the_one(ended_as(twice), "settled more than once")


def test_a_result_of_an_attempt_that_is_not_the_last_is_caught():
    the_one(ended_as(replace(TASK, attempts=(DONE, LOST))), "not by its last attempt")


@pytest.mark.parametrize("numbers", [(2, 1), (1, 1)])
def test_fences_that_do_not_grow_are_caught(numbers):
    attempts = tuple(replace(DONE, number=number) for number in numbers)
    the_one(ended_as(replace(TASK, attempts=attempts)), "the fences do not grow")


def seeing(*attempts):
    """The history of a client that saw these attempts while the task ran."""
    seen = replace(RUNNING, attempts=attempts)
    return judged((*HISTORY[:1], Call("get", "", 3, 4, Outcome.ANSWERED, seen, "t")))


def test_an_attempt_that_was_seen_to_end_and_is_gone_is_caught():
    broken = seeing(*RUNNING.attempts, SeenAttempt(2, "LOST", 1.0), SeenAttempt(3, "LOST", 2.0))
    the_one(broken, "attempt 3 was seen to end and is gone")
    the_one(broken, "attempt 2 had ended and then changed")


def test_an_attempt_that_had_no_turn_may_be_replaced_by_the_next():
    """2.4 An attempt without a turn stays on record until the next takes its place."""
    waiting, ended = SeenAttempt(3, "RUNNING", 0.0), SeenAttempt(3, "LOST", 2.0, code="NO_TURN")
    assert seeing(*RUNNING.attempts, waiting) == []
    assert seeing(*RUNNING.attempts, ended) == []
    late = tuple(replace(event, attempt=3) if event.attempt == 2 else event for event in EVENTS)
    assert ended_as(replace(TASK, attempts=(LOST, replace(DONE, number=3))), late) == []


def test_words_of_an_attempt_that_is_not_on_record_are_caught():
    the_one(ended_as(replace(TASK, attempts=(LOST, replace(DONE, number=3)))), "attempt 2 wrote TOKEN and is not on")


def test_an_attempt_that_outlives_its_task_is_caught():
    the_one(ended_as(replace(TASK, attempts=(*TASK.attempts, SeenAttempt(3, "RUNNING", 0.0)))), "an attempt has not")


def test_a_gap_in_the_offsets_is_caught():
    the_one(ended_as(events=(EVENTS[0], *EVENTS[2:])), "its offsets have a gap")


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
