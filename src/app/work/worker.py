"""The worker: claims tasks, runs attempts in their engine, appends what they stream, settles how they end.

It is a client of the `WorkQueue` port and knows no store: it runs in the server's process or on another machine. Every
write carries the fence of its lease; once a write is refused as stale the work is stopped and nothing more is written.
A worker apart also keeps its own watch on the time of its leases: what it could not renew in time it stops by itself,
since whoever could tell it may be out of reach.
"""

import asyncio
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from aion import failpoints
from aion.app.background.loops import Report, keep_up, unreported
from aion.app.work.attempt import RunningAttempt
from aion.domain.errors import AionError
from aion.domain.identity import SystemScope
from aion.domain.leased import LeasedTask
from aion.domain.writes import Claim, LeaseRef, Renew
from aion.ports.catalog import Catalog, LatencyBook
from aion.ports.clock import Clock
from aion.ports.engines import Engine
from aion.ports.queues import WorkQueue
from aion.ports.signals import WorkSignals
from aion.ports.telemetry import Observer

CLAIM = SystemScope("a worker serves every tenant")
MAX_RENEW_PAUSE = 1.0
"""Seconds between two renewals at most: a cancel that only the lease tells about still reaches the guest within two."""

MOST_CLAIMED = 32
"""Tasks asked for at once: their slots are taken while the store looks, and eager starts want some too."""

HAND_BACK_SECONDS = 0.5
"""How long a drain waits for the store to take back what it hands back; the rest goes on in the background."""

LEASE_LOOK = 0.1
"""Seconds between two looks of a worker apart at the time that its leases have left."""

IDLE_PAUSE = 1.0
"""Seconds between two looks at the queue when no signal came: the net under a lost signal."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """`slots` bounds attempts at once; `tenant_share` is the part of them that one tenant may hold by eager starts.

    `engines` are those that it has; None: all that are decided for. `apart`: it stands on another machine than the
    store, and so judges its leases by its own clock too.
    """

    owner: str
    slots: int
    lease_for: timedelta
    tenant_share: float = 0.75
    engines: frozenset[str] | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker needs of the world. `engines` is keyed by the kind before the colon of a candidate's name.

    `report` is told while one of its loops is down.
    """

    queue: WorkQueue
    engines: Mapping[str, Engine]
    catalog: Catalog
    latency: LatencyBook
    signals: WorkSignals
    clock: Clock
    observer: Observer
    report: Report = unreported


