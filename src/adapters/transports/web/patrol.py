"""Cuts HTTP connections whose other end has stopped: readers that do not read, requests that never become whole."""

import asyncio
from collections.abc import Collection
from types import TracebackType
from typing import Any, Self

from aion.adapters.transports.http.protocol import body_lingers, head_is_open
from aion.adapters.transports.websocket.protocol import WebSocketProtocol

PATROL_SECONDS = 5.0
STALL_SECONDS = 30.0
"""How long a connection may make no progress while it is the client's turn."""

LEAST_TAKEN = 16 << 10
"""Bytes of an answer that are progress within that time: a reader who takes next to nothing makes none."""


class Patrol:
    """Walks over uvicorn's connections while its block runs."""

    def __init__(self, connections: Collection[Any], every: float = PATROL_SECONDS) -> None:
        self.connections = connections
        self._every = every
        self._stalled: dict[Any, tuple[float, int]] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._walk(), name="http patrol")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _walk(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            self.look(asyncio.get_running_loop().time())

    def look(self, now: float) -> None:
        """One round: remembers who is stalled since when, and cuts who has been for too long."""
        stalled = {}
        for connection in list(self.connections):
            if not waits_for_client(connection):
                continue
            left = connection.transport.get_write_buffer_size()
            since, before = self._stalled.get(connection, (now, left))
            if before - left >= LEAST_TAKEN:
                since, before = now, left
            stalled[connection] = since, before
            if now - since >= STALL_SECONDS:
                connection.transport.abort()
        self._stalled = stalled


def waits_for_client(connection: Any) -> bool:
    """Whether it is the client's turn in the middle of something: an answer to take, a request to finish, a first
    request.
    """
    if isinstance(connection, WebSocketProtocol):
        return connection.waits_for_client()
    if connection.flow is not None and connection.flow.write_paused:
        return True
    if head_is_open(connection) or body_lingers(connection):
        return True
    cycle = connection.cycle
    if cycle is None:
        return connection.transport is not None
    if cycle.response_complete or connection.transport.is_closing():
        return bool(connection.transport.get_write_buffer_size())
    return bool(cycle.more_body)
