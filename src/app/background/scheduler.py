"""Fires schedules when their time has come, each time at most once, whatever crashes in between.

A time is submitted as a task whose id follows from the schedule and the time; the commit that accepts it moves the
schedule on to its next time. What is due is always the time that stands in the store, never one that the clock of this
process suggests: a clock that jumps back fires nothing twice.

Tenants take turns, and each has a rate of its own: a thousand schedules of one make those of another no later.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from aion.app.usecases.schedule_tasks import SubmitScheduled, change
from aion.app.usecases.schedules import times_of
from aion.domain import schedules
from aion.domain.errors import AionError, Exhausted, ScheduleNotFound, TaskNotFound, Unavailable
from aion.domain.identity import SystemScope
from aion.domain.schedules import Firing, Overlap, Schedule
from aion.domain.tasks import Task
from aion.ports.clock import Clock
from aion.ports.limits import RateLimiter
from aion.ports.schedules import Calendar, ScheduleObserver, ScheduleStore
from aion.ports.tasks import TaskReader
from aion.ports.telemetry import Observer

FIRE = SystemScope("schedules of every tenant are due")

LOOK_EVERY = 1.0
"""Seconds after which the loop looks again in any case: a schedule that is new or resumed waits no longer."""

REST = 1.0
"""Seconds for which a tenant that is over its rate is left alone: its schedules share the looks after that, and what
is late by a second is not missed.
"""

SHORTEST_PAUSE = 0.01
AFTER_TROUBLE = 1.0
AT_ONCE = 100
"""How many schedules are looked at together; their submissions share commits."""

COUNTED_AT_ONCE = 200
PIECES_IN_A_TURN = 100
"""How many skipped times one turn of one schedule counts: in pieces, between which the event loop serves others."""

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Scheduler:
    """The clock's side of schedules."""

    store: ScheduleStore
    tasks: TaskReader
    calendar: Calendar
    submit: SubmitScheduled
    clock: Clock
    observer: Observer
    observe: ScheduleObserver
    rate: RateLimiter
    _rests: dict[str, float] = field(default_factory=dict, init=False)
    """Until when a tenant that is over its rate is left alone, on the clock that never jumps."""

    async def run(self) -> None:
        """Fires until cancelled."""
        while True:
            try:
                pause = await self.once()
            except (AionError, OSError) as error:
                self.observer.trouble("scheduler", error)
                pause = AFTER_TROUBLE
            await asyncio.sleep(pause)

    async def once(self) -> float:
        """Gives every schedule that is due one turn; answers with the seconds until the next look."""
        due = await self.store.due(FIRE, self.clock.now(), AT_ONCE, self._resting())
        turns = [self._looked_at(schedule) for schedule in due if self._has_turn(schedule.tenant)]
        if not all(await asyncio.gather(*turns)):
            return AFTER_TROUBLE
        wake = await self.store.next_wake(FIRE, self._resting())
        if wake is None:
            return LOOK_EVERY
        return min(LOOK_EVERY, max(SHORTEST_PAUSE, (wake - self.clock.now()).total_seconds()))

    def _resting(self) -> frozenset[str]:
        """The tenants that are left alone now."""
        now = self.clock.monotonic()
        for tenant in [tenant for tenant, until in self._rests.items() if until <= now]:
            del self._rests[tenant]
        return frozenset(self._rests)

    def _has_turn(self, tenant: str) -> bool:
        """Whether one schedule of the tenant may have a turn. If not, nothing of it changes: it is due later, too."""
        if tenant in self._rests:
            return False
        if self.rate.take(tenant) is None:
            return True
        self._rests[tenant] = self.clock.monotonic() + REST
        return False

    async def _looked_at(self, schedule: Schedule) -> bool:
        """One turn; False when the store could not take it. What is wrong with one schedule holds up no other."""
        try:
            await self._turn(schedule)
        except (Unavailable, OSError) as error:
            self.observer.trouble("scheduler", error)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged with its cause and tried again later
            self.observer.trouble("scheduler", error)
            return await self._set_aside(schedule, f"AION failed to fire it: {type(error).__name__}")
        return True

    async def _set_aside(self, schedule: Schedule, why: str) -> bool:
        time, now = schedule.next_fire_time, self.clock.now()
        if time is None:
            return True
        try:
            await self._record(schedule, lambda held: schedules.postponed(held, time, why, now))
        except (Unavailable, OSError) as error:
            self.observer.trouble("scheduler", error)
            return False
        return True

    async def _turn(self, schedule: Schedule) -> None:
        """A time fires, or some are skipped and one fires. Who has more to do goes to the end of the line."""
        now, time, times = (
            self.clock.now(),
            schedule.next_fire_time,
            partial(times_of, self.calendar, schedule.definition),
        )
        if time is None or time > now:
            return  # the clock was set back since it was looked for: it is due when its time comes again
        if (upcoming := schedules.next_unmissed(schedule, times, now)) != time:
            why = schedule.last_refusal if schedule.tries else ""
            after = await self._skip(schedule, time, upcoming, "CATCH_UP", why)
            # In the same turn: when the next one comes late, this time would be missed as well, and so on for ever.
            if after is not None and upcoming is not None and after.next_fire_time == upcoming <= self.clock.now():
                await self._fire(after, upcoming)
        else:
            await self._fire(schedule, time)

    async def _fire(self, schedule: Schedule, time: datetime) -> None:
        times = partial(times_of, self.calendar, schedule.definition)
        overlap = schedule.definition.overlap
        if overlap is Overlap.SKIP and (running := await self._running(schedule)) is not None:
            # It runs now, so it stands in the way of all that is due now.
            upcoming = schedules.first_after(schedule, times, self.clock.now())
            why = f"the task {running.task_id} of the time before has not ended"
            await self._skip(schedule, time, upcoming, "OVERLAP", why)
            return
        following = schedules.first_after(schedule, times, time)
        firing = schedule.firing_at(time, following)
        mark = schedule.mark_of(time.isoformat())
        try:
            submitted = await self.submit(schedule, firing, mark=mark, task_id=schedule.task_id_at(time))
        except (Exhausted, Unavailable) as later:
            why, now = _refusal(later), self.clock.now()
            await self._record(schedule, lambda held: schedules.postponed(held, time, why, now))
        except AionError as refused:
            await self._skip(schedule, time, following, refused.reason, _refusal(refused))
        else:
            now = self.clock.now()
            if submitted.replayed:
                await self._record(schedule, partial(_found, firing=firing, task_id=submitted.task.task_id, now=now))
            self.observe.schedule_fired(schedule, now - time)

    async def _skip(
        self, schedule: Schedule, time: datetime, upcoming: datetime | None, cause: str, why: str
    ) -> Schedule | None:
        """Skips from `time` on to before `upcoming`, or as many of them as can be counted in one turn."""
        count, rest = await self._count(schedule, time, upcoming)
        following = upcoming if rest is None else rest
        said = why or _missed(time, count)
        step = partial(schedules.skipped, time=time, count=count, why=said, following=following, now=self.clock.now())
        after = await self._record(schedule, step)
        if after is not None:
            self.observe.schedule_skipped(schedule, count, cause)
        return after

    async def _count(
        self, schedule: Schedule, time: datetime, upcoming: datetime | None
    ) -> tuple[int, datetime | None]:
        """How many times lie from `time` on before `upcoming`, and the first of them that is not counted yet."""
        said, count = schedule.definition, 1
        before = upcoming or said.end_time or self.clock.now()
        for _ in range(PIECES_IN_A_TURN):
            counted = self.calendar.count(said.cron, said.time_zone, time, before, COUNTED_AT_ONCE)
            count += counted.times
            if counted.rest is None:
                return count, None
            time = counted.rest - _INSTANT
            await asyncio.sleep(0)
        return count, counted.rest

    async def _record(self, schedule: Schedule, step: Callable[[Schedule], Schedule]) -> Schedule | None:
        """The schedule after the step; None if it is gone, or if the step no longer concerns it."""
        changed = False

        def guarded(held: Schedule) -> Schedule:
            nonlocal changed
            after = step(held) if held.uid == schedule.uid else held
            changed = after is not held
            return after

        try:
            after = await change(self.store, schedule, guarded)
        except ScheduleNotFound:
            return None
        return after if changed else None

    async def _running(self, schedule: Schedule) -> Task | None:
        if not schedule.last_task_id:
            return None
        task = await self._task(schedule.tenant, schedule.last_task_id)
        return None if task is None or task.state.ended else task

    async def _task(self, tenant: str, task_id: str) -> Task | None:
        try:
            return await self.tasks.get(tenant, task_id)
        except TaskNotFound:
            return None


def _found(schedule: Schedule, firing: Firing, task_id: str, now: datetime) -> Schedule:
    """The schedule with a task that was there before, counted if it is not: earlier versions counted in a commit of
    their own, and may have died before it.
    """
    return schedules.fired(schedule, firing, task_id, now) if schedule.next_fire_time == firing.time else schedule


def _missed(time: datetime, count: int) -> str:
    times = f"{count} times from {time.isoformat()} on" if count > 1 else time.isoformat()
    return f"missed: {times}"


def _refusal(error: AionError) -> str:
    return f"{error.reason}: {error.message}"[:512]
