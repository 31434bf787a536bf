"""The checker catches what it is there for: each test plants one broken promise in a history that is whole."""

import ast
import inspect
import re
from dataclasses import replace

import pytest

from tests.chaos import checker
from tests.chaos.checker import violations
from tests.chaos.history import (
    Asked,
    Call,
    EndedTask,
    FinalState,
    Outcome,
    SeenAttempt,
    SeenEvent,
    SeenTask,
    SeenUsage,
)

ASKED = {"k": Asked("ab", '{"n":1}')}
LOST, DONE = SeenAttempt(1, "LOST", 11.0), SeenAttempt(2, "OK", 12.0, fuel=7)
RUNNING = SeenTask("t", "k", "RUNNING", 10.0, attempts=(SeenAttempt(1, "RUNNING", 0.0),), last_offset=1)
USAGE = SeenUsage(latency_ms=2000, tokens=3, fuel=7)
TASK = SeenTask("t", "k", "OK", 10.0, 12.0, (LOST, DONE), 5, '{"n":1}', usage=USAGE)
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


def sentences_of_the_checker():
    """What each rule says, as a pattern."""
    for node in ast.walk(ast.parse(inspect.getsource(checker))):
        if isinstance(node, ast.Yield):
            assert isinstance(node.value, ast.JoinedStr), ast.unparse(node)
            parts = (re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in node.value.values)
            yield "".join(parts)


def planted():
    """Every test above, with each of its parameters."""
    for name, test in list(globals().items()):
        if name.startswith("test_") and name != "test_every_rule_of_the_checker_has_its_planted_violation":
            marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
            for names, values in (mark.args for mark in marks):
                for value in values:
                    yield test, dict(zip(names, value, strict=True)) if isinstance(names, tuple) else {names: value}
            if not marks:
                yield test, {}


def test_every_rule_of_the_checker_has_its_planted_violation(monkeypatch):
    said = []
    monkeypatch.setitem(globals(), "the_one", lambda broken, _: said.extend(broken))
    for test, arguments in planted():
        test(**arguments)
    patterns = list(sentences_of_the_checker())
    assert len(patterns) > 30
    silent = [pattern for pattern in patterns if not any(re.fullmatch(pattern, sentence) for sentence in said)]
    assert not silent
