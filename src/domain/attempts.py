"""One try to run a task: its lease, its fence and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class AttemptOutcome(IntEnum):
    """How an attempt ended; the numbers are the contract's."""

    RUNNING = 1
    OK = 2
    FAILED = 3
    TIMEOUT = 4
    CANCELED = 5
    LOST = 6


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the work failed: a stable code (a value of ErrorReason) and a sentence for people.

    `retryable` says whether another attempt might do better; it decides nothing alone, `policies.retries` bounds it.
    """

    code: str
    message: str
    retryable: bool = True


HANDED_BACK = "DRAINING"
"""The code of an attempt that was given back, as its worker shut down or no host was free: LOST, but nobody's fault."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one attempt: `owner` is a worker's incarnation, `fence` grows with every lease of the task.

    Every write of a worker carries its fence; the store refuses a stale one.
    """

    owner: str
    fence: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a task. Its number is the fence of its lease. `cost_micros` is what it cost, known at any time."""

    number: int
    engine: str
    start_time: datetime
    outcome: AttemptOutcome = AttemptOutcome.RUNNING
    end_time: datetime | None = None
    failure: Failure | None = None
    fuel: int = 0
    cost_micros: int = 0


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What a worker reports at settle. OK carries `result_json`, FAILED and TIMEOUT a failure.

    LOST says that the engine's host died: it counts as a loss of infrastructure, not as a failure of the work. With
    the failure code HANDED_BACK it counts as nothing.
    """

    outcome: AttemptOutcome
    result_json: str | None = None
    failure: Failure | None = None
    fuel: int = 0
