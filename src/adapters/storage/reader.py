"""Reads of what is not in memory, on a connection that never waits for the writer.

A read by key takes about five microseconds, less than going to another thread and back, so it runs in the event loop; a
list may be long and runs in a thread, where tenants take turns. What the system itself looks for (what is due, what is
to be delivered, whether the store answers) has a thread of its own: it waits for no client.

A store in memory has one connection: there the writer reads between its writes, one scan of a client at a time.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from aion.adapters.storage.connections import connect_reader
from aion.adapters.storage.scan_turns import ScanTurns
from aion.adapters.storage.writer import GroupCommitWriter
from aion.domain.errors import StoreUnavailable

T = TypeVar("T")
Query = Callable[[sqlite3.Connection], T]

_log = logging.getLogger("aion.store")


class Reader(Protocol):
    """Runs queries. Raises StoreUnavailable when the database cannot answer."""

    async def by_key(self, query: Query[T]) -> T:
        """Runs a query that touches a few rows."""
        ...

    async def scan(self, tenant: str, query: Query[T]) -> T:
        """Runs a query that may touch many when it is its tenant's turn; not at all for a client that left by then."""
        ...

    async def system_scan(self, query: Query[T]) -> T:
        """Runs a query that may touch many, for the system itself; it waits behind no client's."""
        ...

    def close(self) -> None:
        """Lets go of the connections."""
        ...


class FileReader:
    """Read-only connections to the store's file: for the event loop, for scans of clients, for those of the system."""

    def __init__(self, path: Path) -> None:
        self._by_key = connect_reader(path)
        self._clients = _ScanThread(path, "aion-store-reader")
        self._system = _ScanThread(path, "aion-store-system-reader")
        self._turns = ScanTurns()

    async def by_key(self, query: Query[T]) -> T:
        """Runs here and now."""
        return _answer(query, self._by_key)

    async def scan(self, tenant: str, query: Query[T]) -> T:
        """Runs in the thread of the clients."""
        return await self._turns.run(tenant, partial(self._clients.begin, query))

    async def system_scan(self, query: Query[T]) -> T:
        """Runs in the system's thread."""
        return await self._system.begin(query)

    def close(self) -> None:
        """Lets go of all connections."""
        self._clients.close()
        self._system.close()
        self._by_key.close()


class _ScanThread:
    """A thread with a connection of its own."""

    def __init__(self, path: Path, name: str) -> None:
        self.connection = connect_reader(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._closed = False

    def begin(self, query: Query[T]) -> "asyncio.Future[T]":
        if self._closed:
            raise StoreUnavailable("the store is closed; nothing was read")
        return asyncio.get_running_loop().run_in_executor(self._thread, _answer, query, self.connection)

    def close(self) -> None:
        self._closed = True
        self._thread.shutdown()
        self.connection.close()


class WriterReader:
    """Reads through the writer, for a store that has one connection."""

    def __init__(self, writer: GroupCommitWriter) -> None:
        self._writer = writer
        self._turns = ScanTurns()

    async def by_key(self, query: Query[T]) -> T:
        """Runs between the writer's writes."""
        return await self._begin(query)

    async def scan(self, tenant: str, query: Query[T]) -> T:
        """Runs between the writer's writes."""
        return await self._turns.run(tenant, partial(self._begin, query))

    async def system_scan(self, query: Query[T]) -> T:
        """Runs between the writer's writes."""
        return await self._begin(query)

    def close(self) -> None:
        """The connection is the writer's."""

    def _begin(self, query: Query[T]) -> "asyncio.Future[T]":
        return self._writer.submit("read", lambda transaction: query(transaction.connection))


def _answer(query: Query[T], connection: sqlite3.Connection) -> T:
    try:
        return query(connection)
    except sqlite3.Error as broken:
        _log.error("a read failed", exc_info=broken)
        raise StoreUnavailable("the store cannot read now; try again") from broken
