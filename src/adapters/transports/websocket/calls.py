"""The calls of one WebSocket: each is a call of the pipeline of its own, authorised, limited and observed like any.

A subscription that follows a task ends with the event that ends the task, with `refused`, or with `unsubscribed`; from
that frame on its id is free. Leaving one cancels no task.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Self

from google.protobuf.message import Message
from uvicorn.protocols.utils import ClientDisconnected

from aion.adapters.rpc.admission import Visit
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Call
from aion.adapters.rpc.methods import Method, methods
from aion.adapters.rpc.pipeline import Pipeline
from aion.adapters.rpc.streams import Burst, Stream
from aion.adapters.transports.http.streams import QUIET_SECONDS, ReaderGone, end
from aion.adapters.transports.json.codec import encode
from aion.adapters.transports.stream_events import accepted_event, event_of
from aion.adapters.transports.websocket.closing import GONE, TOO_SLOW, Close, Ending, close_of
from aion.adapters.transports.websocket.frames import (
    ClientFrame,
    Kind,
    answer_frame,
    bare_frame,
    event_frame,
    refused_frame,
)
from aion.adapters.transports.websocket.outlet import Outlet
from aion.domain.errors import TooManyWaiters
from aion.v1 import tasks_pb2

TRANSPORT = "ws"
_ENDS = frozenset({"done", "error"})
_FATAL = frozenset({"UNAUTHENTICATED", "READER_TOO_SLOW"})
"""Refusals of one call that are true of the whole connection."""

_log = logging.getLogger("aion.http")


@dataclass(slots=True)
class _Open:
    """A call that runs. `begun`: its first message has come, so it can be left without leaving its outcome open."""

    size: int
    subscribed: bool
    task: "asyncio.Task[None] | None" = None
    begun: bool = False
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class CallBounds:
    """How much one connection may have open at once."""

    calls: int = 100
    held_bytes: int = 16 << 20
    """Of the frames of open calls: what they hold in memory."""


class Served(NamedTuple):
    """The RPCs that a WebSocket carries."""

    submit: Method
    stream: Method
    watch: Method
    cancel: Method

    @classmethod
    def of_contract(cls) -> Self:
        """Read from the descriptors, once."""
        known = methods()
        return cls(*(known[f"/aion.v1.AionTasks/{name}"] for name in ("Submit", "Stream", "Watch", "Cancel")))


class Calls:
    """Begins, follows and ends calls. `visit` is what all calls of the connection share."""

    def __init__(
        self,
        pipeline: Pipeline,
        served: Served,
        outlet: Outlet,
        visit: Visit,
        bounds: CallBounds,
    ) -> None:
        self._pipeline = pipeline
        self._served = served
        self._outlet = outlet
        self._visit = visit
        self._bounds = bounds
        self._over: Callable[[Ending], None] = _unheard
        self._ended: Callable[[], None] = _unheard
        self._open: dict[str, _Open] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self, over: Callable[[Ending], None], ended: Callable[[], None]) -> None:
        """`over` is told what must end the connection, `ended` that a call has ended."""
        self._over, self._ended = over, ended

    @property
    def running(self) -> bool:
        """Whether any call is open."""
        return bool(self._tasks)

    def has(self, call_id: str) -> bool:
        """Whether the id names an open call."""
        return call_id in self._open

    async def begin(self, frame: ClientFrame) -> None:
        """Begins the call of a frame, whose id is free."""
        held = sum(call.size for call in self._open.values())
        if len(self._open) >= self._bounds.calls or held + frame.payload.size > self._bounds.held_bytes:
            error = TooManyWaiters(
                f"a connection may have {self._bounds.calls} calls open, {self._bounds.held_bytes} bytes together; "
                "end one, or open another connection",
                retry_after=timedelta(seconds=1),
            )
            refused = self._pipeline.refuse(error, self._visit.headers, TRANSPORT)
            await self._outlet.put(refused_frame(refused, frame.call_id))
            return
        headers = {**self._visit.headers, **({"traceparent": frame.traceparent} if frame.traceparent else {})}
        follows = frame.kind is Kind.SUBSCRIBE or frame.subscribe
        method = self._method(frame)
        call = Call(
            method, frame.payload, TRANSPORT, headers, peer=self._visit.peer, ticket=self._visit.ticket, opened=True
        )
        place = self._open[frame.call_id] = _Open(frame.payload.size, follows)
        work = self._follow(call, frame, place) if follows else self._answer(call, frame)
        place.task = asyncio.create_task(self._guarded(frame.call_id, work), name=f"ws {method.name}")
        self._tasks.add(place.task)
        place.task.add_done_callback(self._forget)

    def _method(self, frame: ClientFrame) -> Method:
        if frame.kind is Kind.SUBSCRIBE:
            return self._served.watch
        if frame.kind is Kind.CANCEL:
            return self._served.cancel
        return self._served.stream if frame.subscribe else self._served.submit

    async def leave(self, call_id: str) -> None:
        """Ends a subscription; one that is not there has ended already."""
        place = self._open.get(call_id)
        if place is not None and place.subscribed:
            place.leaving = True
            if not place.begun:
                return  # it ends itself, when it is clear what came of it
            self._open.pop(call_id)
            assert place.task is not None
            await end(place.task)
        await self._outlet.put(bare_frame("unsubscribed", call_id))

    async def stop(self) -> None:
        """Ends all calls without a word; no task is cancelled by that."""
        await end(*self._tasks)

    async def _answer(self, call: Call, frame: ClientFrame) -> None:
        answer = await self._pipeline.unary(call)
        self._open.pop(frame.call_id, None)
        if isinstance(answer.message, tasks_pb2.CancelResponse):
            name, document = "task", encode(answer.message.task)
        else:
            event = accepted_event(answer.message)
            name, document = event.name, event.data
        await self._outlet.put(answer_frame(name, frame.call_id, answer.marks, document))

    async def _follow(self, call: Call, frame: ClientFrame, place: _Open) -> None:
        stream = self._pipeline.stream(call)
        try:
            first = await self._first(stream, frame, place)
            await self._deliver(stream, frame.call_id, first)
            while not place.leaving and (burst := await anext(stream.bursts, None)) is not None:
                await self._deliver(stream, frame.call_id, burst)
        finally:
            await stream.bursts.aclose()
        if self._open.pop(frame.call_id, None) is not None:
            await self._outlet.put(bare_frame("unsubscribed", frame.call_id))

    async def _first(self, stream: Stream, frame: ClientFrame, place: _Open) -> Burst:
        """Says that the subscription stands, with the task when it was submitted just now. What else came at first."""
        coming = asyncio.ensure_future(anext(stream.bursts, None))
        try:
            if frame.kind is Kind.SUBSCRIBE:
                await asyncio.wait({coming}, timeout=QUIET_SECONDS)
                if not coming.done():
                    place.begun = True
                    await self._outlet.put(answer_frame("subscribed", frame.call_id, stream.marks))
                    return await coming or ()
            burst = await coming
        finally:
            await end(coming)
        place.begun = True
        if frame.kind is Kind.SUBSCRIBE:
            await self._paced(stream, answer_frame("subscribed", frame.call_id, stream.marks), None)
            return burst or ()
        assert burst is not None
        answer = accepted_event(burst[0])
        await self._paced(stream, answer_frame(answer.name, frame.call_id, stream.marks, answer.data), burst[0])
        return burst[1:]

    async def _deliver(self, stream: Stream, call_id: str, burst: Burst) -> None:
        for message in burst:
            event = event_of(message)
            if event is None:
                continue  # the connection has a heartbeat of its own
            async with self._outlet.turn():
                if event.name in _ENDS:
                    self._open.pop(call_id, None)
                await stream.pace(self._outlet.write(event_frame(call_id, event)), message)

    async def _paced(self, stream: Stream, frame: bytes, message: Message | None) -> None:
        async with self._outlet.turn():
            await stream.pace(self._outlet.write(frame), message)

    async def _guarded(self, call_id: str, work: Awaitable[None]) -> None:
        """Does the work of a call, and says its refusal."""
        try:
            await work
        except Refused as refused:
            self._open.pop(call_id, None)
            frame = refused_frame(refused, call_id)
            if refused.error.reason in _FATAL:
                self._over(Ending(close_of(refused.error), refused.error.message, frame))
            else:
                await self._outlet.put(frame)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._ended()
        if not task.cancelled() and (error := task.exception()) is not None:
            self._over(_ending_of(error))


def _unheard(*_: object) -> None:
    raise RuntimeError("nobody listens to these calls")


def _ending_of(error: BaseException) -> Ending:
    """How a connection ends when one of its calls could not say its word, or broke."""
    if isinstance(error, ClientDisconnected):
        return GONE
    if isinstance(error, ReaderGone):
        return TOO_SLOW
    _log.error("defect while serving a WebSocket", exc_info=error)
    return Ending(Close.DEFECT, "AION failed; the cause is in its log")
