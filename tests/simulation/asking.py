"""How clients ask over the bad network: again with the same words until there is an answer, on from where they were.

Whatever they are told goes into the history.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from datetime import timedelta
from typing import Any, TypeVar

from aion.domain.errors import Exhausted, OffsetOutOfRange, Unavailable
from aion.domain.identity import Caller, Identity
from aion.domain.tasks import Task
from aion.ports.usecases import Progress, Steps
from tests.simulation.chance import Chance
from tests.simulation.clocks import VirtualClock
from tests.simulation.history import History
from tests.simulation.network import Lost, Network
from tests.simulation.processes import Server
from tests.simulation.virtual_loop import VirtualLoop

T = TypeVar("T")

TENANTS = ("acme", "bolt", "coil")
TRIES = 6
PATIENCE = 8.0
"""Seconds for which a client waits for an answer before it asks again."""

SILENCE = 4.0
"""Seconds without a word after which a client takes a stream for dead: two heartbeats."""

_SCOPES = frozenset({"intent:*:run", "tasks:read", "tasks:write", "schedules:read", "schedules:write"})


class GaveUp(Exception):
    """A client asked often enough and never got an answer."""


class Asker:
    """One process of clients, of all tenants."""

    def __init__(self, loop: VirtualLoop, chance: Chance, network: Network) -> None:
        self.loop = loop
        self.chance = chance
        self.network = network
        self.clock = VirtualClock(loop)
        self.history = History()
        self._names = 0

    def name(self, kind: str) -> str:
        """A name that is used once; the same in every run of a seed."""
        self._names += 1
        return f"{kind}-{self._names}"

    async def ask(
        self, tenant: str, work: Callable[[Server, Caller], Coroutine[Any, Any, T]], *, in_parts: bool = False
    ) -> T:
        """The answer, however often it takes. Raises GaveUp, and the refusals that are no reason to ask again.

        An answer `in_parts` is asked for again while one of its parts is that the server could not serve it.
        """
        for attempt in range(TRIES):
            try:
                answer = await self.network.call(tenant, _as(self._caller(tenant), work), PATIENCE)
            except (Lost, Unavailable):
                await asyncio.sleep(self.chance.between(0.05, 0.4 * 2**attempt))
                continue
            parts: Any = answer if in_parts else ()
            if not any(isinstance(part, Unavailable) for part in parts):
                return answer
        raise GaveUp

    async def ask_for_task(self, tenant: str, work: Callable[[Server, Caller], Coroutine[Any, Any, Task]]) -> Task:
        """As `ask`, for a task, which is seen then."""
        asked = self.loop.time()
        task = await self.ask(tenant, work)
        self.history.saw(tenant, task, asked, self.loop.time())
        return task

    async def follow(
        self, tenant: str, steps: Callable[[Server, Caller], AsyncGenerator[Steps, None]], task_id: str, offset: int
    ) -> AsyncGenerator[tuple[Task | None, int], None]:
        """What a stream brings, and the offset that the client has reached with it. Raises Lost and refusals."""
        caller, asked = self._caller(tenant), self.loop.time()
        async with aclosing(self.network.stream(tenant, lambda server: steps(server, caller), SILENCE)) as coming:
            async for step in _each(coming):
                if step.task is not None:
                    task_id = step.task.task_id
                    self.history.saw(tenant, step.task, asked, self.loop.time())
                if step.event is not None:
                    self.history.read(tenant, task_id, offset, step.event)
                    offset = step.event.offset
                yield step.task, offset

    async def watch(self, tenant: str, task_id: str, offset: int) -> None:
        """Follows a task's log to its end, over as many connections as it takes; some leave earlier."""
        for _ in range(TRIES):
            after = offset
            # Asked now: by the time that a refusal is here another reader may have got what is written meanwhile.
            was_there = offset == 0 or offset in self.history.logs.get((tenant, task_id), {})

            def watched(server: Server, caller: Caller, after: int = after) -> AsyncGenerator[Steps, None]:
                return server.watch(caller, task_id, after)

            try:
                async with aclosing(self.follow(tenant, watched, task_id, offset)) as coming:
                    async for task, reached in coming:
                        offset = reached
                        if (task is not None and task.state.ended) or self.chance.happens(0.03):
                            return
            except (Lost, Unavailable, Exhausted):
                await asyncio.sleep(self.chance.between(0.1, 0.8))
            except OffsetOutOfRange:
                if offset > after or was_there:
                    self.history.wrong.append(f"offset {offset} of {tenant}/{task_id} was there and is no more")
                return

    def _caller(self, tenant: str) -> Caller:
        deadline = self.clock.now() + timedelta(seconds=PATIENCE) if self.chance.happens(0.5) else None
        return Caller(Identity(tenant, "service", _SCOPES), "simulated", deadline=deadline)


async def _each(coming: AsyncGenerator[Steps, None]) -> AsyncGenerator[Progress, None]:
    async for steps in coming:
        for step in steps:
            yield step


def _as(
    caller: Caller, work: Callable[[Server, Caller], Coroutine[Any, Any, T]]
) -> Callable[[Server], Coroutine[Any, Any, T]]:
    return lambda server: work(server, caller)
