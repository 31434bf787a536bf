"""Many HTTP/1.1 calls at once over kept connections, at next to no cost: a call takes no task and no future, its answer
is read by a parser in C. Clients that cost more fall behind their times and measure themselves.
"""

import asyncio
from collections import deque
from typing import Protocol, cast

import httptools


class Exchange(Protocol):
    """A call, as its connection sees it. `until` is when its client gives up, by the event loop's clock."""

    request: bytes
    until: float
    ended: bool

    def answered(self, status: int, answer: bytes) -> None:
        """The answer has come whole, head and body. Makes it `ended`."""
        ...

    def failed(self, code: str, said: str) -> None:
        """No answer comes. Makes it `ended`."""
        ...


class Pool:
    """Connections to one server, one call at a time on each. Who finds none free gets a new one, up to `most`; beyond
    that a call waits for one, unsent.
    """

    def __init__(self, address: str, most: int) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        self._most = most
        self._connections: set[_Connection] = set()
        self._free: list[_Connection] = []
        self._unsent: deque[Exchange] = deque()
        self._under_way: deque[tuple[Exchange, _Connection]] = deque()
        self._opening: set[asyncio.Task[None]] = set()

    @property
    def size(self) -> int:
        """How many connections there are, or will be soon."""
        return len(self._connections) + len(self._opening)

    async def open(self, count: int) -> None:
        """So many connections before they are needed."""
        for _ in range(count):
            await self._connect()

    def send(self, exchange: Exchange) -> None:
        """Sends it now if a connection is free."""
        if self._free:
            self._hand_over(exchange, self._free.pop())
            return
        self._unsent.append(exchange)
        self._grow()

    def give_up(self, now: float) -> bool:
        """Ends the calls whose time is over. Whether there are any that still wait."""
        while self._under_way and (self._under_way[0][0].ended or self._under_way[0][0].until <= now):
            exchange, connection = self._under_way.popleft()
            if not exchange.ended:
                exchange.failed("DEADLINE_EXCEEDED", "")
                connection.abort()
        while self._unsent and self._unsent[0].until <= now:
            self._unsent.popleft().failed("DEADLINE_EXCEEDED", "no connection was free")
        return bool(self._under_way or self._unsent)

    def close(self) -> None:
        """Leaves every connection at once."""
        for opening in self._opening:
            opening.cancel()
        for connection in list(self._connections):
            connection.abort()

    def is_free(self, connection: "_Connection") -> None:
        """A connection says so of itself."""
        if self._unsent:
            self._hand_over(self._unsent.popleft(), connection)
        else:
            self._free.append(connection)

    def is_gone(self, connection: "_Connection") -> None:
        """A connection says so of itself."""
        self._connections.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        if self._unsent:
            self._grow()

    def _grow(self) -> None:
        if self.size < self._most:
            opening = asyncio.create_task(self._connect())
            self._opening.add(opening)
            opening.add_done_callback(self._opened)

    def _hand_over(self, exchange: Exchange, connection: "_Connection") -> None:
        self._under_way.append((exchange, connection))
        connection.send(exchange)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: _Connection(self), self._host, self._port)
        self._connections.add(connection)
        self.is_free(connection)

    def _opened(self, opening: "asyncio.Task[None]") -> None:
        self._opening.discard(opening)
        if not opening.cancelled() and (error := opening.exception()) is not None and self._unsent:
            self._unsent.popleft().failed("UNAVAILABLE", f"the server took no further connection: {error}")


class _Connection(asyncio.Protocol):
    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._exchange: Exchange | None = None
        self._transport: asyncio.WriteTransport | None = None

    def send(self, exchange: Exchange) -> None:
        assert self._transport is not None
        self._pieces.clear()
        self._exchange = exchange
        self._transport.write(exchange.request)

    def abort(self) -> None:
        assert self._transport is not None
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's are none by their class

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None and not exchange.ended:
            exchange.answered(self._parser.get_status_code(), b"".join(self._pieces))
            self._pool.is_free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._pool.is_gone(self)
        if self._exchange is not None and not self._exchange.ended:
            self._exchange.failed("UNAVAILABLE", "the server closed the connection before its answer was whole")
