"""The one place that writes to a WebSocket: frames one after the other, each of them not for ever.

There is no queue. Whoever has a frame waits until it is their turn and the client has room; a subscription that waits
reads no further events meanwhile, so that its position is its offset.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aion.adapters.transports.http.answers import Send
from aion.adapters.transports.http.streams import within


class Outlet:
    """Writes frames. `patience`: seconds for which one may wait for room."""

    def __init__(self, send: Send, patience: float, clock: Callable[[], float]) -> None:
        self._send = send
        self._patience = patience
        self._clock = clock
        self._turn = asyncio.Lock()
        self.spoke_at = clock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Nobody else writes while the block runs. Turns come in the order in which they were asked for."""
        async with self._turn:
            yield

    async def write(self, frame: bytes) -> None:
        """Writes one frame within a turn, once there is room."""
        await self._send({"type": "websocket.send", "text": frame.decode()})
        self.spoke_at = self._clock()

    async def put(self, frame: bytes) -> None:
        """Writes one frame in a turn of its own. Raises ReaderGone."""
        async with self._turn:
            await self._bounded(self._patience, frame)

    async def last_words(self, seconds: float, frame: bytes, code: int, reason: str) -> None:
        """Says a last frame and closes, out of turn: whoever had it has been ended. Raises ReaderGone."""
        if frame:
            await self._bounded(seconds, frame)
        async with within(seconds):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _bounded(self, seconds: float, frame: bytes) -> None:
        async with within(seconds):
            await self.write(frame)
