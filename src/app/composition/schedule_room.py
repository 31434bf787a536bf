"""What fires schedules, and the use cases that keep them.

A part of the composition root, and so allowed to name adapters.
"""

from dataclasses import dataclass

from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.cron import CronCalendar
from aion.adapters.page_tokens import SealedPageTokens
from aion.adapters.storage.sqlite import SqliteStore
from aion.adapters.telemetry.observer import TelemetryObserver
from aion.app.background.scheduler import Scheduler
from aion.app.composition.front_door import limiter_of
from aion.app.settings import Settings
from aion.app.usecases.schedule_tasks import SubmitScheduled
from aion.app.usecases.schedules import (
    CreateSchedule,
    DefinitionCheck,
    DeleteSchedule,
    GetSchedule,
    ListSchedules,
    PauseSchedule,
    ResumeSchedule,
    TriggerSchedule,
    UpdateSchedule,
)
from aion.app.usecases.submit_task import AcceptTask
from aion.ports.schedule_usecases import ScheduleUseCases


@dataclass(frozen=True, slots=True)
class ScheduleRoom:
    """The use cases, and the loop that fires what is due."""

    use_cases: ScheduleUseCases
    scheduler: Scheduler


def schedule_room(
    settings: Settings, store: SqliteStore, accept: AcceptTask, tokens: SealedPageTokens, observer: TelemetryObserver
) -> ScheduleRoom:
    """Schedules of this store, whose tasks `accept` accepts."""
    clock, entropy, calendar = SystemClock(), SystemEntropy(), CronCalendar()
    submit, check = SubmitScheduled(accept, entropy), DefinitionCheck(accept, calendar)
    use_cases = ScheduleUseCases(
        create=CreateSchedule(store.schedules, check, clock, entropy, settings.max_schedules),
        get=GetSchedule(store.schedules),
        list=ListSchedules(store.schedules, tokens),
        update=UpdateSchedule(store.schedules, check, clock),
        pause=PauseSchedule(store.schedules, clock),
        resume=ResumeSchedule(store.schedules, calendar, clock),
        trigger=TriggerSchedule(store.schedules, submit),
        delete=DeleteSchedule(store.schedules),
    )
    rate = limiter_of(settings.schedule_rate, clock)
    scheduler = Scheduler(store.schedules, store, calendar, submit, clock, observer, observer, rate=rate)
    return ScheduleRoom(use_cases, scheduler)
