"""A history in which every promise was kept, for tests that plant in it one that was not."""

from dataclasses import replace

from tests.chaos.checker import violations
from tests.chaos.history import Asked, Call, EndedTask, FinalState, Outcome, SeenAttempt, SeenEvent, SeenTask, SeenUsage

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
