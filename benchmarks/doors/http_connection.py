"""HTTP/1.1 over one kept connection with next to no client: requests are bytes, a parser in C reads the answers."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import httptools


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that has come whole. `body` is empty when it was listened to."""

    status: int
    body: bytes


class HttpConnection(asyncio.Protocol):
    """One call at a time."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._listen: Callable[[bytes], None] = self._pieces.append
        self._answer: asyncio.Future[Reply] | None = None
        self._transport: asyncio.WriteTransport | None = None

    @classmethod
    async def open(cls, address: str) -> Self:
        """Connects to HOST:PORT."""
        host, _, port = address.rpartition(":")
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, int(port))
        return connection

    async def call(self, request: bytes, listen: Callable[[bytes], None] | None = None) -> Reply:
        """The answer; `listen` gets its body as it comes, a stream's for instance."""
        assert self._transport is not None
        self._pieces.clear()
        self._listen = listen or self._pieces.append
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Leaves at once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server closed the connection before its answer was whole"))

    def on_body(self, data: bytes) -> None:
        """A piece of the body; the parser calls it."""
        self._listen(data)

    def on_message_complete(self) -> None:
        """The answer is whole; the parser calls it."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Reply(self._parser.get_status_code(), b"".join(self._pieces)))


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
