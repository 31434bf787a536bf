"""A client that writes down every call: when it began, when it ended, and what came of it.

It retries nothing by itself, so that the history holds what happened and not what a library made of it.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field

from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from aion.v1 import tasks_pb2, tasks_pb2_grpc
from tests.chaos.history import Asked, Call, Outcome, SeenEvent
from tests.chaos.seen import seen_task
from tests.chaos.server import Server
from tests.chaos.wires import Denied, Lost, Request, SocketWire, Wire, grpc_wire, rest_wire

WIRES = ("grpc", "rest", "ws")


@dataclass(frozen=True)
class Steps:
    """What the test-only module is asked to do."""

    steps: int
    pause: int = 0
    held: bool = False

    @property
    def params_json(self) -> str:
        """The task's input."""
        return f'{{"steps":{self.steps},"pause":{self.pause},"held":{int(self.held)}}}'

    @property
    def asked(self) -> Asked:
        """What must come of it."""
        text = "".join(f"step {number % 10} " for number in range(1, self.steps + 1))
        return Asked(text, f'{{"steps":{self.steps}}}')


@dataclass
class Recorder:
    """The history of all clients of one test, and what they asked for."""

    calls: list[Call] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)
    plans: dict[str, Steps] = field(default_factory=dict)
    expire_time: int = field(default_factory=lambda: int(time.time()) + 3600)
    """Far away: what is tried here is not that tasks expire."""
    _ticks: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def tick(self) -> int:
        """The next moment; calls are ordered by it."""
        return next(self._ticks)

    def new_key(self, plan: Steps) -> str:
        """A key that was never used, and what it stands for."""
        key = f"key-{len(self.plans) + 1}"
        self.plans[key], self.asked[key] = plan, plan.asked
        return key

    def count(self, outcome: Outcome, method: str = "submit") -> int:
        """How many calls ended so."""
        return sum(call.outcome is outcome and call.method == method for call in self.calls)


class Client:
    """One connection to one life of a server."""

    def __init__(self, recorder: Recorder, wire: Wire) -> None:
        self.recorder = recorder
        self._wire = wire

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, recorder: Recorder, server: Server, wire: str = "grpc", *, grpc: str = "", http: str = ""
    ) -> AsyncIterator["Client"]:
        """A client of this life of the server; `grpc` and `http` are where to reach it, if not at its own addresses."""
        async with AsyncExitStack() as stack:
            if wire == "grpc":
                yield cls(recorder, await stack.enter_async_context(grpc_wire(grpc or server.address, server.api_key)))
                return
            url = http or server.url
            rest = await stack.enter_async_context(rest_wire(url, server.api_key))
            yield cls(recorder, rest if wire == "rest" else SocketWire(url, server.api_key, rest))

    async def submit(self, key: str, wait: float = 0.0) -> Call:
        """Submits, or submits again, what this key stands for."""
        request = tasks_pb2.TaskRequest(
            intent="take_steps",
            params_json=self.recorder.plans[key].params_json,
            request_id=key,
            metadata={"key": key},
            expire_time=Timestamp(seconds=self.recorder.expire_time),
        )
        if wait:
            request.wait.FromMilliseconds(round(wait * 1000))
        return await self._unary("submit", "Submit", request, key=key)

    async def get(self, task_id: str) -> Call:
        """Reads a task."""
        return await self._unary("get", "StatusById", tasks_pb2.TaskId(task_id=task_id), task_id=task_id)

    async def cancel(self, task_id: str) -> Call:
        """Asks to cancel a task."""
        return await self._unary("cancel", "Cancel", tasks_pb2.CancelRequest(task_id=task_id), task_id=task_id)

    async def watch(self, task_id: str, after_offset: int = 0, until: str = "", most: int = 0) -> Call:
        """Follows a task's log to its end, or until an event of kind `until`, or until it got `most` events."""
        began, events, task = self.recorder.tick(), list[SeenEvent](), None
        outcome, reason, left = Outcome.ANSWERED, "", False
        request = tasks_pb2.WatchRequest(task_id=task_id, after_offset=after_offset)
        try:
            async with aclosing(self._wire.watch(request)) as sent:  # type: ignore[type-var]
                async for event, last in sent:
                    if event is not None:
                        events.append(event)
                    task = last or task
                    if (until and events and events[-1].kind == until) or (most and len(events) >= most):
                        left = True
                        break
        except Denied as denied:
            outcome, reason = _judged(denied)
        return self._record(
            Call(
                "watch",
                "",
                began,
                self.recorder.tick(),
                outcome,
                task=task,
                task_id=task_id,
                reason=reason,
                after_offset=after_offset,
                events=tuple(events),
                left=left,
                wire=self._wire.name,
            )
        )

    async def list_all(self) -> Call:
        """Reads the ids of all tasks that there are, page by page."""
        began, ids = self.recorder.tick(), frozenset[str]()
        outcome, reason = Outcome.ANSWERED, ""
        try:
            ids = frozenset([task_id async for task_id in self._wire.ids()])
        except Denied as denied:
            outcome, reason = _judged(denied)
        ended = self.recorder.tick()
        return self._record(
            Call("list", "", began, ended, outcome, reason=reason, listed=ids, wire=self._wire.name),
        )

    async def _unary(self, method: str, rpc: str, request: Request, *, key: str = "", task_id: str = "") -> Call:
        began, task = self.recorder.tick(), None
        outcome, reason = Outcome.ANSWERED, ""
        try:
            task = seen_task(await self._wire.unary(rpc, request))
        except Denied as denied:
            outcome, reason = _judged(denied)
        return self._record(
            Call(
                method,
                key,
                began,
                self.recorder.tick(),
                outcome,
                task=task,
                task_id=task_id,
                reason=reason,
                wire=self._wire.name,
            )
        )

    def _record(self, call: Call) -> Call:
        self.recorder.calls.append(call)
        return call


async def all_ids(server: Server) -> list[str]:
    """The ids of all tasks that there are; not part of the history."""
    found: list[str] = []
    token = ""
    async with aio.insecure_channel(server.address) as channel:
        stub = tasks_pb2_grpc.AionTasksStub(channel)
        while True:
            page = await stub.ListTasks(
                tasks_pb2.ListTasksRequest(page_size=500, page_token=token),
                metadata=(("authorization", f"Bearer {server.api_key}"),),
            )
            found.extend(task.task_id for task in page.tasks)
            token = page.next_page_token
            if not token:
                return found


async def all_of(*work: Awaitable[object]) -> None:
    """Waits for all; the first failure is raised when all have ended."""
    for result in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def _judged(denied: Denied) -> tuple[Outcome, str]:
    return Outcome.UNKNOWN if isinstance(denied, Lost) else Outcome.REFUSED, denied.reason
