"""What holds for every stream of every transport while it runs: its caller is authorised again by a timer of its own, a
drain ends it with a word, and a reader that takes nothing is cut.

Messages come in bursts: all that are there at once. A reader that keeps up gets bursts of one; who comes late, or to a
server that is busy, gets more at once, which costs less for each. A client may ask for several events in one message,
which costs less still: its burst is then one message, or a few.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from google.protobuf.message import Message

from aion.adapters.rpc.call import Marks
from aion.domain.errors import ReaderTooSlow

Burst: TypeAlias = Sequence[Message]
"""Messages of a stream that are there at the same time, one at least."""

REAUTHORISE_AFTER = 3.0
"""Seconds between two looks at a stream's credentials, whether messages come or not: with the second for which a proof
of a key is remembered, a revoked key loses its streams within the promised five."""

READER_SECONDS = 30.0
"""How long a reader may take nothing while its buffers are full."""

_TICKS_OF_PATIENCE = 10
"""So many times is it looked whether a reader is stuck while it may be: it is cut a tenth late at most."""


@dataclass(frozen=True, slots=True)
class StreamTimes:
    """The two spans of a stream, in seconds; tests shorten them."""

    reauthorise_after: float = REAUTHORISE_AFTER
    reader: float = READER_SECONDS


class ReaderStuck(Exception):
    """Thrown into the bursts of a stream whose reader took nothing for too long. `offset` is that of the last event
    that it took, 0 when there was none.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(f"stuck after offset {offset}")
        self.offset = offset


def too_slow(seconds: float, offset: int) -> ReaderTooSlow:
    """The refusal of a reader that took nothing for so many seconds after an offset."""
    return ReaderTooSlow(
        f"the reader took nothing for {seconds:g} s; watch the task again after offset {offset}",
        facts={"last_offset": str(offset)},
        retry_after=timedelta(seconds=1),
    )


class Vigil:
    """Watches over one stream with a single timer, and breaks off what the stream waits for.

    It does so by cancelling the wait, as `asyncio.timeout` does: a task and a timer for each message cost more than all
    else that is done for it.
    """

    def __init__(self, times: StreamTimes) -> None:
        self._times = times
        self._every = min(times.reauthorise_after, times.reader / _TICKS_OF_PATIENCE)
        self._loop = asyncio.get_running_loop()
        self._look_up: Callable[[], None] | None = None
        self._look_at = 0.0
        self._stuck_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._found: Exception | None = None
        self._waiting: asyncio.Task[object] | None = None
        self._writing: asyncio.Task[object] | None = None
        self._broke_off = False

    @property
    def found(self) -> Exception | None:
        """What a look up raised: the stream ends with it."""
        return self._found

    def start(self, look_up: Callable[[], None]) -> None:
        """From now on calls `look_up` when its time comes; what it raises ends the stream."""
        self._look_up = look_up
        self._look_at = self._loop.time() + self._times.reauthorise_after
        self._start_timer()

    def stop(self) -> None:
        """Ends the watch."""
        self._look_up = None
        if self._timer is not None:
            self._timer.cancel()

    def wake(self) -> None:
        """Looks up now. Whoever still takes what was given is not disturbed: it is told after that message."""
        if self._look_up is None or self._found is not None:
            return
        try:
            self._look_up()
        except Exception as error:  # noqa: BLE001 - whatever it is, `next` raises it
            self._found = error
            self._break_off(self._waiting)

    async def next(self, bursts: AsyncGenerator[Burst, None]) -> Burst | None:
        """The next burst; None after the last one. Raises what a look up raised."""
        if self._found is not None:
            raise self._found
        task = asyncio.current_task()
        self._waiting = task
        try:
            return await anext(bursts, None)
        except asyncio.CancelledError:
            if self._found is None or not self._took_back(task):
                raise
            raise self._found from None
        finally:
            self._waiting = None
            self._took_back(task)  # whatever ended the wait, the task is not left cancelled

    async def write(self, writing: Awaitable[None]) -> bool:
        """Awaits a write; False when it took too long and was broken off."""
        task = asyncio.current_task()
        self._stuck_at = self._loop.time() + self._times.reader
        self._writing = task
        try:
            await writing
        except asyncio.CancelledError:
            if not self._took_back(task):
                raise
            return False
        finally:
            self._writing = None
            self._took_back(task)
        return True

    def _start_timer(self) -> None:
        self._timer = self._loop.call_later(self._every, self._on_time)

    def _on_time(self) -> None:
        now = self._loop.time()
        self._start_timer()
        if self._writing is not None and now >= self._stuck_at:
            self._break_off(self._writing)
        # A timer may ring a moment before its time is seen to have come: the next ring would be too late.
        if now >= self._look_at - self._every / 2:
            self._look_at = now + self._times.reauthorise_after
            self.wake()

    def _break_off(self, task: "asyncio.Task[object] | None") -> None:
        if task is not None and not self._broke_off:
            self._broke_off = True
            task.cancel()

    def _took_back(self, task: "asyncio.Task[object] | None") -> bool:
        """Takes back that the task was broken off, if it was; whether nobody else has cancelled it as well."""
        if not self._broke_off or task is None:
            return False
        self._broke_off = False
        return task.uncancel() == 0


class Stream:
    """Bursts as they come, and what goes into the headers before the first."""

    def __init__(self, bursts: AsyncGenerator[Burst, None], marks: Marks, vigil: Vigil) -> None:
        self.bursts = bursts
        self.marks = marks
        self._vigil = vigil
        self._offset = 0

    async def pace(self, writing: Awaitable[None], last: Message | None) -> None:
        """Awaits the write of messages up to `last` (None: of something else), but not for ever. Raises Refused:
        READER_TOO_SLOW, or what ends the stream whatever else is still to be written.
        """
        if not await self._vigil.write(writing):
            await self.bursts.athrow(ReaderStuck(self._offset))
        if last is not None:
            self._offset = _offset_of(last) or self._offset
        if self._vigil.found is not None:
            await self.bursts.athrow(self._vigil.found)


def _offset_of(message: Message) -> int:
    """The offset of the last event that a message of a stream brings; 0 when it brings none."""
    if more := getattr(message, "more_events", None):
        return int(more[-1].offset)
    event = getattr(message, "event", None)
    return 0 if event is None else int(event.offset)
