"""What holds for every stream of every transport while it runs: its caller is authorised again by a timer of its own, a
drain ends it with a word, and a reader that takes nothing is cut.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from google.protobuf.message import Message

from aion.adapters.rpc.call import Marks

REAUTHORISE_AFTER = 3.0
"""Seconds between two looks at a stream's credentials, whether messages come or not: with the second for which a proof
of a key is remembered, a revoked key loses its streams within the promised five."""

READER_SECONDS = 30.0
"""How long a reader may take nothing while its buffers are full."""


@dataclass(frozen=True, slots=True)
class StreamTimes:
    """The two spans of a stream, in seconds; tests shorten them."""

    reauthorise_after: float = REAUTHORISE_AFTER
    reader: float = READER_SECONDS


class ReaderStuck(Exception):
    """Thrown into the messages of a stream whose reader took nothing for too long."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Messages as they come, and what goes into the headers before the first."""

    messages: AsyncGenerator[Message, None]
    marks: Marks
    patience: float

    async def pace(self, writing: Awaitable[None]) -> None:
        """Awaits the write of one message, but not for ever. Raises Refused (READER_TOO_SLOW)."""
        try:
            async with asyncio.timeout(self.patience) as span:
                await writing
        except TimeoutError:
            if not span.expired():
                raise
            await self.messages.athrow(ReaderStuck())


class Turns:
    """Brings the messages of one stream one by one, and looks up while none comes: when its timer says so, and when it
    is woken. What `look_up` raises ends the stream.
    """

    def __init__(self, messages: AsyncGenerator[Message, None], look_up: Callable[[], None], every: float) -> None:
        self._messages = messages
        self._look_up = look_up
        self._every = every
        self._due = False
        self._waiting: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        self._start_timer()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def wake(self) -> None:
        """Looks up as soon as the reader has taken what it was given."""
        self._due = True
        self._go_on()

    async def next(self) -> Message | None:
        """The next message; None after the last one."""
        # In a task of its own, since a message that is on its way must survive a look at the credentials.
        coming = asyncio.get_running_loop().create_task(_next_of(self._messages))
        coming.add_done_callback(self._go_on)
        try:
            while True:
                if self._due:
                    self._due = False
                    self._look_up()
                if coming.done():
                    return coming.result()
                self._waiting = asyncio.get_running_loop().create_future()
                await self._waiting
        finally:
            self._waiting = None
            if not coming.done():
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    def _start_timer(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._every, self._on_time)

    def _on_time(self) -> None:
        self._start_timer()
        self.wake()

    def _go_on(self, _: object = None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


async def _next_of(messages: AsyncGenerator[Message, None]) -> Message | None:
    return await anext(messages, None)
