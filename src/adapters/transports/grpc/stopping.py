"""How the gRPC port stops: calls at work get the time there is, everything else a moment for its last word.

gRPC's own stop waits for all calls alike, so anybody could hold it up with a stream that nobody needs.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from grpc import aio

LAST_WORD_SECONDS: Final = 0.5
"""What is left to say once no call is at work: answers and refusals that are on their way."""

FOR_EVER: Final = 1e9
"""Seconds: more than any stop is given."""


class AtWork:
    """The calls whose caller is known and whose message has come."""

    def __init__(self) -> None:
        self._calls = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def call(self) -> Iterator[None]:
        """One, while the block runs."""
        self._calls += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._calls -= 1
            if not self._calls:
                self._idle.set()

    async def none(self) -> None:
        """Returns when there is none."""
        await self._idle.wait()


async def stop(server: aio.Server, at_work: AtWork, grace: float) -> None:
    """Takes no more connections, and is done when the calls at work have ended, or when `grace` is over.

    The time is kept here: when it ends in grpc.aio just as the last call does, that reaches for a server that another
    stop has destroyed, and the process is gone.
    """
    stopping = asyncio.ensure_future(server.stop(FOR_EVER))
    idle = asyncio.ensure_future(at_work.none())
    try:
        await asyncio.wait((stopping, idle), timeout=grace, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait((stopping,), timeout=min(grace, LAST_WORD_SECONDS))
        if not stopping.done():
            await server.stop(None)  # cancels what is left, before it waits for anything
        await stopping
    finally:
        idle.cancel()
