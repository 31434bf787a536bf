"""The log of a task: dense offsets from 1 on, and one text that is the fold of its events."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What an event says."""

    UNKNOWN = "UNKNOWN"
    TOKEN = "TOKEN"  # noqa: S105 - a piece of text, no secret
    PARTIAL = "PARTIAL"
    LOG = "LOG"
    RESET = "RESET"
    DONE = "DONE"
    ERROR = "ERROR"

    @property
    def ends(self) -> bool:
        """Whether the log ends with it."""
        return self in {EventKind.DONE, EventKind.ERROR}


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a task's log.

    `text` is the piece of a TOKEN, the line of a LOG, the reason of an ERROR. `discard_from` is the first offset that a
    RESET makes void, else 0. `attempt` is 0 when no attempt wrote it.
    """

    offset: int
    kind: EventKind
    attempt: int
    text: str
    data_json: str
    discard_from: int
    create_time: datetime | None

    @property
    def data(self) -> Any:
        """The snapshot of a PARTIAL, the result of a DONE, else None; a new object each time."""
        return json.loads(self.data_json) if self.data_json else None


class TextFold:
    """The text that the events so far make: tokens in order, without what a RESET made void."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, str]] = []

    def add(self, event: Event) -> None:
        """Take the next event of the log."""
        if event.kind is EventKind.TOKEN:
            self._pieces.append((event.offset, event.text))
        elif event.kind is EventKind.RESET:
            self._pieces = [piece for piece in self._pieces if piece[0] < event.discard_from]

    @property
    def text(self) -> str:
        """The text up to the last event that was added."""
        return "".join(text for _, text in self._pieces)


def text_of(events: Iterable[Event]) -> str:
    """The text that these events make."""
    fold = TextFold()
    for event in events:
        fold.add(event)
    return fold.text
