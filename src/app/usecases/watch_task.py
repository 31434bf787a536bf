"""Follow a task's log from any offset to its end: late, many times, from any transport."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from aion.app.usecases.submit_task import AcceptTask
from aion.app.usecases.waiting import Slots
from aion.domain.events import TaskEvent
from aion.domain.identity import Caller
from aion.ports.signals import Signals
from aion.ports.tasks import TaskStore
from aion.ports.usecases import Progress, Steps, SubmitCommand

BATCH = 512
"""Events read at once: a late watcher drains the log in a few reads, and holds no queue of its own."""

BURST_EVENTS = 64
BURST_CHARACTERS = 8 << 10
"""What is handed on at once, so that a reader with little room is given little at a time."""

HEARTBEAT_SECONDS = 2.0
"""Silence after which a watcher is told that its stream lives."""


@dataclass(frozen=True, slots=True)
class WatchTask:
    """The position of a watcher is its offset: a slow reader costs no memory, and nothing is sent before its commit."""

    store: TaskStore
    signals: Signals
    slots: Slots

    async def __call__(self, caller: Caller, task_id: str, after_offset: int) -> AsyncGenerator[Steps, None]:
        with self.slots.take(caller.tenant), self.signals.watch_task(caller.tenant, task_id) as subscription:
            offset = after_offset
            clock = asyncio.get_running_loop().time
            speaks_at = clock() + HEARTBEAT_SECONDS
            while True:
                events = await self.store.events(caller.tenant, task_id, offset, BATCH)
                for burst in _bursts(events):
                    offset = burst[-1].offset
                    if burst[-1].kind.ends:
                        task = await self.store.get(caller.tenant, task_id)
                        yield [*(Progress(event) for event in burst[:-1]), Progress(burst[-1], task)]
                        return
                    yield [Progress(event) for event in burst]
                    if len(events) > len(burst):
                        await asyncio.sleep(0)  # one that has much to read must not keep the others waiting
                if events:
                    speaks_at = clock() + HEARTBEAT_SECONDS
                else:
                    task = await self.store.get(caller.tenant, task_id)
                    if task.state.ended and task.last_offset <= offset:
                        # The reader already has the last event; it only wants to know how it ended.
                        yield [Progress(task=task)]
                        return
                # Who has read all there was is told of more; a full read leaves some.
                if len(events) < BATCH:
                    # A task changes without a new event too (its lease is renewed), so silence is measured here.
                    if clock() >= speaks_at:
                        yield [Progress()]
                        speaks_at = clock() + HEARTBEAT_SECONDS
                    await subscription.changed(speaks_at - clock())


def _bursts(events: Sequence[TaskEvent]) -> Iterator[Sequence[TaskEvent]]:
    """The events in order, so many at once as may be handed on; one that ends a log is the last of a burst."""
    begin = size = 0
    for end, event in enumerate(events, 1):
        size += len(event.text) + len(event.data_json)
        if end - begin == BURST_EVENTS or size >= BURST_CHARACTERS or event.kind.ends:
            yield events[begin:end]
            begin, size = end, 0
    if begin < len(events):
        yield events[begin:]


@dataclass(frozen=True, slots=True)
class StreamTask:
    """Submit and watch in one call. Leaving it cancels nothing: the task was accepted."""

    accept: AcceptTask
    watch: WatchTask

    async def __call__(self, caller: Caller, command: SubmitCommand) -> AsyncGenerator[Steps, None]:
        submitted = await self.accept(caller, command)
        yield [Progress(task=submitted.task, replayed=submitted.replayed, validated=submitted.validated)]
        if submitted.validated:
            return
        async with aclosing(self.watch(caller, submitted.task.task_id, 0)) as bursts:
            async for steps in bursts:
                yield steps
