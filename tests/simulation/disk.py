"""The real store without its thread: it commits when the simulated server has its turn, on a disk that outlives it.

The disk is an SQLite database in memory. It can be slow, full for a while, or fail a commit so that nobody knows
whether it happened.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from queue import Empty
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from aion.adapters.storage import opening, queries
from aion.adapters.storage.cache import Key
from aion.adapters.storage.connections import connect_memory
from aion.adapters.storage.memory import StoreMemory
from aion.adapters.storage.outcomes import Job
from aion.adapters.storage.reader import Query, Reader
from aion.adapters.storage.sqlite import SqliteStore
from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.writer import GroupCommitWriter
from aion.domain.tasks import Task
from aion.domain.writes import Accept
from aion.ports.signals import Signals
from tests.simulation.chance import Chance
from tests.simulation.clocks import VirtualClock

T = TypeVar("T")


class Commit(NamedTuple):
    """What one commit did: the tasks that it changed, as they are now, at what time, by writes of which names.

    It is not `whole` after one of which nobody knew, or after the clock was set, which moves leases and pauses: then it
    also brings what that had changed.
    """

    tasks: Sequence[Task]
    now: datetime
    writes: frozenset[str]
    whole: bool


Committed = Callable[[Commit], None]

_FULL = "database or disk is full"


class Disk(sqlite3.Connection):
    """What is written stays, whichever process wrote it."""

    full = False
    slow = 0.0
    unknown_commits = 0
    unknown_are_written = True
    written_unknown = False
    """Whether a commit was written that its writer took for failed, and nobody has looked since."""
    moved_twice = False
    """Whether leases may last longer than they should: a clock was set when nobody knew of a commit (3.9)."""

    def execute(self, statement: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if statement == "COMMIT":
            self._may_fail()
        elif self.full and statement.startswith(("INSERT", "UPDATE")):
            raise sqlite3.OperationalError(_FULL)
        return super().execute(statement, parameters)

    def _may_fail(self) -> None:
        if self.full:
            raise sqlite3.OperationalError(_FULL)
        if self.unknown_commits:
            self.unknown_commits -= 1
            if self.unknown_are_written:
                super().execute("COMMIT")
                self.written_unknown = True
            raise sqlite3.OperationalError("disk I/O error")

    def executemany(self, statement: str, rows: Any, /) -> sqlite3.Cursor:
        if self.full:
            raise sqlite3.OperationalError(_FULL)
        return super().executemany(statement, rows)


def empty_disk() -> Disk:
    """A disk with the tables of this version and nothing in them."""
    disk = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, factory=Disk)
    disk.deserialize(_tables())
    disk.execute("PRAGMA foreign_keys = ON")
    return disk


@cache
def _tables() -> bytes:
    connection = connect_memory()
    opening.create(connection)
    tables = connection.serialize()
    connection.close()
    return tables


class TurnWriter(GroupCommitWriter):
    """The group-commit writer in turns of the event loop: what is queued by then is committed, all of it or a part."""

    def __init__(
        self,
        disk: Disk,
        memory: StoreMemory,
        clock: VirtualClock,
        signals: Signals,
        *,
        chance: Chance,
        committed: Committed,
        defects: list[str],
    ) -> None:
        super().__init__(disk, memory, clock, signals)
        self.defects = defects
        self._disk = disk
        self._chance = chance
        self._committed = committed
        self._turn_comes = False
        self._names: frozenset[str] = frozenset()
        self._wall = clock
        self._ahead = clock.ahead

    def start(self) -> None:
        """There is no thread to start."""

    def submit(self, name: str, step: Callable[[Transaction], T], accepts: Accept | None = None) -> "asyncio.Future[T]":
        answer = super().submit(name, step, accepts)
        self._wait_for_turn()
        return answer

    async def close(self) -> None:
        self._closed = True
        while not self._jobs.empty():
            self._turn()

    def _wait_for_turn(self) -> None:
        if not self._turn_comes:
            self._turn_comes = True
            self._loop.call_later(self._disk.slow or self._chance.between(0.0002, 0.002), self._turn)

    def _turn(self) -> None:
        self._turn_comes = False
        jobs: list[Job] = []
        most = self._chance.whole(1, 12)
        while len(jobs) < most:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is not None:
                jobs.append(job)
        if jobs:
            self._names = frozenset(job.name for job in jobs)
            self._take_turn(jobs)
            if self._disk.written_unknown and self._wall.ahead != self._ahead:
                self._disk.moved_twice = True
        if not self._jobs.empty():
            self._wait_for_turn()

    def _give_up(self, jobs: Sequence[Job], broken: Exception) -> None:
        """What must not happen did: the store goes on, the simulation says so."""
        self.defects.append(f"the store ran into {broken!r} with {[job.name for job in jobs]}")
        super()._give_up(jobs, broken)

    def _refill(self, done: Transaction) -> None:
        changed: Iterable[Key] = done.notices.changed
        jumped, self._ahead = self._wall.ahead != self._ahead, self._wall.ahead
        known = not self._disk.written_unknown and not jumped
        if not known:
            self._disk.written_unknown = False
            changed = self._disk.execute("SELECT tenant_id, task_id FROM tasks").fetchall()
        found = (self._memory.cache.get(key) or queries.entry_of(self._disk, *key) for key in changed)
        tasks = [entry.task for entry in found if entry is not None]
        self._committed(Commit(tasks, done.now, self._names, known))
        super()._refill(done)


class TurnReader:
    """Reads between two commits; a scan takes a while, as in a thread of its own."""

    def __init__(self, disk: Disk, chance: Chance) -> None:
        self._disk = disk
        self._chance = chance

    async def by_key(self, query: Query[T]) -> T:
        return query(self._disk)

    async def scan(self, tenant: str, query: Query[T]) -> T:
        return await self.system_scan(query)

    async def system_scan(self, query: Query[T]) -> T:
        await asyncio.sleep(self._chance.between(0.0001, 0.003))
        return query(self._disk)

    def close(self) -> None:
        """The disk stays."""


async def opened_store(
    disk: Disk,
    clock: VirtualClock,
    signals: Signals,
    *,
    chance: Chance,
    most_waiting: int,
    committed: Committed,
    defects: list[str],
) -> SqliteStore:
    """The store of a new process over what earlier ones left."""
    memory = StoreMemory(most_waiting)
    writer = TurnWriter(disk, memory, clock, signals, chance=chance, committed=committed, defects=defects)
    await writer.submit("open", _changed_nothing)
    return SqliteStore(writer, TurnReader(disk, chance), memory, clock)


def _changed_nothing(transaction: Transaction) -> None:
    """A step that only has the memory filled."""


if TYPE_CHECKING:
    _: type[Reader] = TurnReader
