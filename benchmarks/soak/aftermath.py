"""What must hold when a load is over: every task that was accepted is there and has ended, and nothing waits."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aion.v1 import lifecycle_pb2, tasks_pb2
from benchmarks.scraping import scrape, total
from benchmarks.servers import Served
from benchmarks.soak.calls import Client
from benchmarks.soak.promises import Promise

PATIENCE = 60.0
"""Seconds for what was held back, or waits, to end."""

PAUSE = 0.25

_OPEN = frozenset({lifecycle_pb2.TASK_STATE_PENDING, lifecycle_pb2.TASK_STATE_RUNNING})
_LEVELS = ("aion_queue_depth", "aion_attempts_running", "aion_waiters", "aion_watchers", "aion_calls_queued")


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is left of a load."""

    accepted: int
    gone: int
    open: int
    waiting: float
    seconds: float

    @property
    def promises(self) -> tuple[Promise, ...]:
        """Nothing lost, nothing left."""
        return (
            Promise(f"accepted tasks ({self.accepted}) that are not there", self.gone, 0),
            Promise("accepted tasks that did not end", self.open, 0),
            Promise("tasks, calls and streams that still wait or run", self.waiting, 0),
        )


async def aftermath(server: Served, clients: Iterable[Client]) -> Aftermath:
    """Waits until nothing is left to do, then reads every task of every client."""
    began = time.perf_counter()
    waiting = await asyncio.to_thread(_waiting, server)
    for _ in range(int(PATIENCE / PAUSE)):
        if not waiting:
            break
        await asyncio.sleep(PAUSE)
        waiting = await asyncio.to_thread(_waiting, server)
    seconds = time.perf_counter() - began
    return judged([(client.accepted, await _states(client)) for client in clients], waiting, seconds)


def judged(told: Iterable[tuple[Sequence[str], Mapping[str, int]]], waiting: float, seconds: float) -> Aftermath:
    """Of each client the ids that it was told of, and the state of each task that the server has for it."""
    found = [states.get(task_id) for accepted, states in told for task_id in accepted]
    return Aftermath(len(found), found.count(None), sum(state in _OPEN for state in found), waiting, seconds)


def _waiting(server: Served) -> float:
    samples = scrape(server)
    return sum(total(samples, level) for level in _LEVELS)


async def _states(client: Client) -> dict[str, int]:
    states: dict[str, int] = {}
    token = ""
    while True:
        request = tasks_pb2.ListTasksRequest(page_size=500, page_token=token)
        page = tasks_pb2.ListTasksResponse.FromString(await client.unary("ListTasks", request.SerializeToString()))
        states.update((task.task_id, task.state) for task in page.tasks)
        token = page.next_page_token
        if not token:
            return states
