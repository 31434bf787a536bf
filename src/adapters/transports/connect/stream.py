"""A stream over Connect or gRPC-Web: envelopes as messages come, and a last one that says how it ended.

A client that leaves ends its stream at once, and cancels no task. Nobody waits for a slow reader: the pipeline ends
its stream as READER_TOO_SLOW, and if there is no room for that word either, the connection is cut.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.streams import READER_SECONDS, Burst, Stream
from aion.adapters.transports.connect.dialects import StreamDialect
from aion.adapters.transports.http.answers import Headers, Receive, Send, mark_headers
from aion.adapters.transports.http.leaving import WhileClientStays
from aion.adapters.transports.http.streams import LAST_WORD_SECONDS, QUIET_SECONDS, ReaderGone, end, within
from aion.domain.errors import CallDeadlineExceeded


async def serve_stream(
    stream: Stream, dialect: StreamDialect, timeout: float | None, receive: Receive, send: Send
) -> None:
    """Serves one stream to its end or its deadline. Raises ClientGone; what else it raises is a defect."""
    writer = _Writer(send, dialect, mark_headers(stream.marks))
    try:
        async with asyncio.timeout(timeout) as time, WhileClientStays(receive):
            await _pump(stream, dialect, writer)
    except TimeoutError:
        if not time.expired():
            raise
        with suppress(ReaderGone):
            await writer.end(Refused(out_of_time(), stream.marks), LAST_WORD_SECONDS)


def out_of_time() -> CallDeadlineExceeded:
    """The refusal of a call whose client gave it no more time."""
    return CallDeadlineExceeded(
        "the call's deadline passed before its end; what was accepted goes on: read it, watch it from the last offset, "
        "or send the call again with the same idempotency key"
    )


async def _pump(stream: Stream, dialect: StreamDialect, writer: "_Writer") -> None:
    try:
        await _write(stream, dialect, writer)
        await writer.end(None, READER_SECONDS)
    except Refused as refused:
        with suppress(ReaderGone):
            await writer.end(refused, LAST_WORD_SECONDS)
    except ReaderGone:
        return
    finally:
        await stream.bursts.aclose()


async def _write(stream: Stream, dialect: StreamDialect, writer: "_Writer") -> None:
    first = asyncio.ensure_future(anext(stream.bursts, None))
    try:
        await asyncio.wait({first}, timeout=QUIET_SECONDS)
        if not first.done():
            async with within(READER_SECONDS):
                await writer.open()
        burst = await first
    finally:
        await end(first)
    if burst is not None:
        await stream.pace(writer.write(_frames(burst, dialect)), burst[-1])
        async for burst in stream.bursts:
            await stream.pace(writer.write(_frames(burst, dialect)), burst[-1])


def _frames(burst: Burst, dialect: StreamDialect) -> bytes:
    return b"".join([dialect.frame(message) for message in burst])


@dataclass(slots=True)
class _Writer:
    """Writes frames; the headers go before the first."""

    send: Send
    dialect: StreamDialect
    marks: Headers
    opened: bool = field(default=False)

    async def open(self) -> None:
        """Sends status and headers, once."""
        if self.opened:
            return
        self.opened = True
        headers = [
            (b"content-type", self.dialect.content_type.encode()),
            (b"x-accel-buffering", b"no"),
            *self.marks,
        ]
        await self.send({"type": "http.response.start", "status": 200, "headers": headers})

    async def write(self, frames: bytes) -> None:
        """Sends frames."""
        await self.open()
        await self.send({"type": "http.response.body", "body": frames, "more_body": True})

    async def end(self, refused: Refused | None, seconds: float) -> None:
        """Sends the last frame. Raises ReaderGone when there is no room for it."""
        async with within(seconds):
            await self.open()
            await self.send({"type": "http.response.body", "body": self.dialect.end(refused)})
