"""Deletes what nobody needs any more, a short window of rows at a time.

A window begins where the last one ended and starts over at the end of the table, or at the first task that is too young
to go: rows lie in the order in which their tasks were accepted. So a pass costs the same however much there is, and no
index has to be kept for it.
"""

from collections.abc import Sequence
from typing import Any

from aion.adapters.storage import statements as sql
from aion.adapters.storage.transaction import Transaction

_WINDOWS = 8
"""How many windows one pass looks at, at most, when few of their rows can go."""


class Sweeper:
    """Remembers how far it came in each table. Runs in the writer."""

    def __init__(self) -> None:
        self._events_after = 0
        self._keys_after = 0
        self._logs_after = 0
        self._tasks_after = 0

    def purge(self, limit: int, transaction: Transaction) -> int:
        """Deletes up to `limit` rows: events whose log is compacted, and expired idempotency records."""
        deleted = 0
        for sweep in (self._compacted_events, self._expired_keys):
            for _ in range(_WINDOWS):
                room = limit - deleted
                if room <= 0:
                    break
                doomed, more = sweep(room, transaction)
                deleted += doomed
                if not more:
                    break
        return deleted

    def _compacted_events(self, rows: int, transaction: Transaction) -> tuple[int, bool]:
        window = transaction.connection.execute(sql.WINDOW_OF_EVENTS, (self._events_after, rows)).fetchall()
        more = len(window) == rows
        self._events_after = window[-1][0] if more else 0
        doomed = [(seq,) for seq, compacted in window if compacted is not None]
        transaction.connection.executemany(sql.DELETE_EVENT, doomed)
        return len(doomed), more

    def _expired_keys(self, rows: int, transaction: Transaction) -> tuple[int, bool]:
        window = transaction.connection.execute(sql.WINDOW_OF_KEYS, (self._keys_after, rows)).fetchall()
        more = len(window) == rows
        self._keys_after = window[-1][0] if more else 0
        doomed = [(seq,) for seq, expire_us in window if expire_us <= transaction.now_us]
        transaction.connection.executemany(sql.DELETE_KEY, doomed)
        return len(doomed), more

    def forget_logs(self, ended_before_us: int, limit: int, transaction: Transaction) -> int:
        """Deletes the logs of tasks that ended before; the tasks stay."""
        window = transaction.connection.execute(sql.WINDOW_OF_LOGS, (self._logs_after, limit)).fetchall()
        self._logs_after = _next_window(window, limit, ended_before_us)
        doomed = [row for row in window if row[4] is not None and row[4] < ended_before_us]
        transaction.connection.executemany(sql.DELETE_LOG, [(row[0],) for row in doomed])
        for _, tenant, task_id, *_ in doomed:
            transaction.forget((tenant, task_id))
        return len(doomed)

    def forget_tasks(self, ended_before_us: int, limit: int, transaction: Transaction) -> int:
        """Deletes tasks that ended before, with their logs and keys, and leaves a tombstone for each."""
        connection = transaction.connection
        window = connection.execute(sql.WINDOW_OF_TASKS, (transaction.now_us, self._tasks_after, limit)).fetchall()
        self._tasks_after = _next_window(window, limit, ended_before_us)
        doomed = [row for row in window if row[4] is not None and row[4] < ended_before_us and not row[5]]
        connection.executemany(
            sql.INSERT_TOMBSTONE, [(tenant, task_id, transaction.now_us) for _, tenant, task_id, *_ in doomed]
        )
        connection.executemany(sql.DELETE_TASK, [(row[0],) for row in doomed])
        for _, tenant, task_id, *_ in doomed:
            transaction.forget((tenant, task_id))
        transaction.memory.has_tombstones = transaction.memory.has_tombstones or bool(doomed)
        return len(doomed)


def _next_window(window: Sequence[Sequence[Any]], limit: int, ended_before_us: int) -> int:
    """Where the next window of tasks begins: at the start again once it reached tasks that are too young to go."""
    if len(window) < limit or window[-1][3] >= ended_before_us:
        return 0
    return int(window[-1][0])
