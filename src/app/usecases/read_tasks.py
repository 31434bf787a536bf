"""Read tasks: one, a page of them, and why one runs where it runs; and cancel one."""

from collections.abc import Sequence
from dataclasses import dataclass

from aion.app.usecases.paging import PagePlace, PageQuery, page_by_time
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
        async def found_after(place: PagePlace | None, limit: int) -> Sequence[Task]:
            after = None if place is None else TaskPosition(place.time_us, place.item_id)
            return await self.store.list(caller.tenant, filter, after, limit)

        query = PageQuery(_asked(filter), caller, page_size, page_token)
        return TaskPage(*await page_by_time(found_after, _place, self.tokens, query))


def _asked(filter: TaskFilter) -> str:
    states = ",".join(sorted(state.name for state in filter.states))
    return f"ListTasks\n{states}\n{filter.intent}\ncreate_time desc"


def _place(task: Task) -> PagePlace:
    return PagePlace.at(task.create_time, task.task_id)
