"""A gRPC client that writes down every call: when it began, when it ended, and what came of it.

It speaks the contract's own messages and retries nothing by itself, so that the history holds what happened and not
what a library made of it.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode, aio

from aion.v1 import events_pb2, lifecycle_pb2, tasks_pb2, tasks_pb2_grpc
from tests.e2e.crash.history import Asked, Call, Outcome, SeenAttempt, SeenEvent, SeenTask
from tests.e2e.crash.server import Server

CALL_SECONDS = 20.0
_UNKNOWN_REASONS = ("", "OUTCOME_UNKNOWN")


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
        text = "".join(f"step {number} " for number in range(1, self.steps + 1))
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

    def __init__(self, recorder: Recorder, channel: aio.Channel, api_key: str) -> None:
        self.recorder = recorder
        self._stub = tasks_pb2_grpc.AionTasksStub(channel)
        self._metadata = (("authorization", f"Bearer {api_key}"),)

    @classmethod
    @asynccontextmanager
    async def connect(cls, recorder: Recorder, server: Server) -> AsyncIterator["Client"]:
        """A client of this life of the server."""
        async with aio.insecure_channel(server.address) as channel:
            yield cls(recorder, channel, server.api_key)

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
        return await self._unary("submit", self._stub.Submit, request, key=key)

    async def get(self, task_id: str) -> Call:
        """Reads a task."""
        return await self._unary("get", self._stub.StatusById, tasks_pb2.TaskId(task_id=task_id), task_id=task_id)

    async def cancel(self, task_id: str) -> Call:
        """Asks to cancel a task."""
        return await self._unary("cancel", self._stub.Cancel, tasks_pb2.CancelRequest(task_id=task_id), task_id=task_id)

    async def watch(self, task_id: str, after_offset: int = 0, until: str = "") -> Call:
        """Follows a task's log to its end, or until an event of kind `until`."""
        began, events, task = self.recorder.tick(), list[SeenEvent](), None
        outcome, reason = Outcome.ANSWERED, ""
        request = tasks_pb2.WatchRequest(task_id=task_id, after_offset=after_offset)
        stream = self._stub.Watch(request, metadata=self._metadata, timeout=CALL_SECONDS)
        try:
            async for message in stream:
                if message.HasField("event"):
                    events.append(_seen_event(message.event))
                if message.HasField("task"):
                    task = _seen_task(message.task)
                if until and events and events[-1].kind == until:
                    stream.cancel()
                    break
        except aio.AioRpcError as error:
            outcome, reason = _judged(error)
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
            )
        )

    async def all_ids(self) -> list[str]:
        """The ids of all tasks that there are; not part of the history."""
        found: list[str] = []
        token = ""
        while True:
            page = await self._stub.ListTasks(
                tasks_pb2.ListTasksRequest(page_size=500, page_token=token), metadata=self._metadata
            )
            found.extend(task.task_id for task in page.tasks)
            token = page.next_page_token
            if not token:
                return found

    async def _unary(
        self,
        method: str,
        call: Callable[..., Awaitable[tasks_pb2.TaskResult | tasks_pb2.CancelResponse]],
        request: Message,
        *,
        key: str = "",
        task_id: str = "",
    ) -> Call:
        began, task = self.recorder.tick(), None
        outcome, reason = Outcome.ANSWERED, ""
        try:
            answer = await call(request, metadata=self._metadata, timeout=CALL_SECONDS)
        except aio.AioRpcError as error:
            outcome, reason = _judged(error)
        else:
            task = _seen_task(answer if isinstance(answer, tasks_pb2.TaskResult) else answer.task)
        return self._record(
            Call(method, key, began, self.recorder.tick(), outcome, task=task, task_id=task_id, reason=reason)
        )

    def _record(self, call: Call) -> Call:
        self.recorder.calls.append(call)
        return call


async def all_of(*work: Awaitable[object]) -> None:
    """Waits for all; the first failure is raised when all have ended."""
    for result in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def reason_of(error: aio.AioRpcError) -> str:
    """The typed reason of a refusal; empty when there is none."""
    for name, value in error.trailing_metadata() or ():
        if name == "grpc-status-details-bin" and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return str(info.reason)
    return ""


def _judged(error: aio.AioRpcError) -> tuple[Outcome, str]:
    reason = reason_of(error)
    lost = error.code() in (StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED, StatusCode.CANCELLED)
    return (Outcome.UNKNOWN if lost and reason in _UNKNOWN_REASONS else Outcome.REFUSED), reason


def _seen_task(message: tasks_pb2.TaskResult) -> SeenTask:
    return SeenTask(
        task_id=message.task_id,
        key=message.metadata["key"],
        state=message.status,
        create_time=_seconds(message.create_time),
        end_time=_seconds(message.end_time),
        attempts=tuple(
            SeenAttempt(attempt.number, _outcome(attempt.outcome), _seconds(attempt.end_time))
            for attempt in message.attempts
        ),
        last_offset=message.last_offset,
        result_json=message.result_json,
        error_code=message.error.code,
        cancel_requested=message.cancel_requested,
    )


def _seen_event(event: events_pb2.TaskEvent) -> SeenEvent:
    kind = events_pb2.EventKind.Name(event.kind).removeprefix("EVENT_KIND_")
    return SeenEvent(event.offset, event.attempt, kind, event.text, event.data_json, event.discard_from)


def _outcome(value: lifecycle_pb2.AttemptOutcome.ValueType) -> str:
    return lifecycle_pb2.AttemptOutcome.Name(value).removeprefix("ATTEMPT_OUTCOME_")


def _seconds(stamp: Timestamp) -> float:
    return stamp.seconds + stamp.nanos / 1e9
