"""Requests over gRPC: raw bytes and metadata to a real server, and what its library makes of the answer."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

from tests.e2e.answers import CODE_NAMES
from tests.fuzz import heads
from tests.fuzz.known import Known
from tests.fuzz.protobuf_requests import asks_to_wait, body_of
from tests.fuzz.requests import Answer, Cell, Request

STREAM_SECONDS = 0.4
"""After which a stream is left: some never end."""

WAIT_SECONDS = 0.4
CALL_SECONDS = 60.0
FLOOD_BYTES = 8_000
"""Of metadata; from about here on gRPC itself may refuse, in words of its own."""


class GrpcLane:
    """Sends one request after another over a channel that it shares with others."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._calls: dict[str, Callable[..., Any]] = {}

    def compose(self, rng: Random, cell: Cell, known: Known) -> Request:
        """The next request to a cell."""
        body = body_of(rng, cell, known)
        head: heads.Head = [(name, value.encode()) for name, value in known.headers.items()]
        floods, timeout = False, CALL_SECONDS
        if rng.random() < 0.12:
            head = [pair for pair in heads.odd_head(rng, head, http=False) if _is_ascii(pair[1])]
        if rng.random() < 0.005:
            head = heads.flood(rng, head)
        if rng.random() < 0.02:
            head.append(("x-binary-bin", rng.randbytes(rng.choice((0, 1, 100)))))
        if rng.random() < 0.02:
            timeout = rng.choice((0.0005, 0.005, 0.05))
        waits = asks_to_wait(cell, body)
        floods = sum(len(name) + len(value) for name, value in head) > FLOOD_BYTES
        if cell.method.streams or waits:
            timeout = min(timeout, STREAM_SECONDS)
        return Request(cell, body, "CALL", cell.method.path.encode(), tuple(head), timeout, waits=waits, floods=floods)

    async def send(self, request: Request) -> Answer:
        """What came of it."""
        metadata = tuple((name, value if name.endswith("-bin") else value.decode()) for name, value in request.head)
        call = self._call(request.cell)(request.body, metadata=metadata, timeout=request.timeout)
        received: list[bytes] = []
        try:
            if request.cell.method.streams:
                received.extend([data async for data in call])
            else:
                received.append(await call)
        except grpc.aio.AioRpcError as error:
            return self._refusal(request, error, b"".join(received))
        except asyncio.CancelledError:
            call.cancel()
            raise
        return accepted(request.cell, received)

    def _call(self, cell: Cell) -> Callable[..., Any]:
        path = cell.method.path
        if path not in self._calls:
            kind = self._channel.unary_stream if cell.method.streams else self._channel.unary_unary
            self._calls[path] = kind(path)
        return self._calls[path]

    def _refusal(self, request: Request, error: grpc.aio.AioRpcError, received: bytes) -> Answer:
        trailers = {str(name): value for name, value in error.trailing_metadata() or ()}
        code, packed = error.code().name, trailers.get("grpc-status-details-bin")
        said = (error.details() or "").encode() + repr(trailers).encode() + received
        if isinstance(packed, bytes):
            return refusal_of_status(status_pb2.Status.FromString(packed), said + packed, code)
        if code == "DEADLINE_EXCEEDED" and request.timeout is not None and request.timeout < CALL_SECONDS:
            return Answer(code, raw=said, left=True)
        return Answer(code, raw=said, bare=True)


def accepted(cell: Cell, received: list[bytes]) -> Answer:
    """An answer of messages."""
    messages: list[Message] = []
    try:
        messages.extend(cell.method.response.FromString(data) for data in received)
    except DecodeError:
        return Answer("OK", raw=b"".join(received), wrong=f"it is no {cell.method.response.DESCRIPTOR.full_name}")
    if not cell.method.streams and len(messages) != 1:
        return Answer("OK", raw=b"".join(received), wrong=f"it has {len(messages)} messages")
    return Answer("OK", raw=b"".join(received), messages=tuple(messages))


def refusal_of_status(status: status_pb2.Status, raw: bytes, code: str) -> Answer:
    """A refusal as google.rpc.Status; `code` is what stood outside of it."""
    info, request = error_details_pb2.ErrorInfo(), error_details_pb2.RequestInfo()
    found = [detail.Unpack(info) or detail.Unpack(request) for detail in status.details]
    wrong = ""
    if CODE_NAMES.get(status.code) != code:
        wrong = f"its code is {code} outside and {status.code} inside"
    elif not found or info.domain != "aion" or not status.message:
        wrong = "it has no ErrorInfo of aion, or no sentence"
    return Answer(code, info.reason, raw, marked=bool(request.request_id and request.serving_data), wrong=wrong)


def _is_ascii(value: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in value)
