"""What clients do with schedules: define, read, pause, trigger and delete them. The clock's part is the scheduler's.

A definition is checked as a submission of its task would be, so that a schedule which can never work is refused when
it is made and not at night.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from aion.app.usecases.paging import PageQuery, page_size_within
from aion.app.usecases.permission import permit_run, permit_submitting
from aion.app.usecases.schedule_tasks import SubmitScheduled, change, command_of
from aion.domain import schedules
from aion.domain.errors import (
    ChangedMeanwhile,
    FieldViolation,
    InvalidRequest,
    ScheduleInvalid,
    ScheduleNotFound,
    ValidationFailed,
)
from aion.domain.identity import Caller
from aion.domain.ids import uuid7
from aion.domain.schedules import Definition, Firing, Schedule, TimesAfter
from aion.ports.clock import Clock, Entropy
from aion.ports.page_tokens import PageTokens
from aion.ports.schedule_usecases import ScheduleCommand, SchedulePage
from aion.ports.schedules import Calendar, ScheduleReader, ScheduleStore
from aion.ports.usecases import SubmitCommand, Submitted


@dataclass(frozen=True, slots=True)
class DefinitionCheck:
    """Refuses definitions that cannot work for the caller; `accept` is what submits tasks, asked to validate only."""

    accept: Callable[[Caller, SubmitCommand], Awaitable[Submitted]]
    calendar: Calendar

    async def __call__(self, caller: Caller, definition: Definition) -> None:
        """Raises ScheduleInvalid, ValidationFailed, and whatever a submission of the task would raise now."""
        permit_submitting(caller)
        self.calendar.check(definition.cron, definition.time_zone)
        start, end = definition.start_time, definition.end_time
        if start is not None and end is not None and end <= start:
            raise ValidationFailed(
                f"end_time {end.isoformat()} is not after start_time {start.isoformat()}",
                violations=(FieldViolation("schedule.end_time", "must be after start_time"),),
            )
        try:
            await self.accept(caller, replace(command_of(definition.task, b""), validate_only=True))
        except InvalidRequest as refusal:
            raise refusal.under("schedule.task") from refusal.__cause__

    def times_of(self, definition: Definition) -> TimesAfter:
        """The times of a definition that was checked."""
        return partial(times_of, self.calendar, definition)

    def first_time(self, definition: Definition, now: datetime, last: datetime | None = None) -> datetime:
        """When it fires first after `last`; of a paused one, when it would. Raises ScheduleInvalid if it never does."""
        first = schedules.first_time(replace(definition, paused=False), self.times_of(definition), now, last)
        if first is None:
            raise ScheduleInvalid(
                "the schedule can never fire: no time of its cron lies between now, start_time and end_time",
                violations=(FieldViolation("schedule.end_time", "must leave a time to fire"),),
            )
        return first


def times_of(calendar: Calendar, definition: Definition, after: datetime) -> Iterator[datetime]:
    """The times of a definition's cron expression strictly after a moment."""
    return calendar.times_after(definition.cron, definition.time_zone, after)


@dataclass(frozen=True, slots=True)
class CreateSchedule:
    """One a (tenant, id); the same request again is answered with the schedule as it is now."""

    store: ScheduleStore
    check: DefinitionCheck
    clock: Clock
    entropy: Entropy
    most: int

    async def __call__(self, caller: Caller, command: ScheduleCommand) -> Schedule:
        definition, now = command.definition, self.clock.now()
        earlier = await _or_none(self.store, caller.tenant, command.schedule_id)
        if earlier is not None and earlier.fingerprint == command.fingerprint:
            return earlier
        await self.check(caller, definition)
        first = self.check.first_time(definition, now)
        upcoming = None if definition.paused else first
        schedule = Schedule(
            tenant=caller.tenant,
            schedule_id=command.schedule_id,
            uid=uuid7(now, self.entropy.bytes(10)),
            fingerprint=command.fingerprint,
            definition=definition,
            principal=caller.principal,
            scopes=caller.identity.scopes,
            create_time=now,
            update_time=now,
            next_fire_time=upcoming,
            wake_time=upcoming,
        )
        return await self.store.create(caller.tenant, schedule, self.most)


