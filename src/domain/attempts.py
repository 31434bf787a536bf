"""One try to run a task: its lease, its fence and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final


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
"""The code of an attempt that was given back because its worker shuts down: LOST, but nobody's fault."""

NO_TURN = "NO_TURN"
"""The code of an attempt that never began: others had all places where it could run, or its engine was not ready."""

GIVEN_BACK: Final = frozenset({HANDED_BACK, NO_TURN})
"""The codes of attempts that are LOST and no loss."""


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
    """One attempt of a task. Its number is the fence of its lease, `owner` is whose lease that is or was; empty in rows
    of 0.1. `cost_micros` is what it cost, known at any time. `digest` names the bytes that ran: known at its end, or
    from its beginning when the task is pinned to them; empty when nobody said it.
    """

    number: int
    engine: str
    start_time: datetime
    outcome: AttemptOutcome = AttemptOutcome.RUNNING
    end_time: datetime | None = None
    failure: Failure | None = None
    fuel: int = 0
    cost_micros: int = 0
    owner: str = ""
    digest: str = ""

    @property
    def code(self) -> str:
        """The code of its failure, or an empty text."""
        return self.failure.code if self.failure is not None else ""

    @property
    def began(self) -> bool:
        """Whether it had its turn. What cost something had, whatever its worker says."""
        return self.code != NO_TURN or self.cost_micros > 0


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What a worker reports at settle. OK carries `result_json`, FAILED and TIMEOUT a failure.

    LOST says that the engine's host died: it counts as a loss of infrastructure, not as a failure of the work. With
    a failure code of GIVEN_BACK it counts as nothing. `digest` names the bytes that ran, empty when none did or nobody
    knows. `memory_bytes` is the most memory that the guest had, 0 when the engine cannot tell; it is for those who
    measure, and not kept.
    """

    outcome: AttemptOutcome
    result_json: str | None = None
    failure: Failure | None = None
    fuel: int = 0
    digest: str = ""
    memory_bytes: int = 0

    def of(self, digest: str) -> "AttemptResult":
        """The same result, of these bytes."""
        return AttemptResult(self.outcome, self.result_json, self.failure, self.fuel, digest, self.memory_bytes)


MOST_FAILURE_MESSAGE: Final = 4096
"""Characters of a failure's message; what is longer is cut."""

_OF_THE_WORK: Final = frozenset(
    {
        "ENGINE_UNAVAILABLE",
        "FUEL_EXHAUSTED",
        "INTERNAL",
        "MEMORY_EXCEEDED",
        "MODULE_FAILED",
        "MODULE_TRAPPED",
        "OUTPUT_MALFORMED",
        "OUTPUT_SCHEMA_VIOLATION",
        "OUTPUT_TOO_LARGE",
        "RESULT_MISSING",
        "RESULT_TOO_LARGE",
    }
)

FAILURE_CODES: Final[Mapping[AttemptOutcome, frozenset[str]]] = {
    AttemptOutcome.OK: frozenset(),
    AttemptOutcome.FAILED: _OF_THE_WORK,
    AttemptOutcome.TIMEOUT: frozenset({"ATTEMPT_TIMEOUT", "TASK_EXPIRED"}),
    AttemptOutcome.CANCELED: frozenset({"TASK_CANCELED"}),
    AttemptOutcome.LOST: frozenset({"ENGINE_UNAVAILABLE"}) | GIVEN_BACK,
}
"""What may be said of an attempt that ended so. FAILED and TIMEOUT need one of theirs, the others none or one; the
words for poison, for lost leases and for tasks that nobody began are the store's own.
"""
