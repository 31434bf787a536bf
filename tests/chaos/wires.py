"""The wires that a recorded client may use: gRPC, REST with SSE, and the WebSocket.

Each gives the contract's own messages or says why there is none: `Denied` when the server refused the call, `Lost` when
nobody knows what came of it. None retries anything by itself.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Protocol

import httpx2
import orjson
from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode, aio
from websockets.exceptions import WebSocketException

from aion.adapters.transports.json.codec import decode
from aion.v1 import events_pb2, tasks_pb2
from tests.chaos.history import SeenEvent, SeenTask
from tests.chaos.seen import last_event, seen_event, seen_task
from tests.e2e.answers import Document, Frame, Refusal, Refused, one_by_one
from tests.e2e.faces import BY_NAME, RestFace
from tests.e2e.socket_faces import SocketFace

CALL_SECONDS = 60.0
MOST_EVENTS = 64
Sent = tuple[SeenEvent | None, SeenTask | None]
"""What a stream brings at one place."""

PAGE = 100
"""Tasks on a page of a list."""

Request = tasks_pb2.TaskRequest | tasks_pb2.TaskId | tasks_pb2.CancelRequest | tasks_pb2.WatchRequest
_UNKNOWN_REASONS = ("", "OUTCOME_UNKNOWN")


class Denied(Exception):
    """The server refused the call, for this typed reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason or "no typed reason")
        self.reason = reason


class Lost(Denied):
    """Nobody knows what came of the call."""


class Wire(Protocol):
    """One connection to one life of a server."""

    name: str

    async def unary(self, method: str, request: Request) -> tasks_pb2.TaskResult:
        """The task that the answer brings. Raises Denied and Lost."""
        ...

    def watch(self, request: tasks_pb2.WatchRequest) -> AsyncIterator[Sent]:
        """Events and, in the end, the task. Raises Denied and Lost."""
        ...

    def ids(self) -> AsyncIterator[str]:
        """The ids of all tasks, page by page. Raises Denied and Lost."""
        ...


class GrpcWire:
    """gRPC."""

    name = "grpc"

    def __init__(self, channel: aio.Channel, api_key: str) -> None:
        self._channel = channel
        self._metadata = (("authorization", f"Bearer {api_key}"),)

    async def unary(self, method: str, request: Request) -> tasks_pb2.TaskResult:
        """The task that the answer brings. Raises Denied and Lost."""
        known = BY_NAME[method]
        call = self._channel.unary_unary(known.path)
        try:
            data = await call(request.SerializeToString(), metadata=self._metadata, timeout=CALL_SECONDS)
        except aio.AioRpcError as error:
            raise _judged(error) from error
        return _task_in(known.response.FromString(data))

    async def watch(self, request: tasks_pb2.WatchRequest) -> AsyncIterator[Sent]:
        """Events, several in a message where they come together, and, in the end, the task. Raises Denied and Lost."""
        asked = tasks_pb2.WatchRequest(max_events=MOST_EVENTS)
        asked.MergeFrom(request)
        call = self._channel.unary_stream(BY_NAME["Watch"].path)(
            asked.SerializeToString(), metadata=self._metadata, timeout=CALL_SECONDS
        )
        try:
            async for data in call:
                for message in one_by_one(tasks_pb2.WatchResponse.FromString(data)):
                    event = seen_event(message.event) if message.HasField("event") else None
                    yield event, seen_task(message.task) if message.HasField("task") else None
        except aio.AioRpcError as error:
            raise _judged(error) from error
        finally:
            call.cancel()

    async def ids(self) -> AsyncIterator[str]:
        """The ids of all tasks, page by page. Raises Denied and Lost."""
        method = BY_NAME["ListTasks"]
        call, page = self._channel.unary_unary(method.path), tasks_pb2.ListTasksResponse()
        while True:
            asked = tasks_pb2.ListTasksRequest(page_size=PAGE, page_token=page.next_page_token)
            try:
                data = await call(asked.SerializeToString(), metadata=self._metadata, timeout=CALL_SECONDS)
            except aio.AioRpcError as error:
                raise _judged(error) from error
            page = tasks_pb2.ListTasksResponse.FromString(data)
            for task in page.tasks:
                yield task.task_id
            if not page.next_page_token:
                return


