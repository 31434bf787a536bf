"""Connections to receivers that cannot make AION read without end.

A receiver is asked for a status. One that answers with informational responses or headers for ever would keep the event
loop parsing for as long as an attempt may last; here it may send a few kilobytes in all, in pieces so small that
everybody else gets a turn between them.
"""

import ssl
from collections.abc import Iterable
from typing import Any, Final

import httpcore2

PIECE_BYTES: Final = 2048
"""As much as is parsed before the loop serves others: less than a millisecond's work."""

MOST_BYTES: Final = 32 * 1024
"""What a receiver may say in one attempt: status, headers, and the beginning of a body that is not read further."""


class SaidTooMuch(httpcore2.ReadError):
    """The receiver sent more than AION reads of an answer."""

    def __init__(self) -> None:
        super().__init__(f"the receiver sent more than {MOST_BYTES} bytes, and no whole answer")


class BoundedStream(httpcore2.AsyncNetworkStream):
    """A connection whose reads are small, and few."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self._left = MOST_BYTES

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next piece. Raises SaidTooMuch."""
        if self._left <= 0:
            raise SaidTooMuch
        data = await self._stream.read(min(max_bytes, PIECE_BYTES, self._left), timeout)
        self._left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends all of it."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Ends the connection."""
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "BoundedStream":
        """The same connection under TLS, as bounded."""
        return BoundedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What the connection underneath knows."""
        return self._stream.get_extra_info(info)


class BoundedBackend(httpcore2.AsyncNetworkBackend):
    """Opens bounded connections."""

    def __init__(self) -> None:
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> BoundedStream:
        """A connection to an address that the guard has checked."""
        return BoundedStream(await self._network.connect_tcp(host, port, timeout, local_address, socket_options))


def bounded_connections(context: ssl.SSLContext) -> httpcore2.AsyncConnectionPool:
    """Connections over HTTP/1.1, one for each attempt: none is kept, no proxy is read from the environment."""
    return httpcore2.AsyncConnectionPool(
        ssl_context=context, max_connections=None, max_keepalive_connections=0, network_backend=BoundedBackend()
    )
