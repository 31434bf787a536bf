"""Where tasks live, as clients see them: accept, read, cancel. The tenant comes first, always."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aion.domain.events import TaskEvent
from aion.domain.tasks import Task, TaskState
from aion.domain.writes import Accept, Accepted, IdempotencyKey


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks a list shows; empty means all."""

    states: frozenset[TaskState] = frozenset()
    intent: str = ""


@dataclass(frozen=True, slots=True)
class TaskPosition:
    """A place in the list of tasks, newest first: the last task that was seen."""

    create_time_us: int
    task_id: str


class TaskReader(Protocol):
    """Reads tasks of one tenant.

    A reader sees everything whose write has answered. Raises StoreUnavailable when the store cannot answer.
    """

    async def get(self, tenant: str, task_id: str) -> Task:
        """The task as it is now. Raises TaskNotFound, the same for 'not there' and 'not yours'."""
        ...

    async def list(self, tenant: str, filter: TaskFilter, after: TaskPosition | None, limit: int) -> Sequence[Task]:
        """Up to `limit` tasks, newest first (create_time, then task_id, both descending), strictly after `after`.

        The tasks come without input, result, attempts and decision's candidates: lists never carry payloads.
        """
        ...


class ReplayFinder(Protocol):
    """Looks for the task that an earlier, identical call made. It only looks: the accept transaction decides."""

    async def find_replay(
        self, tenant: str, task_id: str, idempotency: IdempotencyKey | None, fingerprint: bytes
    ) -> Task | None:
        """The task under this idempotency key, else under this task id (may be empty), if its fingerprint is the same.

        None when there is none. Raises IdempotencyKeyReused and TaskAlreadyExists as `accept` would.
        """
        ...


class TaskWriter(Protocol):
    """Writes tasks of one tenant. An answer means: committed."""

    def accept(self, tenant: str, value: Accept) -> Awaitable[Accepted]:
        """Task, idempotency record, outbox event and what a schedule notes of it in one transaction, or nothing at all.

        The value is handed over by the call itself, awaited or not.
        The same key or task id with the same fingerprint is a replay: the existing task in its current state.
        Raises IdempotencyKeyReused (same key, other fingerprint), TaskAlreadyExists (same id, other fingerprint; also
        after the task was purged), QueueFull, StoreUnavailable (nothing was written) and OutcomeUnknown (the commit
        failed). A caller that leaves does not cancel a value that was handed over.
        The eager lease is given only when no eligible task waits before this one.
        """
        ...

    async def cancel(self, tenant: str, task_id: str) -> Task:
        """The task after `aion.domain.lifecycle.cancel_asked`. Raises TaskNotFound."""
        ...


class EventReader(Protocol):
    """Reads the log of one task."""

    async def events(self, tenant: str, task_id: str, after_offset: int, limit: int) -> Sequence[TaskEvent]:
        """Up to `limit` committed events with offset > `after_offset`, in order, without a gap.

        Returns nothing when there is none yet. Raises TaskNotFound; OffsetOutOfRange when `after_offset` is greater
        than the last offset; EventsExpired when they are no longer kept.
        """
        ...


class TaskStore(TaskReader, ReplayFinder, TaskWriter, EventReader, Protocol):
    """Everything that clients do with tasks."""
