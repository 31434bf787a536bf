"""What a client saw: every call with its invocation and its answer, and what the store held in the end.

Values only, so that the checker can be tried on histories that no server made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

ENDED = frozenset({"OK", "ERROR", "TIMEOUT", "CANCELED"})
"""States that never change."""


class Outcome(Enum):
    """What a client knows of a call afterwards."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SeenAttempt:
    """One attempt in an answer; its number is its fence."""

    number: int
    outcome: str
    end_time: float
    fuel: int = 0
    code: str = ""


@dataclass(frozen=True)
class SeenUsage:
    """What a task consumed."""

    latency_ms: int = 0
    tokens: int = 0
    fuel: int = 0
    cost_micros: int = 0


@dataclass(frozen=True)
class SeenTask:
    """One task in an answer. `key` is the label under which the client submitted it; times are seconds."""

    task_id: str
    key: str
    state: str
    create_time: float
    end_time: float = 0.0
    attempts: tuple[SeenAttempt, ...] = ()
    last_offset: int = 0
    result_json: str = ""
    error_code: str = ""
    cancel_requested: bool = False
    usage: SeenUsage = SeenUsage()

    @property
    def ended(self) -> bool:
        """Whether it is in a state that never changes."""
        return self.state in ENDED


@dataclass(frozen=True)
class SeenEvent:
    """One event of a task's log."""

    offset: int
    attempt: int
    kind: str
    text: str = ""
    data_json: str = ""
    discard_from: int = 0


@dataclass(frozen=True)
class Call:
    """One call: `began` and `ended` order all calls of a history, `reason` is the typed one of a refusal.

    `after_offset` and `events` belong to a watch; where its client `left` by itself no end was due. `listed` are the
    ids that a list brought, all its pages together. `wire` is what it came over.
    """

    method: str
    key: str
    began: int
    ended: int
    outcome: Outcome
    task: SeenTask | None = None
    task_id: str = ""
    reason: str = ""
    after_offset: int = 0
    events: tuple[SeenEvent, ...] = ()
    left: bool = False
    listed: frozenset[str] = frozenset()
    wire: str = "grpc"


@dataclass(frozen=True)
class Asked:
    """What was submitted under a key, and the text that its task must say when it ends OK."""

    text: str
    result_json: str


@dataclass(frozen=True)
class EndedTask:
    """A task after everything: its last state and its whole log."""

    task: SeenTask
    events: tuple[SeenEvent, ...]


@dataclass(frozen=True)
class FinalState:
    """The store after everything. `facts` counts, by task id, how often each fact left the outbox under its own number.

    `served_from` is when the last server was ready, in seconds; `bound` how long after that a task may take to end.
    """

    tasks: tuple[EndedTask, ...]
    keys: Mapping[str, str]
    facts: Mapping[str, Mapping[str, int]]
    served_from: float
    bound: float
    damage: tuple[str, ...] = field(default=())