class Worker:
    """Runs attempts in a bounded number of slots. Also the `EagerWorker` of its process."""

    def __init__(self, settings: WorkerSettings, parts: WorkerParts) -> None:
        self._settings = settings
        self._share = max(1, int(settings.slots * settings.tenant_share))
        self._parts = parts
        self._reserved = 0
        self._by_tenant: Counter[str] = Counter()
        self._running: dict[LeaseRef, RunningAttempt] = {}
        self._attempts: set[asyncio.Task[None]] = set()
        self._draining = False
        self._slot_freed = asyncio.Event()
        self._lease_for = settings.lease_for

    @property
    def owner(self) -> str:
        """The incarnation that owns the leases."""
        return self._settings.owner

    @property
    def lease_for(self) -> timedelta:
        """How long its leases last."""
        return self._lease_for

    @property
    def engines(self) -> frozenset[str] | None:
        """The engines that it has; None: all that are decided for."""
        return self._settings.engines

    def leases_last(self, lease_for: timedelta) -> None:
        """Whoever gives the leases says anew how long they last."""
        self._lease_for = lease_for

    @property
    def running(self) -> int:
        """Attempts that run now."""
        return len(self._running)

    def reserve(self, tenant: str) -> bool:
        """Takes a slot for an eager start, within the tenant's share."""
        if self._draining or self._free() <= 0 or self._by_tenant[tenant] >= self._share:
            return False
        self._take(tenant)
        return True

    def release(self, tenant: str) -> None:
        """Gives a reserved slot back."""
        self._reserved -= 1
        self._leave(tenant)

    def start(self, task: LeasedTask) -> None:
        """Starts a leased task in a reserved slot; one that comes when the worker drains is handed back."""
        self._start(task, math.inf)

    def _start(self, task: LeasedTask, held_until: float) -> None:
        self._reserved -= 1
        attempt = RunningAttempt(task, self._parts, held_until)
        if self._draining:
            attempt.abandon()
        self._running[attempt.lease] = attempt
        running = asyncio.get_running_loop().create_task(self._run(attempt))
        self._attempts.add(running)
        running.add_done_callback(self._attempts.discard)

    async def run(self) -> None:
        """Claims and renews until cancelled; then ends what runs, so that its leases are given back by the store."""
        with self._parts.signals.listen_for_cancels(self._cancel):
            try:
                async with asyncio.TaskGroup() as loops:
                    for name, loop in (
                        ("claim", self._claim_forever),
                        ("renew", self._renew_forever),
                        *((("leases", self._watch_leases),) if self._settings.apart else ()),
                    ):
                        loops.create_task(keep_up(name, loop, self._parts.observer, self._parts.report))
            finally:
                for attempt in list(self._running.values()):
                    attempt.abandon()
                if self._attempts:
                    await asyncio.wait(self._attempts)

    async def drain(self, grace: timedelta) -> None:
        """Takes no more work and waits until what runs has ended, at most `grace`; then hands back what has not."""
        self._draining = True
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=grace.total_seconds())
        for attempt in list(self._running.values()):
            attempt.abandon()
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=HAND_BACK_SECONDS)

    async def _claim_forever(self) -> None:
        with self._parts.signals.watch_work() as work:
            while not self._draining:
                claimed = 0
                if (free := self._free()) > 0:
                    try:
                        claimed = await self._claim(min(free, MOST_CLAIMED))
                    except AionError as error:
                        self._parts.observer.trouble("claim", error)
                        await asyncio.sleep(IDLE_PAUSE)
                if claimed:
                    continue
                if self._free() <= 0:
                    self._slot_freed.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._slot_freed.wait(), IDLE_PAUSE)
                else:
                    await work.changed(IDLE_PAUSE)
        await asyncio.get_running_loop().create_future()  # it drains: nothing is claimed any more

    async def _claim(self, limit: int) -> int:
        """Claims and starts. Cancelled, it ends with the claim that is under way: what that leases, only we can run."""
        claiming = asyncio.ensure_future(self._claim_and_start(limit))
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            await asyncio.wait((claiming,))
            if not claiming.cancelled() and (error := claiming.exception()) is not None:
                self._parts.observer.trouble("claim", error)
            raise

    async def _claim_and_start(self, limit: int) -> int:
        # The slots are taken before the claim: an eager start meanwhile must not use them again.
        self._reserved += limit
        claimed: Sequence[LeasedTask] = ()
        try:
            claimed = await self._parts.queue.claim(CLAIM, Claim(self.owner, limit, self.lease_for, self.engines))
        finally:
            self._reserved -= limit - len(claimed)
        if claimed:
            failpoints.hit("worker.after_claim")
        for task in claimed:
            self._by_tenant[task.tenant] += 1
            self._start(task, self._held_until(task))
        return len(claimed)

    def _held_until(self, task: LeasedTask) -> float:
        """The end of a lease by the clock that only grows: so judges whoever may be cut off from the store."""
        if not self._settings.apart:
            return math.inf
        left = task.lease_expires - self._parts.clock.now()
        return self._parts.clock.monotonic() + left.total_seconds()

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(min(self.lease_for.total_seconds() / 3, MAX_RENEW_PAUSE))
            leases = tuple(self._running)
            if not leases and not self._settings.apart:
                continue  # one that is apart says by it that it lives
            # The lease is longer by the time of the store, which looks at its clock later than now.
            held_until = self._parts.clock.monotonic() + self.lease_for.total_seconds()
            try:
                answers = await self._parts.queue.renew(CLAIM, Renew(self.owner, leases, self.lease_for))
            except AionError as error:
                self._parts.observer.trouble("renew", error)
                continue
            for answer in answers:
                attempt = self._running.get(answer.lease)
                if attempt is None:
                    continue
                if not answer.held:
                    attempt.lose("the store gave its lease away")
                    continue
                if self._settings.apart:
                    attempt.held_until = max(attempt.held_until, held_until)
                if answer.cancel_requested:
                    attempt.cancel()

    async def _watch_leases(self) -> None:
        """Stops what could not be renewed in time; after a pause of the whole process this is the first to see it."""
        while True:
            for attempt in list(self._running.values()):
                attempt.is_held()
            await asyncio.sleep(LEASE_LOOK)

    async def _run(self, attempt: RunningAttempt) -> None:
        try:
            await attempt.run()
        except Exception as error:  # noqa: BLE001 - one attempt must not end the worker, whatever it ran into
            # Without a settle the lease runs out and another attempt follows: nothing is lost but time.
            self._parts.observer.trouble("attempt", error)
        finally:
            del self._running[attempt.lease]
            self._leave(attempt.lease.tenant)

    def _cancel(self, tenant: str, task_id: str) -> None:
        for lease, attempt in self._running.items():
            if lease.tenant == tenant and lease.task_id == task_id:
                attempt.cancel()

    def _free(self) -> int:
        return self._settings.slots - self._reserved - len(self._running)

    def _take(self, tenant: str) -> None:
        self._reserved += 1
        self._by_tenant[tenant] += 1

    def _leave(self, tenant: str) -> None:
        self._by_tenant[tenant] -= 1
        if not self._by_tenant[tenant]:
            del self._by_tenant[tenant]
        self._slot_freed.set()
