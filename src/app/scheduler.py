"""Fires schedules when their time has come, each time at most once, whatever crashes in between.

A time is first submitted, as a task whose id follows from the schedule and the time, then the schedule goes on to its
next time. Who dies between the two finds the task again and only goes on. What is due is always the time that stands
in the store, never one that the clock of this process suggests: a clock that jumps back fires nothing twice.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from aion import failpoints
from aion.app.usecases.schedule_tasks import SubmitScheduled, change
from aion.app.usecases.schedules import times_of
from aion.domain import schedules
from aion.domain.errors import AionError, Exhausted, ScheduleNotFound, TaskNotFound, Unavailable
from aion.domain.identity import SystemScope
from aion.domain.schedules import Due, Overlap, Schedule
from aion.domain.tasks import Task
from aion.ports.clock import Clock
from aion.ports.schedules import Calendar, ScheduleObserver, ScheduleStore
from aion.ports.tasks import TaskStore
from aion.ports.telemetry import Observer

FIRE = SystemScope("schedules of every tenant are due")

LOOK_EVERY = 1.0
"""Seconds after which the loop looks again in any case: a schedule that is new or resumed waits no longer."""

SHORTEST_PAUSE = 0.01
AFTER_TROUBLE = 1.0
AT_ONCE = 100
"""How many schedules are looked at together; their submissions share commits."""


@dataclass(frozen=True, slots=True)
class Scheduler:
    """The clock's side of schedules."""

    store: ScheduleStore
    tasks: TaskStore
    calendar: Calendar
    submit: SubmitScheduled
    clock: Clock
    observer: Observer
    observe: ScheduleObserver

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
        due = await self.store.due(FIRE, self.clock.now(), AT_ONCE)
        if not all(await asyncio.gather(*(self._looked_at(schedule) for schedule in due))):
            return AFTER_TROUBLE
        wake = await self.store.next_wake(FIRE)
        if wake is None:
            return LOOK_EVERY
        return min(LOOK_EVERY, max(SHORTEST_PAUSE, (wake - self.clock.now()).total_seconds()))

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
        """One step of one schedule: a time is found fired, some are skipped, or one is fired."""
        now = self.clock.now()
        times = partial(times_of, self.calendar, schedule.definition)
        due = schedules.due_times(schedule, times, now)
        time = due.times[0]
        earlier = await self._task(schedule.tenant, schedule.task_id_at(time))
        if earlier is not None:
            await self._go_on(schedule, earlier, due)
            return
        missed = schedules.passed_over(schedule.definition, due, now)
        if missed:
            why = schedule.last_refusal if schedule.tries else _missed(due, missed)
            await self._skip(schedule, due, missed, "CATCH_UP", why)
        else:
            await self._fire(schedule, due)

    async def _fire(self, schedule: Schedule, due: Due) -> None:
        time = due.times[0]
        overlap = schedule.definition.overlap
        if overlap is Overlap.SKIP and (running := await self._running(schedule)) is not None:
            why = f"the task {running.task_id} of the time before has not ended"
            await self._skip(schedule, due, 1, "OVERLAP", why)
            return
        try:
            submitted = await self.submit(
                schedule, mark=schedule.mark_of(time.isoformat()), task_id=schedule.task_id_at(time)
            )
        except (Exhausted, Unavailable) as later:
            why, now = _refusal(later), self.clock.now()
            await self._record(schedule, lambda held: schedules.postponed(held, time, why, now))
        except AionError as refused:
            await self._skip(schedule, due, 1, refused.reason, _refusal(refused))
        else:
            failpoints.hit("schedule.before_advance")
            await self._go_on(schedule, submitted.task, due)

    async def _go_on(self, schedule: Schedule, task: Task, due: Due) -> None:
        """The first of the due times is a task: what it replaces ends, and the next time is looked for."""
        time, following, now = due.times[0], _after(due, 1), self.clock.now()
        if schedule.definition.overlap is Overlap.CANCEL and schedule.last_task_id not in ("", task.task_id):
            await self._cancel(schedule)
        step = partial(schedules.fired, time=time, task_id=task.task_id, following=following, now=now)
        if await self._record(schedule, step):
            self.observe.schedule_fired(schedule, now - time)

    async def _skip(self, schedule: Schedule, due: Due, count: int, cause: str, why: str) -> None:
        time, following, now = due.times[0], _after(due, count), self.clock.now()
        step = partial(schedules.skipped, time=time, count=count, why=why, following=following, now=now)
        if await self._record(schedule, step):
            self.observe.schedule_skipped(schedule, count, cause)

    async def _record(self, schedule: Schedule, step: Callable[[Schedule], Schedule]) -> bool:
        """Whether the step changed anything: not for a schedule that is gone, or that it no longer concerns."""
        changed = False

        def guarded(held: Schedule) -> Schedule:
            nonlocal changed
            after = step(held) if held.uid == schedule.uid else held
            changed = after is not held
            return after

        try:
            await change(self.store, schedule, guarded)
        except ScheduleNotFound:
            return False
        return changed

    async def _cancel(self, schedule: Schedule) -> None:
        try:
            await self.tasks.cancel(schedule.tenant, schedule.last_task_id)
        except TaskNotFound:
            return  # it ended and was purged

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


def _after(due: Due, count: int) -> datetime | None:
    """The time after the first `count` due ones."""
    return due.times[count] if count < len(due.times) else due.following


def _missed(due: Due, count: int) -> str:
    times = f"{count} times from {due.times[0].isoformat()} on" if count > 1 else due.times[0].isoformat()
    return f"missed: {times}"


def _refusal(error: AionError) -> str:
    return f"{error.reason}: {error.message}"[:512]
