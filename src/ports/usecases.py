"""What AION does, as its front doors see it: one use case per RPC, the caller first."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from aion.domain.errors import AionError
from aion.domain.events import TaskEvent
from aion.domain.identity import Caller
from aion.domain.routing import Decision, Privacy
from aion.domain.schedules import Firing
from aion.domain.tasks import Priority, Task
from aion.ports.catalog import IntentFacts, ModuleDescription, ModuleFacts
from aion.ports.schedule_usecases import ScheduleUseCases
from aion.ports.tasks import TaskFilter
from aion.ports.webhook_usecases import WebhookUseCases

MAX_WAIT = timedelta(seconds=60)
"""The longest that a call waits for a task to end."""

MAX_RESULT_BYTES = 1 << 20
"""The largest result that AION keeps."""


@dataclass(frozen=True, slots=True)
class SubmitCommand:
    """What a client asks for. `params` or `params_json`, not both. None means: the default.

    `fingerprint` is computed from the decoded request without the fields that shape only the call.
    """

    intent: str
    fingerprint: bytes
    task_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    params_json: str = ""
    preferred_engine: str = ""
    priority: Priority = Priority.NORMAL
    privacy: Privacy | None = None
    budget_micros: int | None = None
    p95: timedelta | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    expire_time: datetime | None = None
    idempotency_key: str = ""
    wait: timedelta = timedelta()
    not_before: datetime | None = None
    max_queue_time: timedelta | None = None
    validate_only: bool = False
    retry_of: str = ""
    firing: Firing | None = None


@dataclass(frozen=True, slots=True)
class RetryCommand:
    """Asks to do again what an ended task did. An empty `new_task_id` means: AION makes one."""

    task_id: str
    fingerprint: bytes
    new_task_id: str = ""
    idempotency_key: str = ""
    validate_only: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """The task as it is when the call answers. `replayed`: an earlier call made it.

    `validated`: this call only checked, and the task is what it would have accepted, or what an earlier one did.
    """

    task: Task
    replayed: bool
    validated: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a stream: an event, or a heartbeat without one. `task` comes with the last event and at first.

    A step that only `validated` is the only one of its stream.
    """

    event: TaskEvent | None = None
    task: Task | None = None
    replayed: bool = False
    validated: bool = False


Steps: TypeAlias = Sequence[Progress]
"""Steps of a stream that are there at the same time, one at least."""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A page of tasks, newest first; `next_page_token` is empty on the last one."""

    tasks: Sequence[Task]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class IntentPage:
    """A page of intents, by name."""

    intents: Sequence[IntentFacts]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class ModulePage:
    """A page of modules, by name and version."""

    modules: Sequence[ModuleFacts]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What this server is."""

    version: str
    start_time: datetime
    engines: tuple[str, ...]
    policy_version: str


@dataclass(frozen=True, slots=True)
class TicketWish:
    """What a caller asks a ticket for. Without scopes it is for reading tasks; without a lifetime, for the default."""

    scopes: tuple[str, ...] = ()
    task_id: str = ""
    lifetime: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket: `text` is a secret."""

    text: str = field(repr=False)
    expire_time: datetime


class SubmitTask(Protocol):
    """Accepts a task durably; waits for its end when asked to."""

    async def __call__(self, caller: Caller, command: SubmitCommand) -> Submitted: ...


class SubmitBatch(Protocol):
    """Accepts several tasks, each on its own: one outcome a command, in order."""

    async def __call__(
        self, caller: Caller, commands: Sequence[SubmitCommand | AionError]
    ) -> Sequence[Submitted | AionError]: ...


class StreamTask(Protocol):
    """Accepts a task and follows it to its end: first the accepted task, then its events."""

    def __call__(self, caller: Caller, command: SubmitCommand) -> AsyncGenerator[Steps, None]: ...


class WatchTask(Protocol):
    """Follows a task from an offset on to its end."""

    def __call__(self, caller: Caller, task_id: str, after_offset: int) -> AsyncGenerator[Steps, None]: ...


class RetryTask(Protocol):
    """Accepts a new task that does again what an ended one did. Raises TaskNotFound and TaskNotEnded."""

    async def __call__(self, caller: Caller, command: RetryCommand) -> Submitted: ...


class GetTask(Protocol):
    """Reads one task."""

    async def __call__(self, caller: Caller, task_id: str) -> Task: ...


class ListTasks(Protocol):
    """Reads a page of tasks, newest first. A page size of 0 means the default; larger ones are clamped."""

    async def __call__(self, caller: Caller, filter: TaskFilter, page_size: int, page_token: str) -> TaskPage: ...


class CancelTask(Protocol):
    """Asks a task to end."""

    async def __call__(self, caller: Caller, task_id: str) -> Task: ...


class ExplainDecision(Protocol):
    """Reads why a task runs where it runs."""

    async def __call__(self, caller: Caller, task_id: str) -> Decision: ...


class ListIntents(Protocol):
    """Reads a page of the intents that the caller may run."""

    async def __call__(self, caller: Caller, page_size: int, page_token: str) -> IntentPage: ...


class ListModules(Protocol):
    """Reads a page of the installed modules."""

    async def __call__(self, caller: Caller, page_size: int, page_token: str) -> ModulePage: ...


class DescribeModule(Protocol):
    """Reads everything about one module. Raises ModuleNotFound, and ValidationFailed for a version that is none."""

    async def __call__(self, caller: Caller, name: str, version: str) -> ModuleDescription: ...


class GetServerInfo(Protocol):
    """Reads what this server is."""

    async def __call__(self, caller: Caller) -> ServerInfo: ...


class CreateTicket(Protocol):
    """Lends a part of the caller's rights to a browser. Raises PermissionDenied for more than that."""

    async def __call__(self, caller: Caller, wish: TicketWish) -> Ticket: ...


@dataclass(frozen=True, slots=True)
class UseCases:
    """All of them, for the front door."""

    submit: SubmitTask
    submit_batch: SubmitBatch
    stream: StreamTask
    watch: WatchTask
    get: GetTask
    list_tasks: ListTasks
    cancel: CancelTask
    explain: ExplainDecision
    retry: RetryTask
    list_intents: ListIntents
    list_modules: ListModules
    describe_module: DescribeModule
    server_info: GetServerInfo
    schedules: ScheduleUseCases
    webhooks: WebhookUseCases
    create_ticket: CreateTicket
