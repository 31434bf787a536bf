"""Deletes what nobody needs any more, a short window of rows at a time.

A window begins where the last one ended and starts over at the end of the table, or at the first task that is too young
to go whoever has it: rows lie in the order in which their tasks were accepted. One of the future says nothing of what
lies behind it. So a pass costs the same however much there is, and no index has to be kept for it. What retention makes
old is looked for by a reader, so that a walk through a large table costs the writer only what it deletes; what ended
stays as it is, so a finding cannot get wrong meanwhile, unless a delivery of it is replayed.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aion.adapters.storage import sweeping_statements as sql
from aion.adapters.storage.times import from_us, to_us
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.webhooks import keys as webhook_keys
from aion.domain.retention import Kept, RetentionPolicy
from aion.domain.tasks import TaskState

_WINDOWS = 8
"""How many windows one pass looks at, at most, when few of their rows can go."""

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Doomed:
    """What one look found: the rows that may go, and whether there is more behind them."""

    rows: Sequence[Row]
    more: bool


class Sweeper:
    """Remembers how far it came in each table. Looks run in a reader's thread, deletions in the writer."""

    def __init__(self) -> None:
        self._events_after = 0
        self._keys_after = 0
        self._logs_after = 0
        self._tasks_after = 0
        self._facts_after = 0
        self._api_keys_after = ""

    def purge(self, limit: int, transaction: Transaction) -> int:
        """Deletes up to `limit` rows: events whose log is compacted, and expired keys of tasks and webhooks."""
        deleted = 0
        for sweep in (self._compacted_events, self._expired_keys, _expired_webhook_keys):
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
        doomed = [(seq,) for seq, expire_us in window if expire_us <= transaction.believed_us]
        transaction.connection.executemany(sql.DELETE_KEY, doomed)
        return len(doomed), more

    def old_logs(self, connection: sqlite3.Connection, policy: RetentionPolicy, now: datetime, limit: int) -> Doomed:
        """Logs of tasks that ended too long ago."""
        window = connection.execute(sql.WINDOW_OF_LOGS, (self._logs_after, limit)).fetchall()
        found = _over(window, lambda tenant: policy.of(tenant).events, now)
        self._logs_after = _next_window(window, limit, policy.shortest_events, now)
        return Doomed(found, self._logs_after > 0)

    def old_tasks(self, connection: sqlite3.Connection, policy: RetentionPolicy, now: datetime, limit: int) -> Doomed:
        """Tasks that ended too long ago and are needed by nothing else."""
        window = connection.execute(sql.WINDOW_OF_TASKS, (to_us(now), self._tasks_after, limit)).fetchall()
        found = [row for row in _over(window, lambda tenant: policy.of(tenant).tasks, now) if not row[6]]
        self._tasks_after = _next_window(window, limit, policy.shortest_tasks, now)
        return Doomed(found, self._tasks_after > 0)

    def old_facts(self, connection: sqlite3.Connection, policy: RetentionPolicy, now: datetime, limit: int) -> Doomed:
        """Facts that wait too long."""
        if policy.undelivered is None:
            return Doomed((), more=False)
        before_us = to_us(now - policy.undelivered)
        window = connection.execute(sql.WINDOW_OF_FACTS, (self._facts_after, limit)).fetchall()
        self._facts_after = _next_window(window, limit, policy.undelivered, now)
        return Doomed([row for row in window if row[4] < before_us], self._facts_after > 0)

    def old_api_keys(
        self, connection: sqlite3.Connection, policy: RetentionPolicy, now: datetime, limit: int
    ) -> Doomed:
        """API keys that were revoked or expired too long ago."""
        window = connection.execute(sql.WINDOW_OF_API_KEYS, (self._api_keys_after, limit)).fetchall()
        self._api_keys_after = window[-1][0] if len(window) == limit else ""
        found = []
        for key_id, tenant, expire_us, revoke_us in window:
            ends = [us for us in (expire_us, revoke_us) if us is not None]
            span = policy.of(tenant).api_keys
            if span is not None and ends and from_us(min(ends)) + span < now:
                found.append((key_id,))
        return Doomed(found, self._api_keys_after != "")


def forget_logs(doomed: Sequence[Row], transaction: Transaction) -> int:
    """Deletes logs; their tasks stay."""
    deleted = transaction.connection.executemany(sql.DELETE_LOG, [(row[0],) for row in doomed]).rowcount
    for _, tenant, task_id, *_ in doomed:
        transaction.forget((tenant, task_id))
    return deleted


def forget_tasks(doomed: Sequence[Row], transaction: Transaction) -> int:
    """Deletes tasks with their logs and keys, and leaves a tombstone for each; one that is needed again stays."""
    connection = transaction.connection
    gone = [(row[1], row[2]) for row in doomed if connection.execute(sql.DELETE_TASK, (row[0],)).rowcount]
    connection.executemany(sql.INSERT_TOMBSTONE, [(*key, transaction.now_us) for key in gone])
    for key in gone:
        transaction.forget(key)
    transaction.memory.has_tombstones = transaction.memory.has_tombstones or bool(gone)
    return len(gone)


def forget_api_keys(doomed: Sequence[Row], transaction: Transaction) -> int:
    """Deletes API keys."""
    return transaction.connection.executemany(sql.DELETE_API_KEY, doomed).rowcount


def forget_facts(doomed: Sequence[Row], transaction: Transaction) -> int:
    """Deletes facts; how many: those that somebody took since the look are gone already."""
    return transaction.connection.executemany(sql.DELETE_FACT, [(row[0],) for row in doomed]).rowcount


def _expired_webhook_keys(rows: int, transaction: Transaction) -> tuple[int, bool]:
    deleted = webhook_keys.forget_expired(rows, transaction)
    return deleted, deleted == rows


def _over(window: Sequence[Row], kept_by: Callable[[str], Kept], now: datetime) -> list[Row]:
    return [
        row for row in window if row[5] is not None and kept_by(row[1]).is_over(TaskState(row[3]), from_us(row[5]), now)
    ]


def _next_window(window: Sequence[Row], limit: int, shortest: timedelta | None, now: datetime) -> int:
    """Where the next window of tasks or facts begins: at the start again once it reached what is too young to go."""
    if len(window) < limit or shortest is None or now - shortest <= from_us(window[-1][4]) <= now:
        return 0
    return int(window[-1][0])
