"""Writes as values: each holds all that belongs to one transaction of a task's life, its guards as data.

A store may commit many of them together; every value has its own outcome, so that one duplicate or failed guard never
fails its neighbours.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from aion.domain.attempts import AttemptResult
from aion.domain.events import NewEvent
from aion.domain.schedules import Firing
from aion.domain.tasks import Task

IDEMPOTENCY_KEPT_FOR = timedelta(hours=24)
"""How long an idempotency key finds its task."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The scope in which a retry finds its task: the principal is the service account, not its credential."""

    principal: str
    operation: str
    key: str
    fingerprint: bytes
    kept_for: timedelta = IDEMPOTENCY_KEPT_FOR


@dataclass(frozen=True, slots=True)
class EagerLease:
    """Asks that the accepted task starts at once with this worker, if nothing eligible waits before it.

    `engines` are those that the worker has; None: all. A task for another one is not eligible, nor starts it here.
    """

    owner: str
    lease_for: timedelta
    engines: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """Task, idempotency record, outbox event and the count of its schedule in one transaction.

    Guards: the task id is free or is a replay of the same fingerprint; the key is free or is a replay of the same
    fingerprint; the tenant has fewer than `max_pending` tasks PENDING. A replay is not counted in its schedule, nor is
    what a schedule made that is gone.
    """

    task: Task
    idempotency: IdempotencyKey | None
    eager: EagerLease | None
    max_pending: int
    firing: Firing | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The task that exists now. `replayed`: it existed before. `started`: the eager lease was given."""

    task: Task
    replayed: bool = False
    started: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """Asks for up to `limit` PENDING tasks for one worker incarnation, only for `engines` (None: for any).

    With `most_bytes` of input, the first that reaches them is the last: what they come in has bounds.
    """

    owner: str
    limit: int
    lease_for: timedelta
    engines: frozenset[str] | None = None
    most_bytes: int | None = None


# A tuple with names: every attempt makes some, and looks things up by them.
class LeaseRef(NamedTuple):
    """Names one held lease."""

    tenant: str
    task_id: str
    fence: int


@dataclass(frozen=True, slots=True)
class Renew:
    """Keeps several leases of one worker longer."""

    owner: str
    leases: tuple[LeaseRef, ...]
    lease_for: timedelta


@dataclass(frozen=True, slots=True)
class Renewed:
    """What became of one lease: still `held` or not, and whether somebody asked to cancel the task."""

    lease: LeaseRef
    held: bool
    cancel_requested: bool


@dataclass(frozen=True, slots=True)
class Append:
    """Adds events to the log of a task, under its fence.

    `after_offset` is where the log stood before them as the worker knows it; given, the same append sent again is
    written once. `owner` says whose the lease must be; empty: whoever's.
    """

    lease: LeaseRef
    events: tuple[NewEvent, ...]
    after_offset: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """Ends an attempt under its fence; `events` are the last ones, appended before the end in the same transaction.

    `after_offset` and `owner` are as in Append.
    """

    lease: LeaseRef
    result: AttemptResult
    events: tuple[NewEvent, ...] = ()
    after_offset: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class RecordCost:
    """What an attempt cost in all so far, in micro-dollars: needs no living lease, and said again it counts once.

    `owner` is as in Append, also when the lease is over: whose it was says what it cost.
    """

    lease: LeaseRef
    cost_micros: int
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Reaped:
    """What one pass of the reaper changed."""

    leases_lost: int = 0
    tasks_expired: int = 0
