"""What AION does with schedules, as its front doors see it: one use case per RPC, the caller first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aion.domain.identity import Caller
from aion.domain.schedules import Definition, Schedule

if TYPE_CHECKING:
    # The other module names this one: all use cases are one value for the front door.
    from aion.ports.usecases import Submitted


@dataclass(frozen=True, slots=True)
class ScheduleCommand:
    """A schedule as a client wants it. `fingerprint` is computed from what the client said; `etag` may be empty."""

    schedule_id: str
    definition: Definition
    fingerprint: bytes
    etag: str = ""


@dataclass(frozen=True, slots=True)
class SchedulePage:
    """A page of schedules, by id; `next_page_token` is empty on the last one."""

    schedules: Sequence[Schedule]
    next_page_token: str


class CreateSchedule(Protocol):
    """Makes a schedule; the same one again is a replay."""

    async def __call__(self, caller: Caller, command: ScheduleCommand) -> Schedule: ...


class GetSchedule(Protocol):
    """Reads one schedule."""

    async def __call__(self, caller: Caller, schedule_id: str) -> Schedule: ...


class ListSchedules(Protocol):
    """Reads a page of the tenant's schedules, by id."""

    async def __call__(self, caller: Caller, page_size: int, page_token: str) -> SchedulePage: ...


class UpdateSchedule(Protocol):
    """Replaces the definition of a schedule; from now on it runs on behalf of the caller."""

    async def __call__(self, caller: Caller, command: ScheduleCommand) -> Schedule: ...


class PauseSchedule(Protocol):
    """Stops a schedule from firing."""

    async def __call__(self, caller: Caller, schedule_id: str, note: str) -> Schedule: ...


class ResumeSchedule(Protocol):
    """Lets a schedule fire again."""

    async def __call__(self, caller: Caller, schedule_id: str) -> Schedule: ...


class TriggerSchedule(Protocol):
    """Submits the task of a schedule now."""

    async def __call__(self, caller: Caller, schedule_id: str, idempotency_key: str) -> "Submitted": ...


class DeleteSchedule(Protocol):
    """Deletes a schedule."""

    async def __call__(self, caller: Caller, schedule_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class ScheduleUseCases:
    """All of them, for the front door."""

    create: CreateSchedule
    get: GetSchedule
    list: ListSchedules
    update: UpdateSchedule
    pause: PauseSchedule
    resume: ResumeSchedule
    trigger: TriggerSchedule
    delete: DeleteSchedule
