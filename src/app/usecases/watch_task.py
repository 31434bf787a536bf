"""Follow a task's log from any offset to its end: late, many times, from any transport."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from aion.app.usecases.submit_task import AcceptTask
from aion.app.usecases.waiting import Slots
from aion.domain.identity import Caller
from aion.ports.signals import Signals
from aion.ports.tasks import TaskStore
from aion.ports.usecases import Progress, SubmitCommand

BATCH = 512
"""Events read at once: a late watcher drains the log in a few reads, and holds no queue of its own."""

HEARTBEAT_SECONDS = 2.0
"""Silence after which a watcher is told that its stream lives."""


@dataclass(frozen=True, slots=True)
class WatchTask:
    """The position of a watcher is its offset: a slow reader costs no memory, and nothing is sent before its commit."""

    store: TaskStore
    signals: Signals
    slots: Slots

    async def __call__(self, caller: Caller, task_id: str, after_offset: int) -> AsyncGenerator[Progress, None]:
        with self.slots.take(caller.tenant), self.signals.watch_task(caller.tenant, task_id) as subscription:
            offset = after_offset
            clock = asyncio.get_running_loop().time
            speaks_at = clock() + HEARTBEAT_SECONDS
            while True:
                events = await self.store.events(caller.tenant, task_id, offset, BATCH)
                for event in events:
                    offset = event.offset
                    if event.kind.ends:
                        yield Progress(event, await self.store.get(caller.tenant, task_id))
                        return
                    yield Progress(event)
                if events:
                    speaks_at = clock() + HEARTBEAT_SECONDS
                    continue
                task = await self.store.get(caller.tenant, task_id)
                if task.state.ended and task.last_offset <= offset:
                    # The reader already has the last event; it only wants to know how it ended.
                    yield Progress(task=task)
                    return
                # A task changes without a new event too (its lease is renewed), so silence is measured here.
                if clock() >= speaks_at:
                    yield Progress()
                    speaks_at = clock() + HEARTBEAT_SECONDS
                await subscription.changed(speaks_at - clock())


@dataclass(frozen=True, slots=True)
class StreamTask:
    """Submit and watch in one call. Leaving it cancels nothing: the task was accepted."""

    accept: AcceptTask
    watch: WatchTask

    async def __call__(self, caller: Caller, command: SubmitCommand) -> AsyncGenerator[Progress, None]:
        submitted = await self.accept(caller, command)
        yield Progress(task=submitted.task, replayed=submitted.replayed, validated=submitted.validated)
        if submitted.validated:
            return
        async with aclosing(self.watch(caller, submitted.task.task_id, 0)) as steps:
            async for progress in steps:
                yield progress
