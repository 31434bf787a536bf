"""Logs of ended tasks, read from disk: one row holds a whole log, a reader wants it a piece at a time.

A long log is parsed once for all the pieces that follow; an event is made when it is asked for. What is kept is
bounded, and it never changes: an ended task's log can only be forgotten.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final

from aion.adapters.storage import statements as sql
from aion.adapters.storage.cache import Entry, Key
from aion.adapters.storage.event_codec import ParsedLog
from aion.domain.events import TaskEvent

MOST_EVENTS_KEPT: Final = 200_000
"""Twice the longest log that a task can write: about 60 MB."""


class EndedLogs:
    """The logs that were read last. Runs in the reader's thread; `clear` may come from any."""

    def __init__(self, most_events: int = MOST_EVENTS_KEPT) -> None:
        self._most_events = most_events
        self._kept: OrderedDict[tuple[Key, int], ParsedLog] = OrderedDict()
        self._lock = Lock()

    def read(self, connection: sqlite3.Connection, entry: Entry, after: int, limit: int) -> Sequence[TaskEvent] | None:
        """Up to `limit` events after an offset, or None when the log is no longer kept."""
        whose = (entry.task.key, entry.seq)
        with self._lock:
            log = self._kept.get(whose)
            if log is None:
                row = connection.execute(sql.SELECT_LOG, (entry.seq,)).fetchone()
                if row is None:
                    return None
                log = ParsedLog.of(row[0], entry.task.result_json)
                if after + limit < len(log):
                    self._keep(whose, log)
            else:
                self._kept.move_to_end(whose)
        return log.events(after, limit)

    def clear(self) -> None:
        """Forgets all, because logs were deleted."""
        with self._lock:
            self._kept.clear()

    def _keep(self, whose: tuple[Key, int], log: ParsedLog) -> None:
        self._kept[whose] = log
        while sum(map(len, self._kept.values())) > self._most_events and len(self._kept) > 1:
            self._kept.popitem(last=False)
