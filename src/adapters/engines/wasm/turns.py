"""Turns of modules that bound how many of their attempts run at once: first come, first served."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Line:
    """One bound: how many have a turn, and who waits for one."""

    taken: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class Turns:
    """Many bounds by key. A key that nobody uses takes no memory."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, _Line] = {}

    @asynccontextmanager
    async def all_of(self, *bounds: tuple[Hashable, int], within: float) -> AsyncIterator[bool]:
        """A turn under every bound (key, most at once) while the block runs; False when none came within the time.

        The bounds are waited for one after the other: the narrowest must be first, so that who waits for it holds
        nothing that others could use. A bound of 0 is none.
        """
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(within):
                    for key, most in bounds:
                        if most:
                            await self._take(key, most)
                            held.callback(self._leave, key, most)
            except TimeoutError:
                yield False
                return
            yield True

    async def _take(self, key: Hashable, most: int) -> None:
        line = self._lines.setdefault(key, _Line())
        if line.taken < most and not line.waiting:
            line.taken += 1
            return
        turn = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                # A turn may have been free since it gave up, for whoever came behind it.
                line.waiting.remove(turn)
                self._serve(key, most)
            else:
                # The turn came in the moment of the cancel: it goes to the next.
                self._leave(key, most)
            raise

    def _leave(self, key: Hashable, most: int) -> None:
        self._lines[key].taken -= 1
        self._serve(key, most)

    def _serve(self, key: Hashable, most: int) -> None:
        line = self._lines[key]
        while line.waiting and line.taken < most:
            turn = next((turn for turn in line.waiting if not turn.done()), None)
            if turn is None:
                # Those that gave up leave the line by themselves.
                return
            line.waiting.remove(turn)
            line.taken += 1
            turn.set_result(None)
        if not line.taken and not line.waiting:
            del self._lines[key]