@dataclass(frozen=True, slots=True)
class GetSchedule:
    """The schedule as it is now."""

    store: ScheduleReader

    async def __call__(self, caller: Caller, schedule_id: str) -> Schedule:
        return await self.store.get(caller.tenant, schedule_id)


@dataclass(frozen=True, slots=True)
class ListSchedules:
    """Keyset pages by id."""

    store: ScheduleReader
    tokens: PageTokens

    async def __call__(self, caller: Caller, page_size: int, page_token: str) -> SchedulePage:
        query = PageQuery("ListSchedules", caller, page_size, page_token)
        after = self.tokens.open(query.binding, page_token) if page_token else ""
        limit = page_size_within(page_size)
        found = await self.store.list(caller.tenant, after, limit + 1)
        page = found[:limit]
        token = self.tokens.seal(query.binding, page[-1].schedule_id) if len(found) > limit else ""
        return SchedulePage(page, token)


@dataclass(frozen=True, slots=True)
class UpdateSchedule:
    """A new definition; what has fired and was skipped stays counted. Its times change to some that are left only."""

    store: ScheduleStore
    check: DefinitionCheck
    clock: Clock

    async def __call__(self, caller: Caller, command: ScheduleCommand) -> Schedule:
        before = await self.store.get(caller.tenant, command.schedule_id)
        await self.check(caller, command.definition)
        now = self.clock.now()

        def step(schedule: Schedule) -> Schedule:
            if command.etag and command.etag != schedule.etag:
                raise ChangedMeanwhile(
                    f"the schedule {schedule.schedule_id} has the etag {schedule.etag}, the update names "
                    f"{command.etag}; read it again",
                    violations=(FieldViolation("schedule.etag", f"must be {schedule.etag}, or empty"),),
                    facts={"schedule_id": schedule.schedule_id},
                )
            if command.definition.timing != schedule.definition.timing:
                self.check.first_time(command.definition, now, schedule.last_fire_time)
            after = schedules.defined(schedule, command.definition, self.check.times_of(command.definition), now)
            return replace(after, principal=caller.principal, scopes=caller.identity.scopes)

        return await change(self.store, before, step)


@dataclass(frozen=True, slots=True)
class PauseSchedule:
    """Idempotent; the last note counts."""

    store: ScheduleStore
    clock: Clock

    async def __call__(self, caller: Caller, schedule_id: str, note: str) -> Schedule:
        now = self.clock.now()
        before = await self.store.get(caller.tenant, schedule_id)
        return await change(self.store, before, lambda schedule: schedules.paused(schedule, note, now))


@dataclass(frozen=True, slots=True)
class ResumeSchedule:
    """Idempotent. It goes on with the next time from now."""

    store: ScheduleStore
    calendar: Calendar
    clock: Clock

    async def __call__(self, caller: Caller, schedule_id: str) -> Schedule:
        now = self.clock.now()
        before = await self.store.get(caller.tenant, schedule_id)

        def step(schedule: Schedule) -> Schedule:
            return schedules.resumed(schedule, partial(times_of, self.calendar, schedule.definition), now)

        return await change(self.store, before, step)


@dataclass(frozen=True, slots=True)
class TriggerSchedule:
    """Its task, now, as the clock would submit it, for whoever could run the intent themselves."""

    store: ScheduleReader
    submit: SubmitScheduled

    async def __call__(self, caller: Caller, schedule_id: str, idempotency_key: str) -> Submitted:
        schedule = await self.store.get(caller.tenant, schedule_id)
        permit_submitting(caller)
        permit_run(caller, schedule.definition.task.intent)
        mark = schedule.mark_of(f"trigger\n{caller.principal}\n{idempotency_key}")
        firing = Firing(schedule.schedule_id, schedule.uid)
        return await self.submit(schedule, firing, mark=mark, key=mark.hex() if idempotency_key else "")


@dataclass(frozen=True, slots=True)
class DeleteSchedule:
    """Its tasks stay."""

    store: ScheduleStore

    async def __call__(self, caller: Caller, schedule_id: str) -> None:
        await self.store.delete(caller.tenant, schedule_id)


async def _or_none(store: ScheduleReader, tenant: str, schedule_id: str) -> Schedule | None:
    try:
        return await store.get(tenant, schedule_id)
    except ScheduleNotFound:
        return None
