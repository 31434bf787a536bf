"""HTTP/1.1 by hand over one connection: cheap, and free to send what no client library would."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.fuzz.requests import Request

STREAM_SECONDS = 0.3
"""For which a stream is listened to, once it has begun."""

LEAVE_SECONDS = 0.5
"""After which a sender leaves who asked the server to wait."""

MOST_BYTES = 16 << 20
_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, headers (names in lower case; the last of a name) and body. `left`: the sender did not hear the end."""

    status: int
    headers: dict[str, str]
    body: bytes
    left: bool = False


class Broken(Exception):
    """The connection ended where an answer should be. The text says how far it came."""


class HttpWire:
    """One connection, opened when it is needed."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection, if there is one."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def exchange(self, request: Request) -> HttpAnswer | None:
        """The answer; None when the sender left before there was one. Raises Broken."""
        reader, writer = await self._opened()
        try:
            writer.write(_written(request))
            with suppress(ConnectionError):  # an early refusal may still be there to be read
                await writer.drain()
            async with asyncio.timeout(LEAVE_SECONDS if request.waits else None):
                status, headers = await _head(reader)
            answer = await self._body(reader, request, status, headers)
        except TimeoutError:
            await self.close()
            return None
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as cause:
            await self.close()
            raise Broken(f"{type(cause).__name__}: {cause}") from cause
        if answer.left or headers.get("connection", "").lower() == "close":
            await self.close()
        return answer

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            await self.close()
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=MOST_BYTES)
        return self._reader, self._writer

    async def _body(
        self, reader: asyncio.StreamReader, request: Request, status: int, headers: dict[str, str]
    ) -> HttpAnswer:
        if "content-length" in headers:
            return HttpAnswer(status, headers, await reader.readexactly(int(headers["content-length"])))
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return HttpAnswer(status, headers, b"" if status in _NO_BODY else await reader.read(MOST_BYTES))
        pieces: list[bytes] = []
        try:
            async with asyncio.timeout(STREAM_SECONDS if request.cell.method.streams else None):
                while (size := int(await reader.readuntil(b"\r\n"), 16)) > 0:
                    pieces.append((await reader.readexactly(size + 2))[:-2])
                await reader.readuntil(b"\r\n")
        except TimeoutError:
            return HttpAnswer(status, headers, b"".join(pieces), left=True)
        return HttpAnswer(status, headers, b"".join(pieces))


def _written(request: Request) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (request.verb.encode(), request.target)]
    lines += [b"%b: %b" % (name.encode(), value) for name, value in request.head]
    return b"\r\n".join([*lines, b"content-length: %d" % len(request.body), b"", request.body])


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    while True:
        first, *lines = (await reader.readuntil(b"\r\n\r\n"))[:-4].decode("latin-1").split("\r\n")
        status = int(first.split(" ", 2)[1])
        if status != 100:
            return status, {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
