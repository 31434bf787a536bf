"""The WebSocket as a client speaks it: a connection that says and hears frames, and a face like those of the others."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson
from google.protobuf.message import Message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from aion.adapters.rpc.methods import Method
from tests.e2e.answers import Document, Frame, Refused, document_of, refusal_of_problem

SUBPROTOCOL = "aion.v1.json"
PATIENCE = 60.0
QUIET = frozenset({"heartbeat", "draining"})
"""Frames that may come at any time."""


class Socket:
    """One open connection."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire

    async def say(self, **frame: Any) -> None:
        """Sends a frame; `kind` is its type."""
        await self.wire.send(orjson.dumps({"type": frame.pop("kind"), **frame}).decode())

    async def hear_all(self) -> Document:
        """The next frame, whatever it is. Raises ConnectionClosed."""
        text = await asyncio.wait_for(self.wire.recv(), PATIENCE)
        assert isinstance(text, str)
        document: Document = orjson.loads(text)
        return document

    async def hear(self) -> Document:
        """The next frame that says something. Raises ConnectionClosed."""
        while (frame := await self.hear_all())["type"] in QUIET:
            pass
        return frame

    async def hear_until(self, kind: str, call_id: str = "") -> list[Document]:
        """Frames, those of one call if it is named, up to the first of this type."""
        frames: list[Document] = []
        while not frames or frames[-1]["type"] != kind:
            frame = await self.hear()
            if not call_id or frame.get("id") == call_id:
                frames.append(frame)
        return frames

    async def closed(self) -> tuple[int, str]:
        """Code and reason with which the server closes; what it says before is passed over."""
        with suppress(ConnectionClosed):
            while True:
                await self.hear_all()
        close = self.wire.protocol.close_rcvd
        assert close is not None, "the connection broke without a word"
        return close.code, close.reason


@asynccontextmanager
async def open_socket(
    url: str, headers: Mapping[str, str] | None = None, *, ready: bool = True, **options: Any
) -> AsyncIterator[Socket]:
    """A connection to `ws://HOST:PORT`, after its `ready` frame unless that is not expected. Raises Refused."""
    given = {"subprotocols": [SUBPROTOCOL], "compression": None, "max_size": 64 << 20, **options}
    path = given.pop("path", "/v1/ws")
    try:
        async with connect(f"{url}{path}", additional_headers=dict(headers or {}), proxy=None, **given) as wire:
            socket = Socket(wire)
            if ready:
                frame = await socket.hear()
                if frame["type"] == "refused":
                    raise Refused(refusal_of_problem(frame["data"], {}))
                assert frame["type"] == "ready", frame
            yield socket
    except InvalidStatus as refused:
        answer = refused.response
        assert answer.headers["content-type"] == "application/problem+json"
        problem = orjson.loads(bytes(answer.body or b""))
        assert problem["status"] == answer.status_code
        said = {name.lower(): value for name, value in answer.headers.raw_items()}
        raise Refused(refusal_of_problem(problem, said)) from refused


@dataclass(frozen=True)
class SocketFace:
    """The four RPCs that a WebSocket carries, each over a connection of its own.

    Behind `most_waiting` frames that nobody took the client hears nothing more, not even that the server closes: who
    breaks streams off has no such bound.
    """

    url: str
    headers: Mapping[str, str]
    name: str = "ws"
    carries: frozenset[str] = frozenset({"Submit", "Stream", "Watch", "Cancel"})
    most_waiting: int | None = 16

    async def unary(self, method: Method, request: Message, headers: Mapping[str, str] | None = None) -> Document:
        """The answer as its document. Raises Refused."""
        said = {**self.headers, **(headers or {})}
        async with open_socket(self.url, said, max_queue=self.most_waiting) as socket:
            await socket.say(**self._frame(method, request))
            answer = await socket.hear()
        if answer["type"] == "refused":
            raise Refused(refusal_of_problem(answer["data"], {}))
        document: Document = answer["data"]
        return {"task": document} if method.name == "Cancel" else document

    async def stream(
        self, method: Method, request: Message, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[Frame]:
        """The frames of a stream. Raises Refused."""
        said = {**self.headers, **(headers or {})}
        async with open_socket(self.url, said, max_queue=self.most_waiting) as socket:
            await socket.say(**self._frame(method, request))
            while True:
                frame = await socket.hear()
                if frame["type"] == "refused":
                    raise Refused(refusal_of_problem(frame["data"], {}))
                if frame["type"] == "unsubscribed":
                    return
                if frame["type"] != "subscribed":
                    yield Frame(frame["type"], frame.get("offset"), frame["data"])
                if frame["type"] in ("done", "error"):
                    return

    def _frame(self, method: Method, request: Message) -> dict[str, Any]:
        members = document_of(request)
        if method.name in ("Submit", "Stream"):
            return {"kind": "submit", "id": "1", "request": members, "subscribe": method.name == "Stream"}
        return {"kind": {"Watch": "subscribe", "Cancel": "cancel"}[method.name], "id": "1", **members}
