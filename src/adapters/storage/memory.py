"""What the one owner of a store keeps in memory: a cache of tasks, the queue's index, the leases, the counters.

All of it but the last number of a task and what the clock was set by can be made again from the tables, and is when a
transaction fails: so a step may change it while it computes, long before the commit. Readers see the cache only, which
changes after the commit.
"""

import sqlite3
from datetime import timedelta

from aion.adapters.storage import statements as sql
from aion.adapters.storage.cache import TaskCache
from aion.adapters.storage.lazy_heap import LazyHeap
from aion.adapters.storage.times import to_us, us_or_none
from aion.adapters.storage.waiting import MOST_IN_MEMORY, WaitingTask, WaitingTasks
from aion.adapters.storage.webhooks.index import WebhookIndex
from aion.domain.tasks import Task, TaskState

CACHE_BYTES = 64 << 20


class StoreMemory:
    """The writer's picture of the store."""

    def __init__(self, most_waiting: int = MOST_IN_MEMORY) -> None:
        self._most_waiting = most_waiting
        self.cache = TaskCache(CACHE_BYTES)
        self.waiting = WaitingTasks(most_waiting)
        self.leases: LazyHeap[int] = LazyHeap()
        self.last_task = 0
        self.last_event = 0
        self.last_outbox = 0
        self.has_tombstones = False
        self.webhooks = WebhookIndex()
        self.next_due_us: int | None = None
        self.clock_set_by = timedelta()
        """How far the clock was set since the store was opened, all in all: so far claims of deliveries were moved."""

    def load(self, connection: sqlite3.Connection, now_us: int) -> None:
        """Makes everything anew from the tables; the cache fills as tasks are touched."""
        self.cache.clear()
        self.waiting = WaitingTasks(self._most_waiting)
        self.leases = LazyHeap()
        # Never a number twice, also when the newest rows are gone: who holds an earlier task still asks by it.
        self.last_task = max(self.last_task, connection.execute(sql.SELECT_LAST_TASK).fetchone()[0])
        self.last_event = connection.execute(sql.SELECT_LAST_EVENT).fetchone()[0]
        self.last_outbox = connection.execute(sql.SELECT_LAST_OUTBOX).fetchone()[0]
        self.has_tombstones = connection.execute(sql.SELECT_ANY_TOMBSTONE).fetchone() is not None
        self.webhooks.load(connection)
        for (
            tenant,
            task_id,
            engine,
            state,
            priority,
            create_us,
            expire_us,
            not_before_us,
            lease_us,
        ) in connection.execute(sql.SELECT_LIVE):
            key = (tenant, task_id)
            if state == TaskState.RUNNING:
                self.leases.put(key, lease_us)
            else:
                held_back = _held_back(not_before_us, now_us)
                self.waiting.add(WaitingTask(key, engine, priority, create_us, expire_us, held_back))
        self.refill(connection, now_us)

    def refill(self, connection: sqlite3.Connection, now_us: int) -> bool:
        """Brings waiting tasks from disk where they ran out here, of a line or held back. Whether it brought any, or
        any were released since the last time, and workers are to be told.

        Only between transactions, when tables and memory say the same.
        """
        hungry = self.waiting.hungry()
        for line, asked in hungry:
            tenant, engine = line
            rows = connection.execute(sql.SELECT_WAITING, (tenant, engine, now_us, asked))
            first = [
                WaitingTask((tenant, task_id), engine, priority, create_us, expire_us, None)
                for task_id, priority, create_us, expire_us in rows
            ]
            self.waiting.feed(line, first, asked)
        for line in self.waiting.unknown_expiries():
            self.waiting.expiry_on_disk(line, connection.execute(sql.SELECT_NEXT_EXPIRY, line).fetchone()[0])
        held_back = self.waiting.held_back_wanted()
        if held_back is not None:
            place, asked = held_back
            rows = connection.execute(sql.SELECT_HELD_BACK, (*place, asked))
            first = [
                WaitingTask((tenant, task_id), engine, priority, create_us, expire_us, until_us)
                for tenant, task_id, engine, priority, create_us, expire_us, until_us in rows
            ]
            self.waiting.feed_held_back(first, asked, now_us)
        self.refresh_due()
        return self.waiting.any_released() or bool(hungry) or held_back is not None

    def moved(self, before: TaskState | None, task: Task) -> None:
        """A task went from one state (None: it is new) to the one that it is in now."""
        key, state = task.key, task.state
        if before is TaskState.PENDING:
            self.waiting.remove(key, task.decision.engine)
        if state is TaskState.RUNNING:
            if task.lease is not None:
                self.leases.put(key, to_us(task.lease.expires))
        elif before is TaskState.RUNNING:
            self.leases.discard(key)
        if state is TaskState.PENDING:
            not_before_us = us_or_none(task.not_before)
            self.waiting.add(
                WaitingTask(
                    key,
                    task.decision.engine,
                    task.priority.value,
                    to_us(task.create_time),
                    to_us(task.waits_until),
                    not_before_us,
                )
            )

    def refresh_due(self) -> None:
        """Works out when something is due next; any thread may read the answer."""
        lease = self.leases.first()
        times = [time for time in (self.waiting.next_due(), lease and lease[0]) if time is not None]
        self.next_due_us = min(times, default=None)


def _held_back(not_before_us: int | None, now_us: int) -> int | None:
    """A pause that is over holds nothing back."""
    return not_before_us if not_before_us is not None and not_before_us > now_us else None
