"""REST, SSE, Connect and gRPC-Web: the same submit over kept connections, one call at a time on each."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson

from benchmarks.doors.http_connection import HttpConnection, Reply, request
from benchmarks.load import Call, WrongAnswer
from benchmarks.servers import Served
from benchmarks.submits import SUBMIT, TEXT, WAIT_SECONDS, check_submit, new_key, submit

_ENVELOPE_BYTES = 5


@dataclass(frozen=True, slots=True)
class HttpDoor:
    """One path of a server. `check` raises when an answer is not what it should be."""

    address: str
    path: str
    headers: Mapping[str, str]
    body: Callable[[int], bytes]
    check: Callable[[Reply], None]

    @asynccontextmanager
    async def opened(self, in_flight: int) -> AsyncIterator[Call]:
        """A connection for each call in flight; who finds none free waits for one."""
        connections = [await HttpConnection.open(self.address) for _ in range(in_flight)]
        free: asyncio.LifoQueue[HttpConnection] = asyncio.LifoQueue()
        for connection in connections:
            free.put_nowait(connection)

        async def call(number: int) -> None:
            connection = await free.get()
            self.check(await connection.call(request("POST", self.path, self.headers, self.body(number))))
            free.put_nowait(connection)

        try:
            yield call
        finally:
            for connection in connections:
                connection.close()


def rest(server: Served) -> HttpDoor:
    """POST /v1/tasks, which waits for the end."""
    return HttpDoor(server.http, "/v1/tasks", json_headers(server), rest_body, _check_rest)


def sse(server: Served) -> HttpDoor:
    """POST /v1/tasks:stream: accepted, then the events to the end."""
    return HttpDoor(server.http, "/v1/tasks:stream", json_headers(server), _stream_body, _check_sse)


def connect(server: Served) -> HttpDoor:
    """Connect with protobuf."""
    headers = {**_key(server), "Content-Type": "application/proto", "Connect-Protocol-Version": "1"}
    return HttpDoor(server.http, SUBMIT, headers, submit, _check_connect)


def grpc_web(server: Served) -> HttpDoor:
    """gRPC-Web with protobuf."""
    headers = {**_key(server), "Content-Type": "application/grpc-web+proto", "X-Grpc-Web": "1"}
    return HttpDoor(server.http, SUBMIT, headers, lambda number: _envelope(submit(number)), _check_grpc_web)


def rest_body(number: int) -> bytes:
    """The request in JSON, with a key of its own."""
    wait = f"{WAIT_SECONDS}s"
    return orjson.dumps({"intent": "redact", "params": {"text": TEXT}, "request_id": new_key(number), "wait": wait})


def json_headers(server: Served) -> dict[str, str]:
    """Of a JSON request with the server's key."""
    return {**_key(server), "Content-Type": "application/json"}


def _stream_body(number: int) -> bytes:
    return orjson.dumps({"intent": "redact", "params": {"text": TEXT}, "request_id": new_key(number)})


def _key(server: Served) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.api_key}"}


def _check_rest(reply: Reply) -> None:
    if reply.status != 200 or b'"status":"OK"' not in reply.body or b"EMAIL_1" not in reply.body:
        raise WrongAnswer(reply)


def _check_sse(reply: Reply) -> None:
    if reply.status != 200 or b"event: accepted" not in reply.body or b"event: done" not in reply.body:
        raise WrongAnswer(reply)


def _check_connect(reply: Reply) -> None:
    if reply.status != 200:
        raise WrongAnswer(reply)
    check_submit(reply.body)


def _check_grpc_web(reply: Reply) -> None:
    length = int.from_bytes(reply.body[1:_ENVELOPE_BYTES], "big")
    if reply.status != 200 or b"grpc-status: 0" not in reply.body[_ENVELOPE_BYTES + length :]:
        raise WrongAnswer(reply)
    check_submit(reply.body[_ENVELOPE_BYTES : _ENVELOPE_BYTES + length])


def _envelope(message: bytes) -> bytes:
    return b"\0" + len(message).to_bytes(4, "big") + message
