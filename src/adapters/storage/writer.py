"""The one thread that writes: it takes all that is queued, commits it together and tells everybody at once.

There is no waiting window: while one commit is under way the next group gathers by itself. Only events may wait a
little: commits that hold nothing else come at most every 5 ms. Each value has its own outcome: what its step refuses,
or what the database cannot take, fails alone.
"""

import asyncio
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from aion import failpoints
from aion.adapters.storage.cache import Key
from aion.adapters.storage.clock_jumps import follow
from aion.adapters.storage.memory import StoreMemory
from aion.adapters.storage.outcomes import Failed, Job, Outcomes, itself, unavailable, unknown
from aion.adapters.storage.transaction import Transaction
from aion.domain.clock_doubt import ClockDoubt
from aion.domain.clock_reading import ClockReading
from aion.domain.errors import AionError, StoreUnavailable
from aion.domain.writes import Accept
from aion.ports.clock import Clock
from aion.ports.signals import Signals
from aion.ports.telemetry import StoreObserver

T = TypeVar("T")

APPEND: Final = "append"
_MAX_BATCH: Final = 1_000
_EVENTS_APART: Final = 0.005

_log = logging.getLogger("aion.store")


class GroupCommitWriter:
    """Owns the writing connection and the store's memory; nobody else touches them while it runs."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        memory: StoreMemory,
        clock: Clock,
        signals: Signals,
        observer: StoreObserver | None = None,
    ) -> None:
        self.commits = 0
        self._connection = connection
        self._memory = memory
        self._clock = clock
        self._observer = observer
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._stale = True
        self._clock_known = self._clock_read = self._read_clock()
        self._clock_set_by = timedelta()
        self._doubt = ClockDoubt(self._clock_read)
        self._closed = False
        self._checkpoint_due = False
        self._last_events_commit = 0.0
        self._outcomes = Outcomes(self._loop, signals, observer)
        self._in_doubt: dict[Key, None] = {}
        self._thread = Thread(target=self._run, name="aion-store-writer", daemon=True)

    def start(self) -> None:
        """Begins to write."""
        self._thread.start()

    def submit(self, name: str, step: Callable[[Transaction], T], accepts: Accept | None = None) -> "asyncio.Future[T]":
        """Hands a step over; the future is its outcome. Who stops waiting does not stop the step."""
        answer: asyncio.Future[T] = self._loop.create_future()
        if self._closed:
            answer.set_exception(StoreUnavailable("the store is closed; nothing was written"))
        else:
            self._jobs.put(Job(name, step, answer, accepts))
        return answer

    def ask_checkpoint(self) -> None:
        """Asks for a checkpoint by the writer itself after its next commit; any thread may."""
        self._checkpoint_due = True

    def clock_was_set(self) -> bool:
        """Whether what is due is due at another time than the memory says; the next commit follows."""
        return bool(self._read_clock().jump_since(self._clock_known))

    def believed_now(self) -> datetime:
        """A time of day that has come, although the clock may have been set wrong; any thread may ask."""
        return self._doubt.after(self._read_clock()).believed

    async def close(self) -> None:
        """Writes what is queued, then ends."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        open_ = True
        while open_:
            jobs: list[Job] = []
            open_ = self._gather(jobs)
            if jobs:
                self._take_turn(jobs)

    def _take_turn(self, jobs: Sequence[Job]) -> None:
        """Commits these together and tells whoever waits; a simulation calls it without a thread."""
        try:
            self._write(jobs)
        except Exception as broken:  # noqa: BLE001 - whoever waits must get an answer, and the thread must live
            self._give_up(jobs, broken)
        self._outcomes.deliver()
        if self._checkpoint_due:
            self._checkpoint()

    def _gather(self, jobs: list[Job]) -> bool:
        """Takes all that is queued, waiting for the first; False when the queue ends here."""
        job = self._jobs.get()
        only_events = True
        while job is not None:
            jobs.append(job)
            only_events = only_events and job.name == APPEND
            if len(jobs) >= _MAX_BATCH:
                return True
            try:
                wait = self._last_events_commit + _EVENTS_APART - time.monotonic() if only_events else 0
                job = self._jobs.get(timeout=wait) if wait > 0 else self._jobs.get_nowait()
            except Empty:
                if only_events:
                    self._last_events_commit = time.monotonic()
                return True
        return False

    def _write(self, jobs: Sequence[Job]) -> None:
        began = time.monotonic()
        try:
            transaction = self._begin()
        except (sqlite3.Error, OSError) as broken:
            _report("no transaction could begin", jobs, broken)
            self._outcomes.refuse(jobs, unavailable, broken)
            return
        try:
            transaction.look_ahead([job.accepts for job in jobs if job.accepts is not None])
            outcomes = [_outcome(job, transaction) for job in jobs]
            transaction.flush()
            _hit(jobs, "before_commit")
        except Exception as broken:  # noqa: BLE001 - a value that cannot be bound raises what it likes; it is passed on
            self._roll_back()
            self._write_apart(jobs, broken)
            return
        try:
            failpoints.hit("store.commit")
            self._connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as broken:
            _report("a commit failed, its outcome is unknown", jobs, broken)
            self._roll_back()
            self._in_doubt.update(transaction.notices.changed)
            self._outcomes.doubt(jobs, outcomes, broken)
            return
        _hit(jobs, "after_commit")
        self.commits += 1
        self._clock_known, self._clock_set_by = self._clock_read, self._memory.clock_set_by
        if self._observer is not None:
            self._observer.committed(len(jobs), time.monotonic() - began)
        transaction.publish()
        self._refill(transaction)
        # What a commit that failed may have written all the same: whoever watches it looks again, now that it shows.
        transaction.notices.changed.update(self._in_doubt)
        self._in_doubt.clear()
        self._outcomes.stand(jobs, outcomes, transaction.notices)

    def _give_up(self, jobs: Sequence[Job], broken: Exception) -> None:
        """Something that must not happen did; nobody is left waiting and the memory is made anew."""
        _report("a defect of the store broke a group of writes", jobs, broken)
        self._roll_back()
        self._outcomes.refuse_the_rest(jobs, unknown, broken)

    def _refill(self, done: Transaction) -> None:
        try:
            if self._memory.refill(self._connection, done.now_us):
                done.notices.work_arrived = True
        except sqlite3.Error as broken:
            # The commit stands; the memory is made anew before the next one.
            _log.error("waiting tasks could not be read back, the memory is made anew", exc_info=broken)
            self._stale = True

    def _begin(self) -> Transaction:
        failpoints.hit("store.begin")
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN IMMEDIATE")
        self._clock_read = self._read_clock()
        self._doubt = self._doubt.after(self._clock_read)
        transaction = Transaction(self._connection, self._memory, self._clock_read.now, self._doubt.believed)
        try:
            jump = self._clock_read.jump_since(self._clock_known)
            self._memory.clock_set_by = self._clock_set_by + jump
            if jump:
                _log.warning("the clock was set by %s; what is a span of time moves with it", jump)
                follow(self._connection, jump, transaction.now_us)
                self._stale = True
            if self._stale:
                self._memory.load(self._connection, transaction.now_us)
                # What has come due since the last look can no longer be told from what had before.
                transaction.notices.work_arrived = self._memory.waiting.any_ready(transaction.now_us)
                self._stale = False
        except sqlite3.Error:
            self._roll_back()
            raise
        return transaction

    def _read_clock(self) -> ClockReading:
        return ClockReading(self._clock.now(), self._clock.monotonic())

    def _write_apart(self, jobs: Sequence[Job], broken: Exception) -> None:
        """One value broke the whole group: each gets its own transaction, so that only the culprit fails."""
        if isinstance(broken, sqlite3.OperationalError | OSError):
            _report("a group of writes failed", jobs, broken)
            self._outcomes.refuse(jobs, unavailable, broken)
        elif len(jobs) == 1:
            _report("a write failed", jobs, broken)
            self._outcomes.refuse(jobs, unavailable if isinstance(broken, sqlite3.Error) else itself, broken)
        else:
            for job in jobs:
                self._write([job])

    def _roll_back(self) -> None:
        self._stale = True
        # What cannot be rolled back now is tried again before the next BEGIN.
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def _checkpoint(self) -> None:
        self._checkpoint_due = False
        try:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as broken:
            # The other half of the checkpoint asks again after the next commits.
            _log.warning("the write-ahead log was not copied back by the writer", exc_info=broken)


def _outcome(job: Job, transaction: Transaction) -> Any:
    try:
        return job.step(transaction)
    except AionError as refused:
        return Failed(refused)


def _hit(jobs: Sequence[Job], when: str) -> None:
    if not failpoints.names():
        return
    for job in jobs:
        failpoints.hit(f"store.{job.name}.{when}")


def _report(what: str, jobs: Sequence[Job], broken: Exception) -> None:
    """One line for a failed group: clients are told what it means for them, operators why."""
    names = Counter(job.name for job in jobs)
    _log.error("%s (%s)", what, ", ".join(f"{count} {name}" for name, count in names.items()), exc_info=broken)
