"""Where a task and its attempts are in their lives.

Every enum has an UNKNOWN: a newer server may say something that this SDK cannot name yet, and reading an answer must
never fail for that.
"""

from dataclasses import dataclass
from datetime import datetime

from aion_sdk._names import Word


class TaskState(Word):
    """PENDING -> RUNNING -> OK | ERROR | TIMEOUT | CANCELED; a terminal state never changes."""

    UNKNOWN = "UNKNOWN"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    OK = "OK"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"
    CANCELED = "CANCELED"

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to the task any more."""
        return self in {TaskState.OK, TaskState.ERROR, TaskState.TIMEOUT, TaskState.CANCELED}


class AttemptOutcome(Word):
    """How one attempt ended; LOST says that its host or lease was lost, and nothing about the work."""

    UNKNOWN = "UNKNOWN"
    RUNNING = "RUNNING"
    OK = "OK"
    FAILED = "FAILED"
    TIMEOUT = "TIMEOUT"
    CANCELED = "CANCELED"
    LOST = "LOST"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to run a task in one engine. `error_code` is empty when it did not fail; `fuel` is WASM fuel.

    `digest` names the bytes that ran, known at the attempt's end; empty when nobody said it.
    """

    number: int
    engine: str
    outcome: AttemptOutcome
    start_time: datetime | None
    end_time: datetime | None
    error_code: str
    error_message: str
    fuel: int
    digest: str = ""
