"""Read tasks: one, a page of them, and why one runs where it runs; and cancel one."""

from dataclasses import dataclass
from hashlib import sha256

from aion.app.usecases.paging import page_size_within
from aion.domain.errors import PageTokenInvalid
from aion.domain.identity import Caller
from aion.domain.routing import Decision
from aion.domain.tasks import Task
from aion.ports.page_tokens import PageTokens
from aion.ports.tasks import TaskFilter, TaskPosition, TaskStore
from aion.ports.usecases import TaskPage


@dataclass(frozen=True, slots=True)
class GetTask:
    """The task as it is now."""

    store: TaskStore

    async def __call__(self, caller: Caller, task_id: str) -> Task:
        return await self.store.get(caller.tenant, task_id)


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Idempotent: an ended task stays as it is."""

    store: TaskStore

    async def __call__(self, caller: Caller, task_id: str) -> Task:
        return await self.store.cancel(caller.tenant, task_id)


@dataclass(frozen=True, slots=True)
class ExplainDecision:
    """The stored decision, never a new one."""

    store: TaskStore

    async def __call__(self, caller: Caller, task_id: str) -> Decision:
        return (await self.store.get(caller.tenant, task_id)).decision


@dataclass(frozen=True, slots=True)
class ListTasks:
    """Keyset pages: a task that appears meanwhile never shifts a page."""

    store: TaskStore
    tokens: PageTokens

    async def __call__(self, caller: Caller, filter: TaskFilter, page_size: int, page_token: str) -> TaskPage:
        binding = _binding(caller, filter)
        after = _position(self.tokens.open(binding, page_token)) if page_token else None
        limit = page_size_within(page_size)
        found = await self.store.list(caller.tenant, filter, after, limit + 1)
        tasks = found[:limit]
        if len(found) <= limit:
            return TaskPage(tasks, "")
        last = tasks[-1]
        micros = round(last.create_time.timestamp() * 1_000_000)
        return TaskPage(tasks, self.tokens.seal(binding, f"{micros}/{last.task_id}"))


def _binding(caller: Caller, filter: TaskFilter) -> str:
    states = ",".join(sorted(state.name for state in filter.states))
    return sha256(f"ListTasks\n{caller.tenant}\n{states}\n{filter.intent}\ncreate_time desc".encode()).hexdigest()


def _position(text: str) -> TaskPosition:
    micros, _, task_id = text.partition("/")
    if not micros.isdigit():
        raise PageTokenInvalid("page_token is damaged; start again without one")
    return TaskPosition(int(micros), task_id)
