"""A scheduler over a real store, with a clock that stands still and an acceptance that a test can refuse."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aion.adapters.cron import CronCalendar
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.app.background.scheduler import Scheduler
from aion.app.usecases.schedule_tasks import SubmitScheduled
from aion.domain.errors import AionError
from aion.domain.identity import Caller
from aion.domain.schedules import Schedule
from aion.domain.tasks import Task
from aion.ports.limits import RateLimiter
from aion.ports.tasks import TaskFilter
from aion.ports.usecases import SubmitCommand, Submitted
from tests.manual_clock import CountingEntropy, ManualClock
from tests.sample_schedules import new_schedule
from tests.sample_tasks import SCOPE, accept, claim, new_task, settle

MOST = 1000


@dataclass
class Told:
    """Observer and ScheduleObserver: remembers what it is told."""

    fired: list[tuple[str, timedelta]] = field(default_factory=list)
    skipped: list[tuple[str, int, str]] = field(default_factory=list)
    troubles: list[BaseException] = field(default_factory=list)

    def schedule_fired(self, schedule: Schedule, lag: timedelta) -> None:
        self.fired.append((schedule.schedule_id, lag))

    def schedule_skipped(self, schedule: Schedule, count: int, cause: str) -> None:
        self.skipped.append((schedule.schedule_id, count, cause))

    def trouble(self, where: str, error: BaseException) -> None:
        self.troubles.append(error)


@dataclass
class Desk:
    """The scheduler, and what a test does around it.

    `refusals` answer the next submissions; `meanwhile` happens before the next one is accepted.
    """

    store: SqliteStore
    clock: ManualClock
    rate: RateLimiter = field(default_factory=Unlimited)
    told: Told = field(default_factory=Told)
    refusals: list[AionError] = field(default_factory=list)
    asked: list[tuple[Caller, SubmitCommand]] = field(default_factory=list)
    meanwhile: list[Awaitable[object]] = field(default_factory=list)

    @property
    def submit(self) -> SubmitScheduled:
        return SubmitScheduled(self._accept, CountingEntropy())

    @property
    def scheduler(self) -> Scheduler:
        told: Any = self.told
        return Scheduler(
            self.store.schedules, self.store, CronCalendar(), self.submit, self.clock, told, told, rate=self.rate
        )

    async def _accept(self, caller: Caller, command: SubmitCommand) -> Submitted:
        self.asked.append((caller, command))
        if self.refusals:
            raise self.refusals.pop(0)
        while self.meanwhile:
            await self.meanwhile.pop()
        task = new_task(
            command.task_id or f"triggered-{len(self.asked)}",
            caller.tenant,
            self.clock.now(),
            principal=caller.principal,
            intent=command.intent,
            fingerprint=command.fingerprint,
            schedule_id=command.firing.schedule_id if command.firing else "",
        )
        accepted = await self.store.accept(caller.tenant, accept(task, firing=command.firing))
        return Submitted(accepted.task, accepted.replayed)

    async def create(self, schedule_id: str = "nightly", **changes: Any) -> Schedule:
        return await self.store.schedules.create("acme", new_schedule(schedule_id, **changes), MOST)

    async def get(self, schedule_id: str = "nightly") -> Schedule:
        return await self.store.schedules.get("acme", schedule_id)

    async def tasks(self) -> list[Task]:
        """All tasks, oldest first."""
        return list(reversed(await self.store.list("acme", TaskFilter(), None, MOST)))

    async def end_all(self) -> None:
        """Every task that waits is run to its end."""
        for task in await self.store.claim(SCOPE, claim(MOST)):
            await self.store.settle(SCOPE, settle(task))

    async def after(self, time: timedelta, rounds: int = 1) -> Schedule:
        """The schedule after so much time and so many rounds of the scheduler."""
        self.clock.advance(time)
        for _ in range(rounds):
            await self.scheduler.once()
        return await self.get()


@asynccontextmanager
async def schedule_desk(url: str = "sqlite://", clock: ManualClock | None = None) -> AsyncIterator[Desk]:
    """A desk over a store."""
    clock = clock or ManualClock()
    async with open_store(url, clock, ProcessSignals(), "test") as store:
        yield Desk(store, clock)
