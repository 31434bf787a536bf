"""What happens without being asked: expired leases and tasks end, facts leave, the store stays small.

Each loop goes on whatever happens: trouble is reported and the next round tries again. A defect in one is reported as
a part that is down until its loop runs again, and never stops the others.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.loops import Report, keep_up, unreported
from aion.domain.errors import AionError
from aion.domain.identity import SystemScope
from aion.domain.retention import RetentionPolicy
from aion.ports.clock import Clock
from aion.ports.housekeeping import Housekeeping, Swept
from aion.ports.outbox import EventSink, Outbox
from aion.ports.queues import TaskQueue
from aion.ports.telemetry import Observer

REAP = SystemScope("leases and expire times run out in every tenant")
RELAY = SystemScope("facts of every tenant leave in one order")
PURGE = SystemScope("retention holds for every tenant")

REAP_EVERY = 1.0
SHORTEST_REAP = 0.05
RELAY_EVERY = 0.5
RELAY_BATCH = 500
PURGE_EVERY = 5.0
PURGE_BATCH = 1000
KEEP_EVERY = 5.0
KEEP_BATCH = 200
BETWEEN_BATCHES = 0.05
AFTER_TROUBLE = 1.0

Chore = Callable[[], Awaitable[float]]
"""One round; answers with the seconds until the next."""


@dataclass(frozen=True, slots=True)
class Chores:
    """The loops of one process that owns a store."""

    queue: TaskQueue
    outbox: Outbox
    sink: EventSink
    store: Housekeeping
    clock: Clock
    observer: Observer
    by_age: DeletingByAge
    report: Report = unreported
    retention: RetentionPolicy = field(default_factory=RetentionPolicy)

    async def run(self) -> None:
        """Runs all loops until cancelled."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._kept_up("reap", self._reap))
            loops.create_task(self._kept_up("relay", self._relay))
            loops.create_task(self._kept_up("purge", self._purge))
            loops.create_task(self._kept_up("forget", self._forget))

    async def _kept_up(self, name: str, once: Chore) -> None:
        await keep_up(name, partial(self._forever, name, once), self.observer, self.report)

    async def _forever(self, name: str, once: Chore) -> None:
        while True:
            try:
                pause = await once()
            except (AionError, OSError) as error:
                self.observer.trouble(name, error)
                pause = AFTER_TROUBLE
            await asyncio.sleep(pause)

    async def _reap(self) -> float:
        """Ends what ran out; the store wakes workers for what may start now."""
        await self.queue.reap(REAP)
        due = await self.queue.next_due(REAP)
        if due is None:
            return REAP_EVERY
        return min(REAP_EVERY, max(SHORTEST_REAP, (due - self.clock.now()).total_seconds()))

    async def _relay(self) -> float:
        """Delivers waiting facts in order; a full batch means that more wait."""
        waiting = await self.outbox.waiting(RELAY, RELAY_BATCH)
        if not waiting:
            return RELAY_EVERY
        await self.sink.deliver(waiting)
        await self.outbox.delivered(RELAY, waiting[-1].sequence)
        return 0.0 if len(waiting) == RELAY_BATCH else RELAY_EVERY

    async def _purge(self) -> float:
        """Deletes what is no longer kept, a bounded piece at a time."""
        if not self.by_age.may():
            return PURGE_EVERY
        purged = await self.store.purge(PURGE, PURGE_BATCH)
        return 0.0 if purged >= PURGE_BATCH else PURGE_EVERY

    async def _forget(self) -> float:
        """Deletes what retention says is too old, a piece so small that it holds up no write."""
        policy, swept = self.retention, list[Swept]()
        if not self.by_age.may():
            return KEEP_EVERY
        if policy.shortest_events is not None:
            swept.append(await self.store.forget_logs(PURGE, policy, KEEP_BATCH))
        if policy.shortest_tasks is not None:
            swept.append(await self.store.forget_tasks(PURGE, policy, KEEP_BATCH))
        if policy.forgets_api_keys:
            swept.append(await self.store.forget_api_keys(PURGE, policy, KEEP_BATCH))
        if policy.undelivered is not None:
            swept.append(await self.store.forget_facts(PURGE, policy, KEEP_BATCH))
        return BETWEEN_BATCHES if any(one.deleted or one.more for one in swept) else KEEP_EVERY
