"""What streams over HTTP have in common: how long they wait for their reader outside of a message (the pipeline bounds
the time of a message), and how they end what still runs.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LAST_WORD_SECONDS = 1.0
"""How long the last frame of a stream that is broken off may wait for room."""

QUIET_SECONDS = 0.5
"""After this time without a first message a reader gets its headers, so that it knows that it is connected."""


class ReaderGone(Exception):
    """The reader takes nothing any more."""


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Bounds its block. Raises ReaderGone."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise ReaderGone from None


async def end(*tasks: "asyncio.Future[object] | asyncio.Task[object]") -> None:
    """Cancels what still runs and waits until it has ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
