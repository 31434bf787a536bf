"""The checker catches what a client should not have been shown: by a watch, a list, or one look after another."""

from dataclasses import replace

import pytest

from tests.chaos.history import Call, Outcome
from tests.chaos.kept_history import EVENTS, HISTORY, RUNNING, TASK, judged, the_one


def test_a_gap_in_a_watch_is_caught():
    watch = replace(HISTORY[3], events=(EVENTS[1], *EVENTS[3:]))
    the_one(judged((*HISTORY[:3], watch)), "a watch of t after 1 had a gap")


def test_an_event_that_was_sent_and_is_now_another_is_caught():
    watch = replace(HISTORY[1], events=(replace(EVENTS[0], text="x"),))
    the_one(judged((HISTORY[0], watch)), "event 1 was sent as")


def after(*more):
    """The history, and then these calls."""
    return judged((*HISTORY, *more))


@pytest.mark.parametrize("method", ["get", "cancel", "watch"])
def test_an_answer_with_another_task_than_was_asked_for_is_caught(method):
    answer = Call(method, "", 11, 12, Outcome.ANSWERED, TASK, "u", after_offset=TASK.last_offset)
    the_one(after(answer), f"{method} of u was answered with task t")


def listing(*ids, began=11):
    return Call("list", "", began, began + 1, Outcome.ANSWERED, listed=frozenset(ids))


def test_a_list_that_leaves_an_accepted_task_out_is_caught():
    the_one(after(listing("u")), "a list that began after t was accepted leaves it out")
    the_one(after(listing()), "a list that began after t was accepted leaves it out")


def test_a_list_may_be_without_what_was_accepted_while_it_was_read():
    submit = replace(HISTORY[0], began=1, ended=4)
    assert judged((submit, listing(began=2))) == []
    assert judged((submit, replace(listing(began=5), outcome=Outcome.UNKNOWN))) == []
    assert after(listing("t", "u")) == []


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (replace(RUNNING, last_offset=0), "t: offset 1 had been shown, then get said 0"),
        (replace(RUNNING, attempts=()), "t: attempt 1 had been shown, then get said 0"),
    ],
)
def test_a_look_that_goes_behind_one_that_was_over_before_it_is_caught(task, words):
    """Also where the earlier one was of another client, and only events told it."""
    look = Call("get", "", 3, 4, Outcome.ANSWERED, task, "t")
    the_one(judged((HISTORY[0], look)), words)
    told = Call("watch", "", 1, 2, Outcome.UNKNOWN, task_id="t", events=EVENTS[:1])
    the_one(judged((told, look)), words)


def test_looks_at_the_same_time_may_overtake_each_other():
    look = Call("get", "", 2, 5, Outcome.ANSWERED, replace(RUNNING, last_offset=0, attempts=()), "t")
    assert judged((replace(HISTORY[0], began=1, ended=3), look)) == []


def test_a_watch_that_brings_no_end_is_caught():
    for task, events in ((None, ()), (None, EVENTS[1:3]), (RUNNING, EVENTS[1:3])):
        watch = replace(HISTORY[3], task=task, events=events)
        the_one(judged((*HISTORY[:3], watch)), "and told no end")
        assert judged((*HISTORY[:3], replace(watch, left=True))) == []


def test_a_watch_that_stops_before_the_end_of_the_log_is_caught():
    for events in ((), EVENTS[1:4]):
        watch = replace(HISTORY[3], events=events)
        the_one(judged((*HISTORY[:3], watch)), "its log ends at 5")


def test_a_watch_after_the_last_event_brings_the_task_alone():
    """4.4 A watcher may come late, and 4.9 the task comes with the last of the log."""
    assert after(Call("watch", "", 11, 12, Outcome.ANSWERED, TASK, "t", after_offset=5)) == []
