"""A task: what was asked, and where it is in its life.

Values only: a task never changes, `aion.domain.lifecycle` makes the next one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TypedDict, Unpack

from aion.domain.attempts import GIVEN_BACK, Attempt, AttemptOutcome, Failure, Lease
from aion.domain.routing import Decision, Privacy


class TaskState(IntEnum):
    """Where a task is in its life; the numbers are the contract's."""

    PENDING = 1
    RUNNING = 2
    OK = 3
    ERROR = 4
    TIMEOUT = 5
    CANCELED = 6

    @property
    def ended(self) -> bool:
        """Whether the state is terminal: it never changes again."""
        return self >= TaskState.OK


class Priority(IntEnum):
    """Which of a tenant's tasks goes first; higher first."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Sla:
    """The promise: money in micro-dollars (None: unset), latency for routing only (None: unset), and privacy."""

    privacy: Privacy
    budget_micros: int | None = None
    p95: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a task consumed. `latency` runs to the end from acceptance, or from when it was no longer held back."""

    latency: timedelta = timedelta()
    tokens: int = 0
    cost_micros: int = 0
    fuel: int = 0


class TaskChanges(TypedDict, total=False):
    """What of a task may change in its life; what was asked is not among it."""

    state: TaskState
    start_time: datetime | None
    end_time: datetime | None
    not_before: datetime | None
    alone: bool
    cancel_requested: bool
    lease: Lease | None
    attempts: tuple[Attempt, ...]
    last_offset: int
    stream_from: int
    result_json: str | None
    failure: Failure | None
    usage: Usage
    promise_kept: bool | None


# Without slots, so that `changed` can copy it at once: a task is changed four times in its life, on the hottest path.
@dataclass(frozen=True)
class Task:
    """One task of one tenant; its key is (tenant, task_id), never the id alone.

    `input_json` is the engine's input, one JSON object. `fingerprint` tells a replay of the same task id from a clash.
    `max_failures` bounds attempts whose work failed. `attempt_timeout` is the manifest's limit of one attempt.
    `stream_from` is the offset of the first TOKEN or PARTIAL that no RESET has made void, 0 if there is none.
    `not_before` holds it back, before its first attempt or before a retry; `held_until` is the client's, which stays.
    `alone` asks that the next attempt shares its host with no other.
    `start_time` is when the last attempt began that had its turn, or runs and may have it; None when there is none.
    `queue_expire_time` ends it when no attempt began until then. `retry_of` is the ended task that this one does
    again, `schedule_id` the schedule that submitted it; empty when there is none.
    `traceparent` joins what happens later to the trace of the call that submitted it.
    """

    tenant: str
    task_id: str
    principal: str
    intent: str
    input_json: str
    priority: Priority
    sla: Sla
    fingerprint: bytes
    decision: Decision
    max_failures: int
    attempt_timeout: timedelta
    create_time: datetime
    expire_time: datetime
    metadata: Mapping[str, str] = field(default_factory=dict)
    traceparent: str = ""
    queue_expire_time: datetime | None = None
    retry_of: str = ""
    schedule_id: str = ""
    held_until: datetime | None = None
    state: TaskState = TaskState.PENDING
    start_time: datetime | None = None
    end_time: datetime | None = None
    not_before: datetime | None = None
    alone: bool = False
    cancel_requested: bool = False
    lease: Lease | None = None
    attempts: tuple[Attempt, ...] = ()
    last_offset: int = 0
    stream_from: int = 0
    result_json: str | None = None
    failure: Failure | None = None
    usage: Usage = Usage()
    promise_kept: bool | None = None

    @property
    def key(self) -> tuple[str, str]:
        """(tenant, task_id)."""
        return (self.tenant, self.task_id)

    @property
    def waits_until(self) -> datetime:
        """When it ends if it still waits then: its expire time, or earlier while no attempt has begun."""
        if self.queue_expire_time is None or self.start_time is not None:
            return self.expire_time
        return min(self.queue_expire_time, self.expire_time)

    @property
    def failures(self) -> int:
        """How many attempts ended because the work failed."""
        return sum(a.outcome in (AttemptOutcome.FAILED, AttemptOutcome.TIMEOUT) for a in self.attempts)

    @property
    def losses(self) -> int:
        """How many attempts were lost with their host or lease; those that a worker gave back do not count."""
        return sum(a.outcome is AttemptOutcome.LOST and a.code not in GIVEN_BACK for a in self.attempts)

    @property
    def fence(self) -> int:
        """The highest fence given so far; the next lease carries one more."""
        return self.attempts[-1].number if self.attempts else 0

    def attempt(self, fence: int) -> Attempt | None:
        """The attempt with this fence; None when it was never given, or never began and was followed by another."""
        return next((attempt for attempt in self.attempts if attempt.number == fence), None)

    def changed(self, **changes: Unpack[TaskChanges]) -> "Task":
        """The next task: this one with some fields changed. Like `dataclasses.replace`, five times as fast."""
        task = object.__new__(Task)
        task.__dict__.update(self.__dict__)
        task.__dict__.update(changes)
        return task
