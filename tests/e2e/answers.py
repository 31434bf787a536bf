"""What comes back over any wire, in one form: documents, frames of a stream, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
import orjson
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from aion.adapters.transports.json.codec import encode
from aion.v1 import events_pb2, lifecycle_pb2, tasks_pb2

Document = dict[str, Any]
CODE_NAMES = {code.value[0]: code.name for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused call as a client sees it. `http_status` and `marks` differ by transport or call and do not compare."""

    code: str
    reason: str
    message: str
    violations: tuple[tuple[str, str], ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    retries: bool = False
    http_status: int = field(default=0, compare=False)
    marks: tuple[str, str] = field(default=("", ""), compare=False)


class Refused(Exception):
    """The call was refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.reason}: {refusal.message}")
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of a stream: its event's name, its offset (None: it has none) and its document."""

    name: str
    offset: int | None
    document: Document


def document_of(message: Message) -> Document:
    """The message in its canonical JSON form."""
    document: Document = orjson.loads(encode(message))
    return document


def refusal_of_rpc(error: grpc.aio.AioRpcError) -> Refusal:
    """What google.rpc.Status and its details say."""
    trailers = {str(name): value for name, value in error.trailing_metadata() or ()}
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    assert (status.code, status.message) == (error.code().value[0], error.details())
    return refusal_of_status(status, trailers)


def refusal_of_status(status: status_pb2.Status, headers: Mapping[str, Any], http_status: int = 0) -> Refusal:
    """What google.rpc.Status says; the headers (or trailers) carry the same marks."""
    found: dict[str, Any] = {}
    for packed in status.details:
        name = packed.TypeName().removeprefix("google.rpc.")
        detail = getattr(error_details_pb2, name)()
        assert packed.Unpack(detail)
        found[name] = detail
    info, request = found["ErrorInfo"], found["RequestInfo"]
    assert info.domain == "aion"
    assert (headers["x-request-id"], headers["x-trace-id"]) == (request.request_id, request.serving_data)
    violations = found["BadRequest"].field_violations if "BadRequest" in found else ()
    return Refusal(
        code=CODE_NAMES[status.code],
        reason=info.reason,
        message=status.message,
        violations=tuple((v.field, v.description) for v in violations),
        facts=dict(info.metadata),
        retries="RetryInfo" in found,
        http_status=http_status,
        marks=(request.request_id, request.serving_data),
    )


def refusal_of_problem(problem: Document, headers: dict[str, str]) -> Refusal:
    """What an RFC 9457 problem says."""
    assert problem["type"] == "about:blank"
    marks = (problem["request_id"], problem["trace_id"])
    if headers:
        assert (headers["x-request-id"], headers["x-trace-id"]) == marks
        assert ("retry-after" in headers) == ("retry_after_seconds" in problem)
    return Refusal(
        code=problem["code"],
        reason=problem["reason"],
        message=problem["detail"],
        violations=tuple((v["field"], v["description"]) for v in problem.get("violations", ())),
        facts=problem.get("facts", {}),
        retries="retry_after_seconds" in problem,
        http_status=problem["status"],
        marks=marks,
    )


def one_by_one(message: tasks_pb2.WatchResponse) -> list[tasks_pb2.WatchResponse]:
    """The same as messages of one event each, as they come to who asks for no more."""
    *earlier, last = (message.event, *message.more_events)
    alone = tasks_pb2.WatchResponse()
    alone.CopyFrom(message)
    alone.ClearField("more_events")
    if earlier:
        alone.event.CopyFrom(last)
    return [*(tasks_pb2.WatchResponse(event=event) for event in earlier), alone]


def frames_of(message: tasks_pb2.TaskResult | tasks_pb2.WatchResponse, *, first: bool) -> list[Frame]:
    """A message of a gRPC stream as the frames that SSE makes of it; none for a heartbeat."""
    parts = one_by_one(message) if isinstance(message, tasks_pb2.WatchResponse) else [message]
    return [frame for one in parts if (frame := _frame_of(one, first=first)) is not None]


def _frame_of(message: tasks_pb2.TaskResult | tasks_pb2.WatchResponse, *, first: bool) -> Frame | None:
    event = message.event if message.HasField("event") else None
    task = _task_of(message)
    if isinstance(message, tasks_pb2.TaskResult) and first:
        return Frame("validated" if task is None else "accepted", None, document_of(message))
    if event is None and task is None:
        return None
    if task is None:
        assert event is not None
        name = events_pb2.EventKind.Name(event.kind).removeprefix("EVENT_KIND_").lower()
        return Frame(name, event.offset, document_of(event))
    name = "done" if task.state == lifecycle_pb2.TASK_STATE_OK else "error"
    return Frame(name, event.offset if event is not None else task.last_offset, document_of(task))


def _task_of(message: tasks_pb2.TaskResult | tasks_pb2.WatchResponse) -> tasks_pb2.TaskResult | None:
    if isinstance(message, tasks_pb2.WatchResponse):
        return message.task if message.HasField("task") else None
    if message.state == lifecycle_pb2.TASK_STATE_UNSPECIFIED:
        return None
    alone = tasks_pb2.TaskResult()
    alone.CopyFrom(message)
    alone.ClearField("event")
    return alone


def text_of(frames: list[Frame]) -> str:
    """The text that these frames make; a reset voids what came from its place on."""
    pieces: list[tuple[int, str]] = []
    for frame in frames:
        if frame.name == "token":
            pieces.append((frame.offset or 0, frame.document["text"]))
        elif frame.name == "reset":
            pieces = [piece for piece in pieces if piece[0] < frame.document["discard_from"]]
    return "".join(piece for _, piece in pieces)
