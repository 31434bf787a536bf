"""One transaction while it grows: what steps of several callers want written, each task once.

Steps read through it (their own writes first, then the cache, then the table) and hand it changes. `flush` writes them
all; a task that was accepted and settled in the same transaction costs one INSERT. Nothing is visible before `publish`.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aion.adapters.storage import statements as sql
from aion.adapters.storage.cache import Entry, Key, LogTail
from aion.adapters.storage.codec import decode_task, encode_asked, encode_life
from aion.adapters.storage.event_codec import decode_event, encode_event, encode_log
from aion.adapters.storage.json_columns import encode_list
from aion.adapters.storage.memory import StoreMemory
from aion.adapters.storage.queries import grown
from aion.adapters.storage.times import to_us
from aion.domain.events import TaskEvent
from aion.domain.lifecycle import Change
from aion.domain.tasks import Task, TaskState
from aion.domain.writes import Accept, IdempotencyKey

_ALL_ROWS = -1


@dataclass(slots=True)
class StagedTask:
    """A task that this transaction changes."""

    task: Task
    seq: int
    is_new: bool
    log: LogTail | None
    committed_offset: int
    events: list[TaskEvent] = field(default_factory=list)
    grew_only: bool = False
    """Whether nothing but its log, and what counts that, has changed."""


@dataclass(slots=True)
class Notices:
    """Whom to wake once the transaction is committed."""

    changed: dict[Key, None] = field(default_factory=dict)
    canceled: list[Key] = field(default_factory=list)
    ended: list[Task] = field(default_factory=list)
    work_arrived: bool = False


class Transaction:
    """All that one commit writes. `now` is the time of everything in it; `believed` is earlier while the clock may be
    ahead, and says what is over for good.
    """

    def __init__(self, connection: sqlite3.Connection, memory: StoreMemory, now: datetime, believed: datetime) -> None:
        self.connection = connection
        self.memory = memory
        self.now = now
        self.now_us = to_us(now)
        self.believed_us = to_us(believed)
        self.notices = Notices()
        self._staged: dict[Key, StagedTask] = {}
        self._keys: dict[tuple[str, str, str, str], tuple[bytes, StagedTask, int]] = {}
        self._events_before = memory.last_event
        self._facts: list[tuple[int, str, str, str, int]] = []
        self._forgotten: set[Key] = set()
        self._free_ids: set[Key] = set()
        self._free_keys: set[tuple[str, str, str, str]] = set()

    def look_ahead(self, accepts: Sequence[Accept]) -> None:
        """Finds out in two queries which ids and keys of all these are free, instead of two queries for each."""
        cache = self.memory.cache
        ids = {value.task.key for value in accepts if cache.get(value.task.key) is None}
        keys = {_scope(value.task.tenant, value.idempotency) for value in accepts if value.idempotency is not None}
        if ids:
            self._free_ids = ids.difference(self.connection.execute(sql.SELECT_TAKEN_IDS, (encode_list(ids),)))
        if keys:
            self._free_keys = keys.difference(self.connection.execute(sql.SELECT_USED_KEYS, (encode_list(keys),)))

    def find(self, tenant: str, task_id: str) -> Task | None:
        """The task as this transaction would leave it, or None."""
        key = (tenant, task_id)
        staged = self._staged.get(key)
        if staged is not None:
            return staged.task
        entry = self._entry(key)
        return None if entry is None else entry.task

    def find_by_key(self, tenant: str, key: IdempotencyKey) -> tuple[bytes, Task] | None:
        """The fingerprint under an idempotency key that has not expired, and the task that it made."""
        scope = _scope(tenant, key)
        staged = self._keys.get(scope)
        if staged is not None:
            return staged[0], staged[1].task
        if scope in self._free_keys:
            return None
        row = self.connection.execute(sql.SELECT_KEY, (*scope, self.believed_us)).fetchone()
        if row is None:
            return None
        found = self.connection.execute(sql.SELECT_TASK_BY_SEQ, (row[1], tenant)).fetchone()
        stored = decode_task(found[1:])
        return row[0], self.find(tenant, stored.task_id) or stored

    def is_tombstone(self, tenant: str, task_id: str) -> bool:
        """Whether a purged task had this id."""
        if not self.memory.has_tombstones:
            return False
        return self.connection.execute(sql.SELECT_TOMBSTONE, (tenant, task_id)).fetchone() is not None

    def create(self, change: Change, key: IdempotencyKey | None) -> None:
        """A new task, and the key under which a retry finds it."""
        task, memory = change.task, self.memory
        memory.last_task += 1
        staged = StagedTask(task, memory.last_task, True, None, 0)
        self._staged[task.key] = staged
        if key is not None:
            self._keys[_scope(task.tenant, key)] = (key.fingerprint, staged, to_us(self.now + key.kept_for))
        self._record(staged, None, change)

    def write(self, change: Change) -> None:
        """The next state of a task that `find` returned."""
        staged = self._stage(change.task.key)
        staged.grew_only = False
        before, staged.task = staged.task, change.task
        self._record(staged, before, change)

    def grow(self, change: Change) -> None:
        """A task that `find` returned with a longer log, and otherwise as it was: only the events are written, and say
        how long its log is (`queries.grown`). To write the task each time would be most of what a token costs.
        """
        staged = self._stage(change.task.key)
        staged.task = change.task
        staged.events.extend(change.events)
        if change.events:
            self.notices.changed[change.task.key] = None

    def forget(self, key: Key) -> None:
        """What memory has of this task is no longer true; the step itself has changed the tables."""
        self._forgotten.add(key)

    def flush(self) -> None:
        """Sends everything to the database."""
        self._events_before = self.memory.last_event
        new: list[tuple[Any, ...]] = []
        known: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        logs: list[tuple[int, str, str]] = []
        for staged in self._staged.values():
            task = staged.task
            if staged.is_new:
                new.append((staged.seq, *encode_asked(task), *encode_life(task)))
            elif not staged.grew_only:
                known.append((*encode_life(task), staged.seq))
            if task.state.ended and staged.events:
                logs.append((staged.seq, task.tenant, encode_log([*self._earlier_events(staged), *staged.events])))
            else:
                events.extend(self._event_rows(staged))
        keys = [(*scope, mark, made.seq, until) for scope, (mark, made, until) in self._keys.items()]
        for statement, rows in (
            (sql.INSERT_TASKS, new),
            (sql.UPDATE_TASKS, known),
            (sql.INSERT_EVENTS, events),
            (sql.INSERT_LOGS, logs),
            (sql.PUT_KEYS, keys),
            (sql.INSERT_FACTS, self._facts),
        ):
            statement.write(self.connection, rows)
        self.memory.webhooks.plan(self.connection, self.notices.ended, self.now)

    def publish(self) -> None:
        """After the commit: lets readers see it."""
        cache = self.memory.cache
        for key, staged in self._staged.items():
            log = staged.log
            if log is None and staged.committed_offset == 0:
                log = LogTail(1, self._events_before)
            if log is not None and staged.events:
                log = log.grown(staged.events)
            cache.put(key, Entry(staged.task, staged.seq, log))
        for key in self._forgotten:
            cache.drop(key)

    def _stage(self, key: Key) -> StagedTask:
        staged = self._staged.get(key)
        if staged is None:
            entry = self._entry(key)
            if entry is None:
                raise LookupError(f"{key} was not found in this transaction")
            staged = StagedTask(entry.task, entry.seq, False, entry.log, entry.task.last_offset, grew_only=True)
            self._staged[key] = staged
        return staged

    def _entry(self, key: Key) -> Entry | None:
        entry = None if key in self._forgotten else self.memory.cache.get(key)
        if entry is not None or key in self._free_ids:
            return entry
        row = self.connection.execute(sql.SELECT_TASK, key).fetchone()
        return None if row is None else Entry(grown(self.connection, row[0], decode_task(row[1:])), row[0], None)

    def _record(self, staged: StagedTask, before: Task | None, change: Change) -> None:
        task, memory, notices = change.task, self.memory, self.notices
        staged.events.extend(change.events)
        for name in change.facts:
            memory.last_outbox += 1
            self._facts.append((memory.last_outbox, task.tenant, task.task_id, name, self.now_us))
        memory.moved(before.state if before is not None else None, task)
        # A renewed lease is nobody's news: waking every watcher once a second would cost a read each.
        if change.events or before is None or before.state is not task.state or task.cancel_requested:
            notices.changed[task.key] = None
        if task.state.ended and (before is None or not before.state.ended):
            notices.ended.append(task)
        if task.state is TaskState.PENDING:
            notices.work_arrived = True
        elif task.state is TaskState.RUNNING and task.cancel_requested and before and not before.cancel_requested:
            notices.canceled.append(task.key)

    def _event_rows(self, staged: StagedTask) -> list[tuple[Any, ...]]:
        rows, number, tenant, seq = [], self.memory.last_event, staged.task.tenant, staged.seq
        for event in staged.events:
            number += 1
            time_us = self.now_us if event.time is self.now else to_us(event.time)
            rows.append((number, tenant, seq, *encode_event(event, time_us)))
        self.memory.last_event = number
        return rows

    def _earlier_events(self, staged: StagedTask) -> Sequence[TaskEvent]:
        """The events of this task that earlier transactions committed."""
        last = staged.committed_offset
        if last == 0:
            return ()
        if staged.log is not None and (in_memory := staged.log.read(0, last, last)) is not None:
            return in_memory
        first_seq = staged.log.first_seq if staged.log is not None else 0
        rows = self.connection.execute(sql.SELECT_EVENTS, (first_seq, staged.seq, 0, _ALL_ROWS))
        return [decode_event(row) for row in rows]


def _scope(tenant: str, key: IdempotencyKey) -> tuple[str, str, str, str]:
    return (tenant, key.principal, key.operation, key.key)
