"""The embedded store: tasks, their queue, their logs and the outbox in one SQLite file with one owner process.

Writes are values for the group-commit writer; reads come from memory, and from disk when they are not there.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from aion.adapters.storage import queries, steps, sweeping
from aion.adapters.storage.cache import Entry
from aion.adapters.storage.checkpoints import Checkpointer
from aion.adapters.storage.connections import BUSY_TIMEOUT, connect_file, connect_memory
from aion.adapters.storage.ended_logs import EndedLogs
from aion.adapters.storage.memory import StoreMemory
from aion.adapters.storage.opening import create, make_ready
from aion.adapters.storage.ownership import owned_directory
from aion.adapters.storage.reader import FileReader, Reader, WriterReader
from aion.adapters.storage.relay import forget_delivered, waiting_facts
from aion.adapters.storage.schedules import SqliteScheduleStore
from aion.adapters.storage.startup import startup_errors
from aion.adapters.storage.sweeping import Doomed, Row, Sweeper
from aion.adapters.storage.times import time_or_none, to_us
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.urls import StorageLocation
from aion.adapters.storage.waiting import MOST_IN_MEMORY
from aion.adapters.storage.webhooks.store import SqliteWebhookStore
from aion.adapters.storage.writer import APPEND, GroupCommitWriter
from aion.domain.errors import EventsExpired, OffsetOutOfRange
from aion.domain.events import TaskEvent
from aion.domain.identity import SystemScope
from aion.domain.leased import LeasedTask, Settled
from aion.domain.retention import RetentionPolicy
from aion.domain.tasks import Task
from aion.domain.writes import (
    Accept,
    Accepted,
    Append,
    Claim,
    IdempotencyKey,
    Reaped,
    RecordCost,
    Renew,
    Renewed,
    Settle,
)
from aion.ports.clock import Clock
from aion.ports.housekeeping import Housekeeping, Swept
from aion.ports.outbox import Outbox, OutboxEvent
from aion.ports.queues import TaskQueue
from aion.ports.signals import Signals
from aion.ports.tasks import TaskFilter, TaskPosition, TaskStore
from aion.ports.telemetry import StoreObserver

_log = logging.getLogger("aion.store")
_Look = Callable[..., Doomed]
_Forget = Callable[[Sequence[Row], Transaction], int]


class SqliteStore:
    """TaskStore, TaskQueue, Housekeeping and Outbox over one SQLite database. Make it with `open_store`."""

    def __init__(self, writer: GroupCommitWriter, reader: Reader, memory: StoreMemory, clock: Clock) -> None:
        self._writer = writer
        self._reader = reader
        self._memory = memory
        self._clock = clock
        self._sweeper = Sweeper()
        self._logs = EndedLogs()
        self.schedules = SqliteScheduleStore(writer, reader)
        self.webhooks = SqliteWebhookStore(writer, reader, memory.webhooks)

    @property
    def pending(self) -> int:
        """How many tasks wait for a worker, over all tenants."""
        return self._memory.waiting.total

    # Clients: read.

    async def get(self, tenant: str, task_id: str) -> Task:
        """The task as it is now."""
        return (await self._entry(tenant, task_id)).task

    async def list(self, tenant: str, filter: TaskFilter, after: TaskPosition | None, limit: int) -> Sequence[Task]:
        """A page of tasks without payloads, newest first."""
        page = partial(queries.page_of, tenant=tenant, filter=filter, after=after, limit=limit)
        return await self._reader.scan(tenant, page)

    async def find_replay(
        self, tenant: str, task_id: str, idempotency: IdempotencyKey | None, fingerprint: bytes
    ) -> Task | None:
        """The task of an earlier, identical call."""
        if idempotency is not None:
            now_us = to_us(self._writer.believed_now())
            found = await self._reader.by_key(
                partial(queries.task_of_key, tenant=tenant, key=idempotency, now_us=now_us)
            )
            if found is not None:
                cached = self._memory.cache.get(found[1].key)
                task = found[1] if cached is None else cached.task
                return steps.same_key(found[0], task, idempotency.fingerprint)
        if not task_id:
            return None
        entry = await self._entry_or_none(tenant, task_id)
        if entry is not None:
            return steps.same_task(entry.task, fingerprint)
        if self._memory.has_tombstones and await self._reader.by_key(
            partial(queries.is_tombstone, tenant=tenant, task_id=task_id)
        ):
            raise steps.purged(task_id)
        return None

    async def events(self, tenant: str, task_id: str, after_offset: int, limit: int) -> Sequence[TaskEvent]:
        """Committed events after an offset."""
        entry = await self._entry(tenant, task_id)
        last = entry.task.last_offset
        if after_offset > last:
            raise OffsetOutOfRange(
                f"the log of task {task_id} ends at offset {last}; ask for the events after {last} or an earlier one",
                facts={"task_id": task_id, "last_offset": str(last)},
            )
        if after_offset == last:
            return ()
        if entry.log is not None and (found := entry.log.read(after_offset, last, limit)) is not None:
            return found
        if not entry.task.state.ended:
            # The disk may know more already: who is given that would come back with an offset that is not there yet.
            seen = min(limit, last - after_offset)
            live = partial(queries.events_of_live, entry=entry, after=after_offset, limit=seen)
            return await self._reader.by_key(live)
        found = await self._reader.scan(tenant, partial(self._logs.read, entry=entry, after=after_offset, limit=limit))
        if found is None:
            raise EventsExpired(
                f"the events of task {task_id}, which ended {entry.task.state.name}, are no longer kept; "
                "read the task, it has the result",
                facts={"task_id": task_id, "state": entry.task.state.name},
            )
        return found

    # Clients: write.

    def accept(self, tenant: str, value: Accept) -> Awaitable[Accepted]:
        """Task, idempotency record and outbox event in one transaction."""
        if value.task.tenant != tenant:
            raise ValueError(f"the task {value.task.task_id} belongs to another tenant than {tenant}")
        return self._writer.submit("accept", partial(steps.accept, value), accepts=value)

    async def cancel(self, tenant: str, task_id: str) -> Task:
        """Asks a task to end."""
        return await self._writer.submit("cancel", partial(steps.cancel, tenant, task_id))

    # Workers.

    async def claim(self, scope: SystemScope, value: Claim) -> Sequence[LeasedTask]:
        """Leases tasks whose turn it is."""
        return await self._writer.submit("claim", partial(steps.claim, value))

    async def renew(self, scope: SystemScope, value: Renew) -> Sequence[Renewed]:
        """Keeps leases longer."""
        return await self._writer.submit("renew", partial(steps.renew, value))

    async def append(self, scope: SystemScope, value: Append) -> int:
        """Adds events under a fence."""
        return await self._writer.submit(APPEND, partial(steps.append, value))

    async def settle(self, scope: SystemScope, value: Settle) -> Settled:
        """Ends an attempt under its fence."""
        return await self._writer.submit("settle", partial(steps.settle, value))

    async def record_cost(self, scope: SystemScope, value: RecordCost) -> None:
        """Notes what an attempt has cost."""
        await self._writer.submit("record_cost", partial(steps.record_cost, value))

    async def reclaim(self, scope: SystemScope, owner: str, living: frozenset[str]) -> int:
        """Takes back the leases of workers that are gone."""
        return await self._writer.submit("reclaim", partial(steps.reclaim, owner, living))

    async def reap(self, scope: SystemScope) -> Reaped:
        """Ends what is overdue, if anything is."""
        due = self._memory.next_due_us
        if (due is None or due > to_us(self._clock.now())) and not self._writer.clock_was_set():
            return Reaped()
        return await self._writer.submit("reap", steps.reap)

    async def next_due(self, scope: SystemScope) -> datetime | None:
        """When something is due next."""
        return time_or_none(self._memory.next_due_us)

    # The system.

    async def purge(self, scope: SystemScope, limit: int) -> int:
        """Deletes expired idempotency keys, of webhooks too, and events whose log is compacted."""
        return await self._writer.submit("purge", partial(self._sweeper.purge, limit))

    async def forget_logs(self, scope: SystemScope, policy: RetentionPolicy, limit: int) -> Swept:
        """Deletes the logs of tasks that ended too long ago."""
        return await self._swept("forget_logs", self._sweeper.old_logs, sweeping.forget_logs, policy, limit)

    async def forget_tasks(self, scope: SystemScope, policy: RetentionPolicy, limit: int) -> Swept:
        """Deletes tasks that ended too long ago, leaving tombstones."""
        return await self._swept("forget_tasks", self._sweeper.old_tasks, sweeping.forget_tasks, policy, limit)

    async def forget_api_keys(self, scope: SystemScope, policy: RetentionPolicy, limit: int) -> Swept:
        """Deletes API keys that were revoked or expired too long ago."""
        return await self._swept("forget_api_keys", self._sweeper.old_api_keys, sweeping.forget_api_keys, policy, limit)

    async def forget_facts(self, scope: SystemScope, policy: RetentionPolicy, limit: int) -> Swept:
        """Gives up facts that nobody took in time, aloud: whoever waits for them will never get them."""
        swept = await self._swept("forget_facts", self._sweeper.old_facts, sweeping.forget_facts, policy, limit)
        if swept.deleted:
            _log.warning("%d facts were given up: nobody took them in time", swept.deleted)
        return swept

    async def waiting(self, scope: SystemScope, limit: int) -> Sequence[OutboxEvent]:
        """The oldest undelivered facts."""
        return await self._reader.system_scan(partial(waiting_facts, limit=limit))

    async def delivered(self, scope: SystemScope, up_to: int) -> None:
        """Forgets delivered facts."""
        await self._writer.submit("delivered", partial(forget_delivered, up_to))

    async def _swept(self, name: str, look: _Look, forget: _Forget, policy: RetentionPolicy, limit: int) -> Swept:
        now = self._writer.believed_now()
        doomed = await self._reader.system_scan(partial(look, policy=policy, now=now, limit=limit))
        if not doomed.rows:
            return Swept(0, doomed.more)
        try:
            return Swept(await self._writer.submit(name, partial(forget, doomed.rows)), doomed.more)
        finally:  # Whatever went, also when nobody knows whether it did.
            self._logs.clear()

    async def _entry(self, tenant: str, task_id: str) -> Entry:
        entry = await self._entry_or_none(tenant, task_id)
        if entry is None:
            raise steps.not_found(task_id)
        return entry

    async def _entry_or_none(self, tenant: str, task_id: str) -> Entry | None:
        entry = self._memory.cache.get((tenant, task_id))
        if entry is not None:
            return entry
        return await self._reader.by_key(partial(queries.entry_of, tenant=tenant, task_id=task_id))


@asynccontextmanager
async def open_store(
    url: str,
    clock: Clock,
    signals: Signals,
    owner: str,
    *,
    observer: StoreObserver | None = None,
    busy_timeout: timedelta = BUSY_TIMEOUT,
    most_waiting: int = MOST_IN_MEMORY,
) -> AsyncIterator[SqliteStore]:
    """Owns a store for as long as the block runs; an empty one is made ready.

    `sqlite://` is a store in memory, `sqlite:///ABSOLUTE_PATH` a file. `most_waiting` bounds how many waiting tasks are
    indexed in memory; the others stay on disk until there is room. Raises UnsupportedStorage, StoreOwned,
    StoreNotMigrated and StoreUnreadable.
    """
    path = StorageLocation.from_url(url).path
    async with AsyncExitStack() as resources:
        if path is None:
            connection = connect_memory()
            create(connection)
        else:
            resources.enter_context(owned_directory(path.parent, owner))
            with startup_errors(path):
                make_ready(url)
                connection = connect_file(path, busy_timeout)
        resources.callback(connection.close)
        memory = StoreMemory(most_waiting)
        writer = GroupCommitWriter(connection, memory, clock, signals, observer)
        reader = WriterReader(writer) if path is None else FileReader(path)
        resources.callback(reader.close)
        writer.start()
        resources.push_async_callback(writer.close)
        if path is not None:
            checkpointer = Checkpointer(path, lambda: writer.commits, writer.ask_checkpoint)
            checkpointer.start()
            resources.callback(checkpointer.stop)
        # The first transaction fills the memory, so that what is due is known before anybody writes.
        with startup_errors(path):
            await writer.submit("open", _nothing)
        yield SqliteStore(writer, reader, memory, clock)


def _nothing(transaction: Transaction) -> None:
    """A step that changes nothing."""


if TYPE_CHECKING:
    _store: type[TaskStore] = SqliteStore
    _queue: type[TaskQueue] = SqliteStore
    _housekeeping: type[Housekeeping] = SqliteStore
    _outbox: type[Outbox] = SqliteStore
