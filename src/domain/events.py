"""The log of a task: dense offsets, and one text that is the fold of its events."""

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple


class EventKind(IntEnum):
    """What an event says; the numbers are the contract's."""

    TOKEN = 1
    PARTIAL = 2
    LOG = 3
    RESET = 4
    DONE = 5
    ERROR = 6

    @property
    def ends(self) -> bool:
        """Whether the log ends with it."""
        return self is EventKind.DONE or self is EventKind.ERROR


# Tuples with names, both: every token of every stream is one, and a frozen dataclass takes twice as long to make.
class NewEvent(NamedTuple):
    """An event that an engine wrote and that has no offset yet: TOKEN and LOG carry `text`, PARTIAL `data_json`."""

    kind: EventKind
    text: str = ""
    data_json: str = ""


class TaskEvent(NamedTuple):
    """One event of a task's log. `discard_from` is the first void offset of a RESET, else 0."""

    offset: int
    attempt: int
    kind: EventKind
    time: datetime
    text: str = ""
    data_json: str = ""
    discard_from: int = 0


def text_of(events: Iterable[TaskEvent]) -> str:
    """The text that these events make: tokens in order, without what a RESET made void."""
    pieces: list[tuple[int, str]] = []
    for event in events:
        if event.kind is EventKind.TOKEN:
            pieces.append((event.offset, event.text))
        elif event.kind is EventKind.RESET:
            pieces = [piece for piece in pieces if piece[0] < event.discard_from]
    return "".join(text for _, text in pieces)
