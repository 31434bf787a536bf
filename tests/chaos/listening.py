"""How a test's line between two processes listens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve, close: Callable[[], Awaitable[None]]) -> AsyncIterator[str]:
    """The address at which connections are served while the block runs; at its end `close` ends those that are open."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.sleep(0)  # whoever was let in last begins to be served, or nobody would close that connection
        await close()
