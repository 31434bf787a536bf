"""Events as rows, whole logs as one document, and back: what is encoded comes back equal, a property test holds it."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from aion.adapters.storage.times import from_us, to_us
from aion.domain.events import EventKind, TaskEvent

EVENT_COLUMNS = ("offset", "attempt", "kind", "time_us", "text", "data_json", "discard_from")


def encode_event(event: TaskEvent, time_us: int) -> tuple[Any, ...]:
    """The values of EVENT_COLUMNS; `time_us` is the event's time, which many events share."""
    offset, attempt, kind, _, text, data_json, discard_from = event
    return (offset, attempt, kind, time_us, text, data_json, discard_from)


def decode_event(row: Sequence[Any]) -> TaskEvent:
    """The event of a row with EVENT_COLUMNS."""
    offset, attempt, kind, time_us, text, data_json, discard_from = row
    return TaskEvent(offset, attempt, EventKind(kind), from_us(time_us), text, data_json, discard_from)


def encode_log(events: Iterable[TaskEvent]) -> str:
    """A whole log as one document; DONE leaves out its data, which is the task's result."""
    rows = [
        (
            event.offset,
            event.attempt,
            event.kind,
            to_us(event.time),
            event.text,
            "" if event.kind is EventKind.DONE else event.data_json,
            event.discard_from,
        )
        for event in events
    ]
    return orjson.dumps(rows).decode()


class ParsedLog:
    """A whole log, of which events are made when they are asked for: that costs ten times as much as parsing it."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[list[Any]]) -> None:
        self._rows = rows

    @classmethod
    def of(cls, document: str, result_json: str | None) -> "ParsedLog":
        """What `encode_log` wrote, DONE with the task's result again."""
        rows = orjson.loads(document)
        if rows and rows[-1][2] == EventKind.DONE:
            rows[-1][5] = result_json or ""
        return cls(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def events(self, after: int, limit: int) -> list[TaskEvent]:
        """Up to `limit` events after an offset; offsets are dense and begin at 1."""
        return [decode_event(row) for row in self._rows[after : after + limit]]
