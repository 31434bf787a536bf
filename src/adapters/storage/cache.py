"""Committed tasks and their logs in memory, so that the common read and every transition need no SELECT.

One thread writes (the store's writer, after each commit), any thread reads. A reader takes one immutable `Entry` out of
a dictionary: the task and the log that belongs to it, never a mixture of two moments.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from aion.domain.events import TaskEvent
from aion.domain.tasks import Task, TaskState

Key = tuple[str, str]

_ENTRY_WEIGHT = 2_000
_LOG_EVENTS = 4_096
_LOG_WEIGHT = 1 << 20


class LogTail:
    """The last events of a log, all that are there from `start` on. Only grows; who reads knows how far."""

    __slots__ = ("_events", "first_seq", "start", "weight")

    def __init__(self, start: int, first_seq: int) -> None:
        self.start = start
        self.first_seq = first_seq
        self.weight = 0
        self._events: list[TaskEvent] = []

    def grown(self, events: Sequence[TaskEvent]) -> "LogTail":
        """This tail with more events, or a shorter one that begins later when it would hold too much."""
        self._events.extend(events)
        for event in events:
            self.weight += len(event.text) + len(event.data_json)
        if len(self._events) <= _LOG_EVENTS and self.weight <= _LOG_WEIGHT:
            return self
        kept = self._events[len(self._events) // 2 + 1 :]
        return LogTail(self.start + len(self._events) - len(kept), self.first_seq).grown(kept)

    def read(self, after: int, last: int, limit: int) -> Sequence[TaskEvent] | None:
        """Up to `limit` events after an offset, none beyond `last`; None when they begin before this tail."""
        begin = after + 1 - self.start
        if begin < 0:
            return None
        return self._events[begin : min(begin + limit, last + 1 - self.start)]


class Entry(NamedTuple):
    """One committed task, its row number, and the tail of its log (None: read it from disk)."""

    task: Task
    seq: int
    log: LogTail | None

    @property
    def weight(self) -> int:
        """About how many bytes this takes."""
        task, log = self.task, self.log
        return (
            _ENTRY_WEIGHT + len(task.input_json) + len(task.result_json or "") + (log.weight if log is not None else 0)
        )


class TaskCache:
    """Tasks by key. RUNNING ones stay, the others go, oldest change first, when they weigh too much together."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: dict[Key, Entry] = {}
        self._weights: dict[Key, int] = {}
        # What may go, oldest change first. No dict: it finds its first key ever more slowly when the first ones go.
        self._may_go: OrderedDict[Key, None] = OrderedDict()
        self._weight = 0

    def get(self, key: Key) -> Entry | None:
        """The committed entry, if it is here."""
        return self._entries.get(key)

    def put(self, key: Key, entry: Entry) -> None:
        """A new committed entry. Only the writer calls this."""
        weight = entry.weight
        self._weight += weight - self._weights.pop(key, 0)
        self._weights[key] = weight
        self._entries[key] = entry
        self._may_go.pop(key, None)
        if entry.task.state is not TaskState.RUNNING:
            self._may_go[key] = None
        while self._weight > self._capacity and self._may_go:
            self.drop(next(iter(self._may_go)))

    def drop(self, key: Key) -> None:
        """Forgets an entry. Only the writer calls this."""
        self._weight -= self._weights.pop(key, 0)
        self._may_go.pop(key, None)
        self._entries.pop(key, None)

    def clear(self) -> None:
        """Forgets all."""
        self._entries.clear()
        self._may_go.clear()
        self._weights.clear()
        self._weight = 0
