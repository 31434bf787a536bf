"""A real gRPC server whose answers a test writes down beforehand: the contract's own stubs, no AION behind them."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc import error_details_pb2, status_pb2

from aion.v1 import (
    catalog_pb2_grpc,
    events_pb2,
    lifecycle_pb2,
    schedules_pb2_grpc,
    server_pb2_grpc,
    tasks_pb2,
    tasks_pb2_grpc,
    tickets_pb2_grpc,
    webhooks_pb2_grpc,
)

Step = Callable[[Any, grpc.ServicerContext], Any]
TOKEN, LOG, RESET, DONE, ERROR = (
    getattr(events_pb2, f"EVENT_KIND_{name}") for name in ("TOKEN", "LOG", "RESET", "DONE", "ERROR")
)


def status(
    code: grpc.StatusCode,
    reason: str,
    message: str = "it was refused",
    *,
    violations: dict[str, str] | None = None,
    facts: dict[str, str] | None = None,
    retry_after: float | None = None,
    request_id: str = "",
) -> status_pb2.Status:
    """What AION sends with a refused call."""
    details: list[Any] = [error_details_pb2.ErrorInfo(reason=reason, domain="aion", metadata=facts or {"limit": "1"})]
    if violations:
        fields = [error_details_pb2.BadRequest.FieldViolation(field=k, description=v) for k, v in violations.items()]
        details.append(error_details_pb2.BadRequest(field_violations=fields))
    if retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromTimedelta(timedelta(seconds=retry_after))
        details.append(retry)
    if request_id:
        details.append(error_details_pb2.RequestInfo(request_id=request_id, serving_data="f" * 32))
    told = status_pb2.Status(code=code.value[0], message=message)
    for detail in details:
        packed = AnyMessage()
        packed.Pack(detail)
        told.details.append(packed)
    return told


def refuse(code: grpc.StatusCode, reason: str, message: str = "it was refused", **details: Any) -> Step:
    """A step that refuses the call as AION does."""
    told = status(code, reason, message, **details)

    def step(_: Any, context: grpc.ServicerContext) -> Any:
        context.set_trailing_metadata((("grpc-status-details-bin", told.SerializeToString()),))
        context.abort(code, message)

    return step


def answer(message: Any) -> Step:
    """A step that answers with one message, or with each of an iterable."""
    return lambda _request, _context: message


def cut(messages: list[Any], code: grpc.StatusCode | None = grpc.StatusCode.UNAVAILABLE) -> Step:
    """A step that streams some messages and then loses the connection, or with None ends it politely."""

    def step(_: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        yield from messages
        if code is not None:
            context.abort(code, "the connection is gone")

    return step


@dataclass
class Seen:
    """One call that arrived."""

    method: str
    request: Any
    metadata: dict[str, Any]
    time_left: float | None


@dataclass
class Double:
    """The scripts by method (the last step of each stays), and what arrived."""

    target: str = ""
    scripts: dict[str, deque[Step]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    def script(self, method: str, *steps: Step) -> None:
        self.scripts[method] = deque(steps)

    def calls(self, method: str) -> list[Seen]:
        return [call for call in self.seen if call.method == method]

    def step(self, method: str, request: Any, context: grpc.ServicerContext) -> Any:
        metadata = {item.key: item.value for item in context.invocation_metadata()}
        self.seen.append(Seen(method, request, metadata, context.time_remaining()))
        steps = self.scripts.get(method)
        if not steps:
            return context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no script for {method}")
        return (steps.popleft() if len(steps) > 1 else steps[0])(request, context)


class _Scripted:
    """A servicer each of whose methods asks the double."""

    def __init__(self, double: Double, streams: tuple[str, ...], methods: tuple[str, ...]) -> None:
        for name in methods:
            setattr(self, name, self._streaming(double, name) if name in streams else self._unary(double, name))

    @staticmethod
    def _unary(double: Double, name: str) -> Step:
        return lambda request, context: double.step(name, request, context)

    @staticmethod
    def _streaming(double: Double, name: str) -> Step:
        def serve(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            yield from double.step(name, request, context)

        return serve


def _methods(servicer: type) -> tuple[str, ...]:
    return tuple(name for name in vars(servicer) if not name.startswith("_"))


def serve(credentials: grpc.ServerCredentials | None = None) -> tuple[Double, grpc.Server]:
    """Start a double on a free port of the loopback."""
    double = Double()
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    services = (
        (tasks_pb2_grpc.AionTasksServicer, tasks_pb2_grpc.add_AionTasksServicer_to_server),
        (catalog_pb2_grpc.CatalogServiceServicer, catalog_pb2_grpc.add_CatalogServiceServicer_to_server),
        (server_pb2_grpc.ServerServiceServicer, server_pb2_grpc.add_ServerServiceServicer_to_server),
        (schedules_pb2_grpc.ScheduleServiceServicer, schedules_pb2_grpc.add_ScheduleServiceServicer_to_server),
        (webhooks_pb2_grpc.WebhookServiceServicer, webhooks_pb2_grpc.add_WebhookServiceServicer_to_server),
        (tickets_pb2_grpc.TicketServiceServicer, tickets_pb2_grpc.add_TicketServiceServicer_to_server),
    )
    for servicer, add in services:
        add(_Scripted(double, ("Stream", "Watch"), _methods(servicer)), server)
    if credentials is None:
        double.target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    else:
        double.target = f"localhost:{server.add_secure_port('127.0.0.1:0', credentials)}"
    server.start()
    return double, server


def task(state: str = "OK", **facts: Any) -> tasks_pb2.TaskResult:
    """A task as the server shows it."""
    fields = {
        "task_id": "t1",
        "intent": "summarize",
        "result_json": '{"summary":"short"}' if state == "OK" else "",
    } | facts
    return tasks_pb2.TaskResult(status=state, state=lifecycle_pb2.TaskState.Value(f"TASK_STATE_{state}"), **fields)


LOG_OF_TASK = [
    events_pb2.TaskEvent(offset=1, attempt=1, kind=TOKEN, text="lost "),
    events_pb2.TaskEvent(offset=2, attempt=2, kind=RESET, discard_from=1),
    events_pb2.TaskEvent(offset=3, attempt=2, kind=TOKEN, text="one "),
    events_pb2.TaskEvent(offset=4, attempt=2, kind=LOG, text="half way"),
    events_pb2.TaskEvent(offset=5, attempt=2, kind=TOKEN, text="two"),
    events_pb2.TaskEvent(offset=6, kind=DONE, data_json='{"summary":"short"}'),
]
"""A task that was tried twice; its text is `one two`."""


def stream_messages(*, joined: bool = False) -> list[tasks_pb2.TaskResult]:
    """What Stream sends for that task, uncut; `joined` brings the last event and the ended task in one message."""
    told = [tasks_pb2.TaskResult(task_id="t1", intent="summarize", status="RUNNING", event=e) for e in LOG_OF_TASK]
    if joined:
        return [task("PENDING"), *told[:-1], task("OK", last_offset=6, event=LOG_OF_TASK[-1])]
    return [task("PENDING"), *told, task("OK", last_offset=6)]


def watch_messages(after: int) -> list[tasks_pb2.WatchResponse]:
    """What Watch sends for that task after an offset, with a heartbeat before each event."""
    messages = []
    for event in LOG_OF_TASK[after:]:
        ended = task("OK", last_offset=6) if event.kind == DONE else None
        messages += [tasks_pb2.WatchResponse(), tasks_pb2.WatchResponse(event=event, task=ended)]
    return messages


def watch_together(*offsets: int) -> tasks_pb2.WatchResponse:
    """These events of that log in one message, as they come to who asks for several."""
    first, *more = (LOG_OF_TASK[offset - 1] for offset in offsets)
    ended = task("OK", last_offset=6) if offsets[-1] == 6 else None
    return tasks_pb2.WatchResponse(event=first, more_events=more, task=ended)


def watch_from_the_log(request: tasks_pb2.WatchRequest, _: grpc.ServicerContext) -> list[tasks_pb2.WatchResponse]:
    """A step that serves Watch as the contract says."""
    return watch_messages(request.after_offset)
