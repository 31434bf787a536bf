"""The same call over every transport: a face takes a method and a message, and gives documents, frames or a refusal."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import grpc
import httpx2
import orjson
from google.protobuf.message import Message

from aion.adapters.rpc.methods import Method, methods
from tests.e2e.answers import (
    Document,
    Frame,
    Refused,
    document_of,
    frames_of,
    refusal_of_problem,
    refusal_of_rpc,
)
from tests.e2e.connect_faces import ConnectFace, GrpcWebFace
from tests.e2e.socket_faces import SocketFace
from tests.e2e.transcoding import transcode

BY_NAME = {method.name: method for method in methods().values()}
TIMEOUT = 60.0
Headers = Mapping[str, str]


@dataclass(frozen=True)
class GrpcFace:
    """gRPC, messages as bytes."""

    channel: grpc.aio.Channel
    headers: Headers
    name: str = "grpc"

    async def unary(self, method: Method, request: Message | bytes, headers: Headers | None = None) -> Document:
        """The answer as its document. Raises Refused."""
        call = self.channel.unary_unary(method.path)
        try:
            data = await call(_bytes(request), metadata=self._metadata(headers), timeout=TIMEOUT)
        except grpc.aio.AioRpcError as error:
            raise Refused(refusal_of_rpc(error)) from error
        return document_of(method.response.FromString(data))

    async def stream(
        self, method: Method, request: Message | bytes, headers: Headers | None = None
    ) -> AsyncIterator[Frame]:
        """The frames, heartbeats left out. Raises Refused."""
        call = self.channel.unary_stream(method.path)(
            _bytes(request), metadata=self._metadata(headers), timeout=TIMEOUT
        )
        try:
            first = True
            async for data in call:
                for frame in frames_of(method.response.FromString(data), first=first):  # type: ignore[arg-type]
                    yield frame
                first = False
        except grpc.aio.AioRpcError as error:
            raise Refused(refusal_of_rpc(error)) from error
        finally:
            call.cancel()

    def _metadata(self, headers: Headers | None) -> tuple[tuple[str, str], ...]:
        return tuple({**self.headers, **(headers or {})}.items())


@dataclass(frozen=True)
class RestFace:
    """REST for unary methods, SSE for streaming ones. `binding` chooses among the paths of a method."""

    client: httpx2.AsyncClient
    headers: Headers
    name: str = "rest"
    binding: Mapping[str, int] = field(default_factory=dict)

    async def unary(self, method: Method, request: Message, headers: Headers | None = None) -> Document:
        """The answer as its document. Raises Refused."""
        http = transcode(method, request, self.binding.get(method.name, 0))
        answer = await self.client.request(
            http.verb, http.path, params=http.query, json=http.body, headers={**self.headers, **(headers or {})}
        )
        document = _checked(answer, answer.content)
        return {http.wraps: document} if http.wraps else document

    async def post(self, path: str, body: bytes, headers: Headers | None = None) -> Document:
        """The answer to bytes that may be anything. Raises Refused."""
        return await self.send("POST", path, body, headers)

    async def send(self, verb: str, path: str, body: bytes, headers: Headers | None = None) -> Document:
        """As `post`, with any verb."""
        said = {"content-type": "application/json", **self.headers, **(headers or {})}
        answer = await self.client.request(verb, path, content=body, headers=said)
        return _checked(answer, answer.content)

    async def stream(self, method: Method, request: Message, headers: Headers | None = None) -> AsyncIterator[Frame]:
        """The frames, comments left out. Raises Refused."""
        http = transcode(method, request, self.binding.get(method.name, 0))
        said = {**self.headers, **(headers or {})}
        async with self.client.stream(http.verb, http.path, params=http.query, json=http.body, headers=said) as answer:
            if answer.status_code != 200:
                _checked(answer, await answer.aread())
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            lines: list[str] = []
            async for line in answer.aiter_lines():
                if line:
                    lines.append(line)
                    continue
                frame = _frame(lines)
                lines = []
                if frame is not None and frame.name == "refused":
                    raise Refused(refusal_of_problem(frame.document, {}))
                if frame is not None:
                    yield frame


Face = GrpcFace | RestFace | ConnectFace | GrpcWebFace | SocketFace


async def collect(face: Face, method: Method, request: Any, headers: Headers | None = None) -> list[Frame]:
    """All frames of a stream, to its end."""
    async with aclosing(face.stream(method, request, headers)) as frames:  # type: ignore[type-var]
        return [frame async for frame in frames]


async def refusal(face: Face, method: Method, request: Any, headers: Headers | None = None) -> Any:
    """The refusal of a call that must be refused."""
    try:
        if method.streams:
            answer: object = await collect(face, method, request, headers)
        else:
            answer = await face.unary(method, request, headers)
    except Refused as refused:
        return refused.refusal
    raise AssertionError(f"{method.name} over {face.name} was not refused: {answer}")


def _bytes(request: Message | bytes) -> bytes:
    return request if isinstance(request, bytes) else request.SerializeToString()


def _checked(answer: httpx2.Response, content: bytes) -> Document:
    document: Document = orjson.loads(content)
    if answer.status_code < 400:
        return document
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["status"] == answer.status_code
    raise Refused(refusal_of_problem(document, dict(answer.headers)))


def _frame(lines: list[str]) -> Frame | None:
    fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
    if "data" not in fields:
        return None
    offset = int(fields["id"]) if "id" in fields else None
    return Frame(fields["event"], offset, orjson.loads(fields["data"]))