class RestWire:
    """REST, and SSE for streams."""

    name = "rest"

    def __init__(self, client: httpx2.AsyncClient, api_key: str) -> None:
        self._face = RestFace(client, {"authorization": f"Bearer {api_key}"})

    async def unary(self, method: str, request: Request) -> tasks_pb2.TaskResult:
        """The task that the answer brings. Raises Denied and Lost."""
        with _of_the_web():
            return _decoded(await self._face.unary(BY_NAME[method], request))

    async def watch(self, request: tasks_pb2.WatchRequest) -> AsyncIterator[Sent]:
        """Events and, in the end, the task. Raises Denied and Lost."""
        with _of_the_web():
            async with aclosing(self._face.stream(BY_NAME["Watch"], request)) as frames:
                async for frame in frames:
                    yield _sent(frame, request.after_offset)

    async def ids(self) -> AsyncIterator[str]:
        """The ids of all tasks, page by page. Raises Denied and Lost."""
        token = ""
        while True:
            asked = tasks_pb2.ListTasksRequest(page_size=PAGE, page_token=token)
            with _of_the_web():
                page = await self._face.unary(BY_NAME["ListTasks"], asked)
            for task in page["tasks"]:
                yield task["task_id"]
            token = page["next_page_token"]
            if not token:
                return


class SocketWire:
    """The WebSocket, one connection a call; what it does not carry goes over REST."""

    name = "ws"

    def __init__(self, url: str, api_key: str, rest: RestWire) -> None:
        headers = {"authorization": f"Bearer {api_key}"}
        self._face = SocketFace(url.replace("http", "ws", 1), headers, most_waiting=None)
        self._rest = rest

    async def unary(self, method: str, request: Request) -> tasks_pb2.TaskResult:
        """The task that the answer brings. Raises Denied and Lost."""
        if method not in self._face.carries:
            return await self._rest.unary(method, request)
        with _of_the_web():
            return _decoded(await self._face.unary(BY_NAME[method], request))

    async def watch(self, request: tasks_pb2.WatchRequest) -> AsyncIterator[Sent]:
        """Events and, in the end, the task. Raises Denied and Lost."""
        with _of_the_web():
            async with aclosing(self._face.stream(BY_NAME["Watch"], request)) as frames:
                async for frame in frames:
                    yield _sent(frame, request.after_offset)

    def ids(self) -> AsyncIterator[str]:
        """The ids of all tasks, page by page. Raises Denied and Lost."""
        return self._rest.ids()


@asynccontextmanager
async def grpc_wire(address: str, api_key: str) -> AsyncIterator[GrpcWire]:
    """A channel of its own, which retries nothing."""
    options = (("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1))
    async with aio.insecure_channel(address, options=options) as channel:
        yield GrpcWire(channel, api_key)


@asynccontextmanager
async def rest_wire(url: str, api_key: str) -> AsyncIterator[RestWire]:
    """Connections of its own."""
    async with httpx2.AsyncClient(base_url=url, timeout=CALL_SECONDS, trust_env=False) as client:
        yield RestWire(client, api_key)


def reason_of(error: aio.AioRpcError) -> str:
    """The typed reason of a refusal; empty when there is none."""
    for name, value in error.trailing_metadata() or ():
        if name == "grpc-status-details-bin" and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return str(info.reason)
    return ""


def _judged(error: aio.AioRpcError) -> Denied:
    reason = reason_of(error)
    lost = error.code() in (StatusCode.UNAVAILABLE, StatusCode.DEADLINE_EXCEEDED, StatusCode.CANCELLED)
    return Lost(reason) if lost and reason in _UNKNOWN_REASONS else Denied(reason)


@contextmanager
def _of_the_web() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise _judged_by_reason(refused.refusal) from refused
    except (httpx2.TransportError, WebSocketException, OSError, EOFError) as error:
        raise Lost("") from error


def _judged_by_reason(refusal: Refusal) -> Denied:
    return Lost(refusal.reason) if refusal.reason == "OUTCOME_UNKNOWN" else Denied(refusal.reason)


def _task_in(message: object) -> tasks_pb2.TaskResult:
    if isinstance(message, tasks_pb2.CancelResponse):
        return message.task
    assert isinstance(message, tasks_pb2.TaskResult), message
    return message


def _decoded(document: Document) -> tasks_pb2.TaskResult:
    return decode(tasks_pb2.TaskResult, orjson.dumps(document.get("task", document)))


def _sent(frame: Frame, after_offset: int) -> Sent:
    if frame.name in ("done", "error"):
        assert frame.offset is not None
        task = seen_task(_decoded(frame.document))
        # Who had read to the end before gets the task, and no event.
        return last_event(frame.offset, task) if frame.offset > after_offset else None, task
    return seen_event(decode(events_pb2.TaskEvent, orjson.dumps(frame.document))), None
