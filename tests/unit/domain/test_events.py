"""The text is the fold of the events."""

from aion.domain.events import EventKind, TaskEvent, text_of
from tests.sample_tasks import START


def event(offset, kind, text="", discard_from=0):
    return TaskEvent(offset, 1, kind, START, text, "", discard_from)


def test_tokens_make_the_text_in_order():
    events = [event(1, EventKind.TOKEN, "a"), event(2, EventKind.LOG, "no"), event(3, EventKind.TOKEN, "b")]
    assert text_of(events) == "ab"


def test_a_reset_makes_void_what_came_from_its_offset_on():
    events = [
        event(1, EventKind.TOKEN, "kept "),
        event(2, EventKind.TOKEN, "void"),
        event(3, EventKind.RESET, discard_from=2),
        event(4, EventKind.TOKEN, "new"),
    ]
    assert text_of(events) == "kept new"


def test_nothing_makes_no_text():
    assert text_of([]) == ""


def test_only_done_and_error_end_a_log():
    assert [kind for kind in EventKind if kind.ends] == [EventKind.DONE, EventKind.ERROR]
