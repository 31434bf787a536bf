"""One WebSocket whose client is known: its frames are read and served until one of the many reasons ends it.

While it is open its credentials are looked at again by a timer, silence is broken by heartbeats, and a connection that
neither asks nor follows anything is closed. A drain lets its calls end, each with its word, and then closes it.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final

from uvicorn.protocols.utils import ClientDisconnected

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES, Guest, Visit
from aion.adapters.rpc.errors import InternalError
from aion.adapters.rpc.pipeline import Pipeline
from aion.adapters.rpc.streams import REAUTHORISE_AFTER
from aion.adapters.transports.http.answers import Receive, Send
from aion.adapters.transports.http.origins import Origins
from aion.adapters.transports.http.reservoir import BYTES
from aion.adapters.transports.http.streams import LAST_WORD_SECONDS, ReaderGone, end
from aion.adapters.transports.websocket.calls import TRANSPORT, CallBounds, Calls, Served
from aion.adapters.transports.websocket.closing import GONE, TOO_SLOW, Close, Ending, close_of, reason_text
from aion.adapters.transports.websocket.frames import (
    BadFrame,
    ClientFrame,
    Kind,
    bare_frame,
    parse,
    ready_frame,
    refused_frame,
)
from aion.adapters.transports.websocket.outlet import Outlet
from aion.adapters.transports.websocket.protocol import GOING, WebSocketProtocol
from aion.domain.errors import AionError, MalformedRequest

LARGE_FRAME: Final = 64 << 10
"""Characters of a frame from which to parse it is work that counts."""

Places = Callable[[str], AbstractContextManager[None]]
"""Holds one of the places of a tenant while the block runs, or raises TooManyWaiters."""

_log = logging.getLogger("aion.http")


def unbounded(_: str) -> AbstractContextManager[None]:
    """A place for everybody."""
    return nullcontext()


@dataclass(frozen=True, slots=True)
class SocketTimes:
    """The spans of a connection, in seconds; tests shorten them."""

    authenticate: float = 10.0
    """For the first frame, when the handshake carried no credentials."""
    look: float = REAUTHORISE_AFTER
    """Between two looks at the credentials."""
    heartbeat: float = 15.0
    """Of silence, after which the server says that it is there."""
    idle: float = 600.0
    """Without a frame of the client and without a call."""
    reader: float = 30.0
    """For which the client may take nothing."""


@dataclass(frozen=True, slots=True)
class SocketBounds:
    """What connections may hold. `strangers`: how many may be open that have not said yet who they are.
    `unfinished_bytes`: of messages that are not whole, over all connections; bodies of requests count into it, too.
    """

    calls: CallBounds = field(default_factory=CallBounds)
    strangers: int = 128
    unfinished_bytes: int = BYTES


@dataclass(frozen=True, slots=True)
class SocketParts:
    """What every connection needs."""

    pipeline: Pipeline
    origins: Origins
    places: Places
    times: SocketTimes = field(default_factory=SocketTimes)
    bounds: SocketBounds = field(default_factory=SocketBounds)
    served: Served = field(default_factory=Served.of_contract)


class Connection:
    """Serves one client."""

    def __init__(self, parts: SocketParts, visit: Visit, guest: Guest, socket: WebSocketProtocol, send: Send) -> None:
        loop = asyncio.get_running_loop()
        self._parts = parts
        self._pipeline = parts.pipeline
        self._times = parts.times
        self._visit = visit
        self._guest = guest
        self._socket = socket
        self._clock = loop.time
        self._over: asyncio.Future[Ending] = loop.create_future()
        self._news = asyncio.Event()
        self._going = False
        self._heard_at = self._clock()
        self._outlet = Outlet(send, parts.times.reader, self._clock)
        self._calls = Calls(parts.pipeline, parts.served, self._outlet, visit, parts.bounds.calls)
        self._calls.listen(over=self._finish, ended=self._news.set)

    async def serve(self, receive: Receive) -> None:
        """Serves until the end, which is said as a close frame where there is somebody to hear it."""
        with self._pipeline.attended(self._news.set):
            work = [asyncio.create_task(self._read(receive)), asyncio.create_task(self._keep())]
            for task in work:
                task.add_done_callback(self._worked)
            try:
                ending = await self._over
            except asyncio.CancelledError:
                self._socket.hang_up(Close.GOING_AWAY, "the server shuts down")
                raise
            finally:
                await end(*work)
                await self._calls.stop()
        await self._close(ending)

    async def _close(self, ending: Ending) -> None:
        if ending is GONE:
            return
        try:
            reason = reason_text(ending.reason)
            await self._outlet.last_words(LAST_WORD_SECONDS, ending.last_frame, ending.code, reason)
        except ReaderGone:
            self._socket.abort()
        except ClientDisconnected:
            return

    async def _read(self, receive: Receive) -> None:
        await self._outlet.put(ready_frame(self._guest.marks, self._limits()))
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                self._finish(GONE)
                return
            if message["type"] == GOING:
                self._going = True
                self._news.set()
                continue
            self._heard_at = self._clock()
            if len(message["text"]) > LARGE_FRAME:
                await self._charge()
            try:
                await self._serve(parse(message["text"]))
            except BadFrame as bad:
                await self._blame(bad)

    async def _serve(self, frame: ClientFrame) -> None:
        if frame.kind is Kind.AUTH:
            raise BadFrame(MalformedRequest("auth is the first frame or none: this connection is authenticated"))
        if frame.kind is Kind.PING:
            await self._outlet.put(bare_frame("pong"))
        elif frame.kind is Kind.UNSUBSCRIBE:
            await self._calls.leave(frame.call_id)
        elif self._calls.has(frame.call_id):
            raise BadFrame(MalformedRequest(f"the id {frame.call_id} names a call that is still open; choose another"))
        else:
            await self._calls.begin(frame)

    async def _blame(self, bad: BadFrame) -> None:
        """A frame that is wrong costs its call; one that is nobody's, or takes another call's id, the connection."""
        refused = self._pipeline.refuse(bad.error, self._visit.headers, TRANSPORT)
        if bad.call_id and not self._calls.has(bad.call_id):
            await self._charge()
            await self._outlet.put(refused_frame(refused, bad.call_id))
        else:
            self._finish(Ending(Close.MALFORMED, bad.error.message, refused_frame(refused)))

    async def _charge(self) -> None:
        """Counts what is no call yet against the client's rate. Beyond it the client waits, and is not read meanwhile;
        to refuse would be work, too.
        """
        pause = self._pipeline.charge(self._guest.identity)
        while pause is not None:
            await asyncio.sleep(pause.total_seconds())
            pause = self._pipeline.charge(self._guest.identity)

    async def _keep(self) -> None:
        """What must happen though no frame comes."""
        told, looked_at = False, self._clock()
        while True:
            self._news.clear()
            if (self._pipeline.draining or self._going) and not told:
                told = True
                await self._outlet.put(bare_frame("draining"))
            if (self._pipeline.ending or self._going) and not self._calls.running:
                self._finish(Ending(Close.GOING_AWAY, "the server shuts down; connect again, after your last offsets"))
            now = self._clock()
            if now - looked_at >= self._times.look:
                looked_at = now
                self._look()
            if now - self._outlet.spoke_at >= self._times.heartbeat:
                await self._outlet.put(bare_frame("heartbeat"))
            if self._calls.running:
                self._heard_at = now
            elif now - self._heard_at >= self._times.idle:
                sentence = f"nothing was asked for {self._times.idle:g} s; a ping keeps a connection open"
                self._finish(Ending(Close.IDLE, sentence))
            await self._until_news()

    async def _until_news(self) -> None:
        wait = min(self._times.look, self._times.heartbeat, self._times.idle)
        try:
            async with asyncio.timeout(wait):
                await self._news.wait()
        except TimeoutError:
            return

    def _look(self) -> None:
        try:
            self._pipeline.look_again(self._visit)
        except AionError as error:
            refused = self._pipeline.refuse(error, self._visit.headers, TRANSPORT)
            self._finish(Ending(close_of(error), error.message, refused_frame(refused)))

    def _limits(self) -> dict[str, int | float]:
        return {
            "max_request_bytes": MAX_REQUEST_BYTES,
            "max_calls": self._parts.bounds.calls.calls,
            "heartbeat_seconds": self._times.heartbeat,
            "idle_seconds": self._times.idle,
        }

    def _finish(self, ending: Ending) -> None:
        """The first reason counts."""
        if not self._over.done():
            self._over.set_result(ending)

    def _worked(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, ClientDisconnected):
            self._finish(GONE)
        elif isinstance(error, ReaderGone):
            self._finish(TOO_SLOW)
        else:
            refused = self._pipeline.refuse(InternalError(), self._visit.headers, TRANSPORT)
            request_id = refused.marks.request_id
            _log.error("defect while serving a WebSocket", exc_info=error, extra={"request_id": request_id})
            self._finish(Ending(Close.DEFECT, refused.error.message, refused_frame(refused)))
