"""A line between a worker and its server that a test may cut: bytes go both ways, or vanish both ways."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.chaos.listening import listening


class Line:
    """Forwards TCP to `target`, which may change. While it is cut, connections stay and every byte is swallowed."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.address = ""
        self._whole = asyncio.Event()
        self._whole.set()
        self._open: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """From now on nothing arrives on either side, and nobody is told."""
        self._whole.clear()

    def mend(self) -> None:
        """What is sent from now on arrives, but over new connections only: what was swallowed would be missing."""
        self._whole.set()
        self.hang_up()

    def hang_up(self) -> None:
        """Ends every connection."""
        for task in self._open:
            task.cancel()

    async def close(self) -> None:
        """Ends every connection and waits until nothing of them is left."""
        self.mend()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a worker."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._join(reader, writer)
        except asyncio.CancelledError:
            pass  # hung up
        finally:
            self._open.discard(task)
            writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        host, _, port = self.target.rpartition(":")
        try:
            upstream, server = await asyncio.open_connection(host, int(port))
        except OSError:
            return  # nobody listens: the worker sees its connection end
        try:
            ways = [asyncio.create_task(self._pump(reader, server)), asyncio.create_task(self._pump(upstream, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            server.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self._whole.is_set():
                    writer.write(data)
                    await writer.drain()
            # The end of a connection is news, too: it does not pass a line that is cut.
            await self._whole.wait()


@asynccontextmanager
async def line_to(target: str) -> AsyncIterator[Line]:
    """A line while the block runs."""
    line = Line(target)
    async with listening(line.serve, line.close) as line.address:
        yield line
