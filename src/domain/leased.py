"""What a worker gets to know of a task: enough to run one attempt, and nothing else of it.

A worker may stand on another machine, in another hand; it never sees who asked, what was promised, or earlier attempts.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from aion.domain.attempts import AttemptOutcome
from aion.domain.tasks import Task, TaskState
from aion.domain.writes import LeaseRef


# A tuple with names: every attempt makes one, and a frozen dataclass costs twice as much.
class LeasedTask(NamedTuple):
    """One attempt to run, under its lease.

    `lease_expires` and `expire_time` are by the clock of whoever holds this value: an adapter that brings it from
    another machine translates them. `last_offset` is where the log stood when the lease began. `digest` names the bytes
    that it must run, empty when any of the engine's will do.
    """

    tenant: str
    task_id: str
    fence: int
    intent: str
    engine: str
    input_json: str
    attempt_timeout: timedelta
    create_time: datetime
    expire_time: datetime
    lease_expires: datetime
    last_offset: int = 0
    alone: bool = False
    traceparent: str = ""
    digest: str = ""

    @property
    def lease(self) -> LeaseRef:
        """What all writes about it name."""
        return LeaseRef(self.tenant, self.task_id, self.fence)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settle came to: the task's state afterwards, and the outcome that the attempt has for ever."""

    state: TaskState
    outcome: AttemptOutcome


def leased(task: Task) -> LeasedTask:
    """What the holder of the current lease gets. Raises ValueError for a task without one."""
    lease = task.lease
    if lease is None:
        raise ValueError(f"a task in {task.state.name} has no lease")
    return LeasedTask(
        task.tenant,
        task.task_id,
        lease.fence,
        task.intent,
        task.decision.engine,
        task.input_json,
        task.attempt_timeout,
        task.create_time,
        task.expire_time,
        lease.expires,
        task.last_offset,
        task.alone,
        task.traceparent,
        task.decision.pinned_digest,
    )
