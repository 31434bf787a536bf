"""A task as AION answers it: where it is, what came of it, what it cost."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from aion_sdk.decisions import Decision
from aion_sdk.errors import TASK_ERRORS, AionError, TaskFailed
from aion_sdk.lifecycle import Attempt, TaskState


@dataclass(frozen=True, slots=True)
class Usage:
    """What a task consumed. `cost_micros` (micro-dollars) is the authority, `cost_usd` the same for reading.

    `tokens` counts the TOKEN events of the task's stream, whatever their length; it is no count of a model's tokens.
    """

    latency_ms: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    cost_micros: int = 0
    fuel: int = 0


@dataclass(frozen=True, slots=True)
class Engine:
    """Which engine runs the task, and why."""

    name: str
    route: str
    chosen_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed: a stable code and a sentence for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Task:
    """One task. Lists leave out `result`, `attempts` and `decision`; `get` has them.

    `replayed` says that an earlier acceptance was answered again: same key or id, same request. `promise_kept` is None
    without a promised latency, and before the end. `not_before` shows the pause before a retry, too; without a first
    attempt by `queue_expire_time` the task ends TIMEOUT. `retry_of` is the task that this one does again,
    `schedule_id` the schedule that made it.
    """

    task_id: str
    intent: str
    state: TaskState
    result_json: str = ""
    engine: Engine | None = None
    usage: Usage = field(default_factory=Usage)
    error: Failure | None = None
    create_time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    expire_time: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    decision: Decision | None = None
    last_offset: int = 0
    replayed: bool = False
    promise_kept: bool | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    priority: str = ""
    cancel_requested: bool = False
    not_before: datetime | None = None
    queue_expire_time: datetime | None = None
    retry_of: str = ""
    schedule_id: str = ""

    @property
    def status(self) -> str:
        """The state as the blueprint's string, such as `OK`."""
        return self.state.value

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to the task any more."""
        return self.state.ended

    @property
    def result(self) -> Any:
        """The result as parsed JSON, None until the task ended OK; a new object each time."""
        return json.loads(self.result_json) if self.result_json else None

    def raise_for_status(self) -> Self:
        """Return the task unless it failed. Raises TaskFailed, TaskTimedOut or TaskCanceled."""
        if not self.ended or self.state is TaskState.OK:
            return self
        failure = self.error or Failure(code=self.state.value, message="the task gave no reason")
        kind = TASK_ERRORS.get(self.state.value, TaskFailed)
        raise kind(f"task {self.task_id}: {failure.message}", task=self, reason=failure.code)


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What came of one request of a batch: exactly one of the two is set."""

    task: Task | None = None
    error: AionError | None = None

    def accepted(self) -> Task:
        """Return the accepted task. Raises the AionError with which it was refused."""
        if self.task is None:
            raise self.error or AionError("the outcome has neither a task nor an error")
        return self.task
