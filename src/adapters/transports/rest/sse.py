"""A streaming RPC as server-sent events.

What goes wrong before the first byte is a problem with its status, later a `refused` frame. A client that leaves ends
its stream at once, and cancels no task. Nobody waits for a slow reader: the pipeline ends its stream as
READER_TOO_SLOW. If there is still no room for that word, the connection is cut; it may come back with the last id that
it got.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.methods import Method
from aion.adapters.rpc.streams import READER_SECONDS, Burst, Stream
from aion.adapters.transports.http.answers import Headers, Receive, Scope, Send, mark_headers
from aion.adapters.transports.http.bodies import Bodies
from aion.adapters.transports.http.leaving import ClientGone, WhileClientStays
from aion.adapters.transports.http.problems import MethodNotAllowed, send_problem
from aion.adapters.transports.http.streams import LAST_WORD_SECONDS, QUIET_SECONDS, ReaderGone, end, within
from aion.adapters.transports.rest.answers import acceptance_headers
from aion.adapters.transports.rest.calls import let_go, read_call
from aion.adapters.transports.rest.request import EVENTS, Shape
from aion.adapters.transports.rest.sse_frames import RETRY, accepted_frame, frame_of, refused_frame

TRANSPORT = "sse"


@dataclass(frozen=True, slots=True)
class StreamOperation:
    """One streaming operation of the document, as an ASGI application. `accepts`: its first message is an acceptance,
    which decides about headers.
    """

    bodies: Bodies
    method: Method
    shape: Shape
    accepts: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one stream; what it raises is a defect."""
        if scope["method"] == "HEAD":
            raise MethodNotAllowed("HEAD", scope["path"], ["GET"])
        try:
            call = await read_call(self.bodies, scope, receive, self.method, self.shape, transport=TRANSPORT)
        except ClientGone:
            return
        except Refused as refused:
            await send_problem(send, refused)
            return
        stream = self.bodies.pipeline.stream(call)
        writer = _Writer(send, stream.marks)
        try:
            with suppress(ClientGone):
                async with WhileClientStays(receive):
                    await self._pump(stream, writer)
        finally:
            let_go(call)

    async def _pump(self, stream: Stream, writer: "_Writer") -> None:
        try:
            await self._write(stream, writer)
        except Refused as refused:
            with suppress(ReaderGone):
                await writer.refuse(refused)
        except ReaderGone:
            return
        finally:
            await stream.bursts.aclose()

    async def _write(self, stream: Stream, writer: "_Writer") -> None:
        first = asyncio.ensure_future(anext(stream.bursts, None))
        try:
            await asyncio.wait({first}, timeout=None if self.accepts else QUIET_SECONDS)
            if not first.done():
                await writer.open([])
            burst = await first
        finally:
            await end(first)
        if burst is not None:
            await stream.pace(self._begin(burst, writer), burst[-1])
            async for burst in stream.bursts:
                await stream.pace(writer.write(_frames(burst)), burst[-1])
        await writer.open([])
        await writer.close()

    async def _begin(self, burst: Burst, writer: "_Writer") -> None:
        if not self.accepts:
            await writer.open([])
            await writer.write(_frames(burst))
            return
        await writer.open(acceptance_headers(burst[0]))
        await writer.write(accepted_frame(burst[0]) + _frames(burst[1:]))


def _frames(burst: Burst) -> bytes:
    return b"".join([frame_of(message) for message in burst])


class _Writer:
    """Writes frames. The pipeline bounds the time of a message; what comes before and after one is bounded here."""

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
            *mark_headers(self._marks),
            *extra,
        ]
        async with within(READER_SECONDS):
            await self._send({"type": "http.response.start", "status": 200, "headers": headers})
            await self.write(RETRY)

    async def write(self, frames: bytes) -> None:
        """Sends frames."""
        await self._send({"type": "http.response.body", "body": frames, "more_body": True})

    async def close(self) -> None:
        """Ends the stream. Raises ReaderGone."""
        async with within(READER_SECONDS):
            await self._send({"type": "http.response.body", "body": b""})

    async def refuse(self, refused: Refused) -> None:
        """Ends the stream with a problem: as the answer while nothing was sent, else as its last frame. Raises
        ReaderGone when there is no room for it.
        """
        if not self._opened:
            await send_problem(self._send, refused)
            return
        async with within(LAST_WORD_SECONDS):
            await self.write(refused_frame(refused))
            await self._send({"type": "http.response.body", "body": b""})
