"""Reads of what is not in memory, on a connection that never waits for the writer.

A read by key takes about five microseconds, less than going to another thread and back, so it runs in the event loop; a
list may be long and runs in a thread. A store in memory has one connection: there the writer reads between its writes.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from aion.adapters.storage.connections import connect_reader
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

    async def scan(self, query: Query[T]) -> T:
        """Runs a query that may touch many."""
        ...

    def close(self) -> None:
        """Lets go of the connections."""
        ...


class FileReader:
    """Two read-only connections to the store's file: one for the event loop, one for scans."""

    def __init__(self, path: Path) -> None:
        self._by_key = connect_reader(path)
        self._scans = connect_reader(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aion-store-reader")

    async def by_key(self, query: Query[T]) -> T:
        """Runs here and now."""
        return _answer(query, self._by_key)

    async def scan(self, query: Query[T]) -> T:
        """Runs in the reader's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _answer, query, self._scans)

    def close(self) -> None:
        """Lets go of both connections."""
        self._thread.shutdown()
        self._by_key.close()
        self._scans.close()


class WriterReader:
    """Reads through the writer, for a store that has one connection."""

    def __init__(self, writer: GroupCommitWriter) -> None:
        self._writer = writer

    async def by_key(self, query: Query[T]) -> T:
        """Runs between the writer's writes."""
        return await self._writer.submit("read", lambda transaction: query(transaction.connection))

    async def scan(self, query: Query[T]) -> T:
        """Runs between the writer's writes."""
        return await self.by_key(query)

    def close(self) -> None:
        """The connection is the writer's."""


def _answer(query: Query[T], connection: sqlite3.Connection) -> T:
    try:
        return query(connection)
    except sqlite3.Error as broken:
        _log.error("a read failed", exc_info=broken)
        raise StoreUnavailable("the store cannot read now; try again") from broken
