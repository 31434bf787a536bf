"""A line between a client and its server, as bad as a test wants: in single bytes, slow, or cut after so many."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tests.chaos.listening import listening


@dataclass
class Badness:
    """What is wrong with a line. None: it is never cut; the counts are of one connection.

    A cut drops both ways at once, with a reset: nobody is told where the other stood.
    """

    cut_request_after: int | None = None
    cut_answer_after: int | None = None
    in_bytes: bool = False
    delay: float = 0.0


class Cut(Exception):
    """The line is cut here."""


class BadLine:
    """Forwards TCP. `badness` is that of connections to come; `asked` and `answered` count the bytes of the last."""

    def __init__(self, target: str) -> None:
        self.badness = Badness()
        self.address = ""
        self.asked = 0
        self.answered = 0
        self._host, _, port = target.removeprefix("http://").rpartition(":")
        self._port = int(port)
        self._open: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where it is reached over HTTP."""
        return f"http://{self.address}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        badness, self.asked, self.answered = self.badness, 0, 0
        upstream, server = await asyncio.open_connection(self._host, self._port)
        self._ends |= {writer, server}
        for end in (writer, server):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ways = [
            asyncio.create_task(self._ask(reader, server, badness)),
            asyncio.create_task(self._answer(upstream, writer, badness)),
        ]
        try:
            await asyncio.gather(*ways)
        except Cut:
            writer.transport.abort()
            server.transport.abort()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (writer, server):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()
            self._ends -= {writer, server}
            self._open.discard(task)

    async def hang_up(self) -> None:
        """Ends every connection, and waits until nothing of them is left."""
        for end in self._ends:
            end.transport.abort()
        await asyncio.gather(*self._open)

    async def _ask(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter, badness: Badness) -> None:
        with suppress(ConnectionError):
            async for piece in _pieces(reader, badness, badness.cut_request_after):
                server.write(piece)
                await server.drain()
                self.asked += len(piece)
        server.close()

    async def _answer(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter, badness: Badness) -> None:
        with suppress(ConnectionError):
            async for piece in _pieces(upstream, badness, badness.cut_answer_after):
                writer.write(piece)
                await writer.drain()
                self.answered += len(piece)
        writer.close()


async def _pieces(reader: asyncio.StreamReader, badness: Badness, most: int | None) -> AsyncIterator[bytes]:
    """What comes, in the pieces in which it goes on. Raises Cut where the line ends."""
    left = most
    if left == 0:
        raise Cut
    while data := await reader.read(1 if badness.in_bytes else 65536):
        if badness.delay:
            await asyncio.sleep(badness.delay)
        if left is None:
            yield data
            continue
        yield data[:left]
        left -= len(data)
        if left <= 0:
            raise Cut


@asynccontextmanager
async def bad_line(target: str) -> AsyncIterator[BadLine]:
    """A line while the block runs."""
    line = BadLine(target)
    async with listening(line.serve, line.hang_up) as line.address:
        yield line
