"""A streaming RPC as server-sent events.

What goes wrong before the first byte is a problem with its status, later a `refused` frame. A client that leaves ends
its stream at once, and cancels no task. Nobody waits for a slow reader: after 30 s in which it takes nothing it is
cut, and may come back with the last id that it got.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

from google.protobuf.message import Message

from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.methods import Method
from aion.adapters.rpc.pipeline import Pipeline, Refused, Stream
from aion.adapters.transports.http_answers import GUARDS, Headers, Receive, Scope, Send, mark_headers
from aion.adapters.transports.http_problems import MethodNotAllowed, send_problem
from aion.adapters.transports.rest_answers import acceptance_headers
from aion.adapters.transports.rest_body import ClientGone
from aion.adapters.transports.rest_calls import end, read_call, until_gone
from aion.adapters.transports.rest_request import EVENTS, Shape
from aion.adapters.transports.sse_frames import RETRY, accepted_frame, frame_of, refused_frame
from aion.domain.errors import Draining

TRANSPORT = "sse"
READER_SECONDS = 30.0
"""How long a reader may take nothing while its buffers are full."""

QUIET_SECONDS = 0.5
"""After this time without a first message a watcher gets its headers, so that it knows that it is connected."""


class ReaderGone(Exception):
    """The reader takes nothing any more."""


@dataclass(slots=True)
class OpenStreams:
    """The streams of this server, so that a drain can end them with a word."""

    draining: asyncio.Event = field(default_factory=asyncio.Event)

    def drain(self) -> None:
        """Ends every stream; its client resumes at another server."""
        self.draining.set()


@dataclass(frozen=True, slots=True)
class StreamOperation:
    """One streaming operation of the document, as an ASGI application. `accepts`: its first message is an acceptance,
    which decides about headers.
    """

    pipeline: Pipeline
    method: Method
    shape: Shape
    streams: OpenStreams
    accepts: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one stream; what it raises is a defect."""
        if scope["method"] == "HEAD":
            raise MethodNotAllowed("HEAD", scope["path"], ["GET"])
        try:
            call = await read_call(scope, receive, self.method, self.shape, TRANSPORT)
        except ClientGone:
            return
        stream = self.pipeline.stream(call)
        writer = _Writer(send, stream.marks)
        pump = asyncio.ensure_future(self._pump(stream, writer))
        leaving = asyncio.ensure_future(until_gone(receive))
        draining = asyncio.ensure_future(self.streams.draining.wait())
        try:
            await asyncio.wait({pump, leaving, draining}, return_when=asyncio.FIRST_COMPLETED)
            if pump.done() or leaving.done():
                return
            await end(pump)
            sentence = "this server is shutting down; watch the task from another one, after the last id"
            await writer.refuse(Refused(Draining(sentence, retry_after=timedelta(seconds=1)), stream.marks))
        except ReaderGone:
            return
        finally:
            await end(pump, leaving, draining)
            if pump.done() and not pump.cancelled() and (error := pump.exception()) is not None:
                raise error

    async def _pump(self, stream: Stream, writer: "_Writer") -> None:
        messages = stream.messages
        try:
            await self._write(messages, writer)
        except Refused as refused:
            await writer.refuse(refused)
        except ReaderGone:
            return
        finally:
            await messages.aclose()

    async def _write(self, messages: AsyncIterator[Message], writer: "_Writer") -> None:
        first = asyncio.ensure_future(anext(messages, None))
        try:
            await asyncio.wait({first}, timeout=None if self.accepts else QUIET_SECONDS)
            if not first.done():
                await writer.open([])
            message = await first
        finally:
            await end(first)
        if message is not None:
            await writer.open(acceptance_headers(message) if self.accepts else [])
            await writer.write(accepted_frame(message) if self.accepts else frame_of(message))
            async for message in messages:
                await writer.write(frame_of(message))
        await writer.open([])
        await writer.close()


class _Writer:
    """Writes frames, and never longer than a reader may take."""

    def __init__(self, send: Send, marks: Marks) -> None:
        self._send = send
        self._marks = marks
        self._opened = False

    async def open(self, extra: Headers) -> None:
        """Sends status and headers, once."""
        if self._opened:
            return
        self._opened = True
        headers = [
            (b"content-type", f"{EVENTS}; charset=utf-8".encode()),
            (b"x-accel-buffering", b"no"),
            *GUARDS,
            *mark_headers(self._marks),
            *extra,
        ]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        await self.write(RETRY)

    async def write(self, frame: bytes) -> None:
        """Sends one frame. Raises ReaderGone."""
        try:
            async with asyncio.timeout(READER_SECONDS):
                await self._send({"type": "http.response.body", "body": frame, "more_body": True})
        except TimeoutError:
            raise ReaderGone from None

    async def close(self) -> None:
        """Ends the stream."""
        await self._send({"type": "http.response.body", "body": b""})

    async def refuse(self, refused: Refused) -> None:
        """Ends the stream with a problem: as the answer while nothing was sent, else as its last frame."""
        if not self._opened:
            await send_problem(self._send, refused)
            return
        await self.write(refused_frame(refused))
        await self.close()
