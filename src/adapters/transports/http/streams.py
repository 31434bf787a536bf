"""How long a stream over HTTP waits for its reader outside of a message; the pipeline bounds the time of a message."""

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
