"""Where schedules live, which times they have, and who is told that they fired."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from aion.domain.identity import SystemScope
from aion.domain.schedules import Schedule

NOBODY: Final[AbstractSet[str]] = frozenset()


class Calendar(Protocol):
    """Reads cron expressions in time zones. The same arguments give the same times, for as long as the rules of the
    time zone are the same.
    """

    def check(self, cron: str, time_zone: str) -> None:
        """Raises ScheduleInvalid, which names the field, for what it cannot read and for what has no time at all."""
        ...

    def times_after(self, cron: str, time_zone: str, after: datetime) -> Iterator[datetime]:
        """The times strictly after `after`, in UTC, each greater than the one before; it ends where calendars end.

        Raises ScheduleInvalid as `check` does.
        """
        ...

    def count(self, cron: str, time_zone: str, after: datetime, before: datetime, most: int) -> "Counted":
        """How many times lie strictly between two moments. What must be counted one by one is counted up to `most`.

        Raises ScheduleInvalid as `check` does.
        """
        ...


@dataclass(frozen=True, slots=True)
class Counted:
    """So many times; `rest` is the first one that was not counted, None when all were."""

    times: int
    rest: datetime | None


class ScheduleReader(Protocol):
    """Reads schedules of one tenant. Sees everything whose write has answered. Raises StoreUnavailable."""

    async def get(self, tenant: str, schedule_id: str) -> Schedule:
        """The schedule as it is now. Raises ScheduleNotFound, the same for 'not there' and 'not yours'."""
        ...

    async def list(self, tenant: str, after_id: str, limit: int) -> Sequence[Schedule]:
        """Up to `limit` schedules by id, strictly after `after_id`."""
        ...


class ScheduleWriter(Protocol):
    """Writes schedules of one tenant. An answer means: committed. What made a task is written by `TaskStore.accept`.

    Raises StoreUnavailable (nothing was written) and OutcomeUnknown (the commit failed).
    """

    async def create(self, tenant: str, schedule: Schedule, most: int) -> Schedule:
        """The new schedule, or the one of this id as it is now when its fingerprint is the same: a replay.

        Raises ScheduleAlreadyExists for another fingerprint, and LimitReached when the tenant has `most` already.
        """
        ...

    async def replace(self, tenant: str, schedule: Schedule) -> Schedule:
        """Writes the schedule and gives it the next version, if what is stored has its uid and its version.

        Raises ChangedMeanwhile when the version is another, and ScheduleNotFound when there is none of this uid.
        """
        ...

    async def delete(self, tenant: str, schedule_id: str) -> None:
        """Deletes the schedule; its tasks stay. Raises ScheduleNotFound."""
        ...


class DueSchedules(Protocol):
    """What the clock asks for, across tenants: each method says so by its SystemScope."""

    async def due(
        self, scope: SystemScope, now: datetime, limit: int, besides: AbstractSet[str] = NOBODY
    ) -> Sequence[Schedule]:
        """Up to `limit` schedules whose `wake_time` has come, but none of the tenants `besides`.

        Tenants take turns: first the one of each that waits longest, then the second of each, and so on; of one tenant,
        and within a turn, those that wait longest come first.
        """
        ...

    async def next_wake(self, scope: SystemScope, besides: AbstractSet[str] = NOBODY) -> datetime | None:
        """The first `wake_time` of all schedules but those of the tenants `besides`; None when there is none."""
        ...


class ScheduleStore(ScheduleReader, ScheduleWriter, DueSchedules, Protocol):
    """Everything that is done with schedules."""


class ScheduleObserver(Protocol):
    """Told of what schedules do. Every method is cheap and never raises."""

    def schedule_fired(self, schedule: Schedule, lag: timedelta) -> None:
        """One of its times became a task, so much later than it should have."""
        ...

    def schedule_skipped(self, schedule: Schedule, count: int, cause: str) -> None:
        """So many of its times did not: `cause` is OVERLAP, CATCH_UP or the reason of a refusal."""
        ...
