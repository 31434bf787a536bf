"""A store's file on which one kind of write after the other is tried, and how such a write is written down.

A write is an async generator: it prepares up to its `yield`, and writes behind it. With a clock that stands still and
the same ids in every run, what a write leaves is the same to the byte, whoever made it.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.domain.tasks import Task
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, eager, key, new_task, settle, tokens

DAY = timedelta(days=1)


@dataclass
class Shelf:
    """A store's file, and the clock of all who open it."""

    path: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))

    def open(self) -> AbstractAsyncContextManager[SqliteStore]:
        """The store."""
        return open_store(self.url, self.clock, ProcessSignals(), "a test")

    @property
    def url(self) -> str:
        """How the store is named."""
        return f"sqlite:///{self.path}"

    def content(self) -> list[str]:
        """All rows of all tables."""
        with sqlite3.connect(self.path) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            rows = list(database.iterdump())
        database.close()
        return rows

    @property
    def prepared(self) -> Path:
        """What the store held before the write, as a file."""
        return self.path.with_suffix(".prepared")

    def note_prepared(self) -> None:
        """Writes it."""
        self.prepared.write_text("\n".join(self.content()))


Write = Callable[[Shelf], AsyncIterator[None]]
Writes = dict[str, tuple[str, Write]]
"""By what is written: the kind of write, as its failpoints name it, and the write."""


def noted_in(writes: Writes) -> Callable[[str], Callable[[Write], Write]]:
    """Makes the decorator that says of which kind a write is."""

    def write(kind: str) -> Callable[[Write], Write]:
        def noted(made: Write) -> Write:
            writes[made.__name__] = (kind, made)
            return made

        return noted

    return write


async def running(store: SqliteStore, task_id: str = "task-1") -> Task:
    """A task with a lease."""
    return (await store.accept("acme", accept(new_task(task_id), key(task_id), eager()))).task


async def old_task(shelf: Shelf, store: SqliteStore) -> None:
    """A task that ended long ago, of which everything is left."""
    task = await running(store)
    await store.append(SCOPE, tokens(task, "a"))
    await store.settle(SCOPE, settle(task))
    shelf.clock.advance(30 * DAY)
