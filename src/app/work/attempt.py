"""One attempt as a worker runs it: engine, stream, settle.

Events are appended while the guest runs, in order, one append at a time; what is left when the guest ends goes into the
settle, so that a short task costs one commit. After a stale fence, or past the end of its lease as far as it knows,
nothing more is written.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from aion import failpoints
from aion.app.work.judging import kept
from aion.domain.attempts import HANDED_BACK, AttemptOutcome, AttemptResult, Failure
from aion.domain.caps import NO_CAPS
from aion.domain.errors import StaleFence, Unavailable
from aion.domain.events import NewEvent
from aion.domain.identity import SystemScope
from aion.domain.leased import LeasedTask, Settled
from aion.domain.writes import Append, Settle
from aion.ports.engines import Engine, EngineJob

if TYPE_CHECKING:
    from aion.app.work.worker import WorkerParts

Answer = TypeVar("Answer")

WRITE = SystemScope("a worker writes under its lease")
FLUSH_AFTER = 0.001
"""Seconds that an event waits for company: a guest that ends at once settles with its events in one commit."""
WRITE_AGAIN_FOR = 10.0
"""Seconds for which a write is offered to a store that is unavailable, before the work is left to another attempt. A
worker apart offers it for as long as it holds the lease.
"""

WRITE_PAUSE = 0.2

LEASE_OVER = "it could not be renewed before its end"

LEASE_LOST = "lease lost"

MODULES = "module"
"""The kind of engine that an operator's caps of modules are for."""


class RunningAttempt:
    """One leased task on its way through an engine.

    `held_until` is the end of its lease by the worker's own clock that only grows; infinite where the store, which is
    always in reach, is the judge.
    """

    def __init__(self, task: LeasedTask, parts: "WorkerParts", held_until: float = math.inf) -> None:
        self.task = task
        self.lease = task.lease
        self.held_until = held_until
        self._parts = parts
        self._offset = task.last_offset
        self._unsent: list[NewEvent] = []
        self._timer: asyncio.TimerHandle | None = None
        self._append: asyncio.Task[None] | None = None
        self._in_engine: asyncio.Task[None] | None = None
        self._interrupted: AttemptResult | None = None
        self._stale = False

    async def run(self) -> None:
        """Runs to the settle. Raises AionError when the store cannot take it; the lease then runs out."""
        span = self._parts.observer.attempt_began(self.task)
        try:
            why = await self._run(span.traceparent)
        except BaseException as error:
            span.end(type(error).__name__)
            raise
        span.end(why)

    async def _run(self, traceparent: str) -> str:
        """Why the attempt failed, or nothing."""
        began = self._parts.clock.monotonic()
        engine_span = self._parts.observer.step("engine", traceparent)
        result: AttemptResult | None = None
        try:
            result = await self._result(engine_span.traceparent)
        finally:
            engine_span.end(_code(result))
        await self._stop_appending()
        if self._stale or result is None:
            return LEASE_LOST
        settle_span = self._parts.observer.step("settle", traceparent)
        why = "the store could not take it"
        try:
            failpoints.hit("worker.before_settle")
            settled = await self._settle(result)
            failpoints.hit("worker.after_settle")
            why = ""
        except StaleFence as error:
            why = LEASE_LOST
            self._parts.observer.lease_lost(self.task, error.message)
            return LEASE_LOST
        finally:
            settle_span.end(why)
        if settled is None:
            return LEASE_LOST
        took = timedelta(seconds=self._parts.clock.monotonic() - began)
        if result.outcome is AttemptOutcome.OK:
            self._parts.latency.observe(self.task.engine, took)
        self._parts.observer.attempt_ended(self.task, result, settled.state, took)
        return _code(result)

    def cancel(self) -> None:
        """Somebody asked to cancel the task: ends the guest; the attempt settles CANCELED."""
        self._interrupt(AttemptResult(AttemptOutcome.CANCELED))

    def lose(self, why: str) -> None:
        """The lease is gone: ends the guest and writes nothing more."""
        if not self._stale:
            self._stale = True
            self._parts.observer.lease_lost(self.task, why)
        self._interrupt(_handed_back())

    def is_held(self) -> bool:
        """Whether the lease lasts, as far as this worker knows; if not, the guest is ended."""
        if not self._stale and self._parts.clock.monotonic() >= self.held_until:
            self.lose(LEASE_OVER)
        return not self._stale

    def abandon(self) -> None:
        """The process ends: the guest is stopped and the task handed back, so that another worker takes it."""
        self._interrupt(_handed_back())

    def _interrupt(self, result: AttemptResult) -> None:
        """Ends the guest, if it runs or will run; the first interruption says what the attempt came to."""
        if self._interrupted is None:
            self._interrupted = result
            if self._in_engine is not None:
                self._in_engine.cancel()

    async def _result(self, traceparent: str) -> AttemptResult | None:
        """How the guest ended; None when the lease was lost meanwhile."""
        engine_kind = self.task.engine.partition(":")[0]
        engine = self._parts.engines.get(engine_kind)
        left = self.task.expire_time - self._parts.clock.now()
        if left <= timedelta():
            return _expired()
        if engine is None:
            return _no_engine(self.task, self._parts.engines)
        caps = self._parts.catalog.caps(self.task.tenant) if engine_kind == MODULES else NO_CAPS
        job = EngineJob(
            tenant=self.task.tenant,
            task_id=self.task.task_id,
            attempt=self.lease.fence,
            engine=self.task.engine,
            input_json=self.task.input_json,
            timeout=caps.of_timeout(min(self.task.attempt_timeout, left)),
            seed=_seed(self.task),
            alone=self.task.alone,
            traceparent=traceparent,
            patience=left,
            digest=self.task.digest,
            caps=caps,
        )
        failpoints.hit("worker.before_engine")
        # Before the first wait: what is judged by it is what begins to run now, whatever replaces it meanwhile.
        judge = self._parts.catalog.judge(self.task.intent, self.task.engine)
        result = await self._run_engine(engine, job)
        failpoints.hit("worker.after_engine")
        return None if self._stale else kept(result, judge)

    async def _run_engine(self, engine: Engine, job: EngineJob) -> AttemptResult:
        """What the engine says, or what interrupted it. It runs in this very task: another one is not free."""
        if self._interrupted is not None:
            return self._interrupted
        self._in_engine = asyncio.current_task()
        try:
            return await engine.run(job, self._emit)
        except asyncio.CancelledError:
            if self._interrupted is None or self._in_engine is None:
                raise
            self._in_engine.uncancel()
            return self._interrupted
        finally:
            self._in_engine = None

    def _emit(self, events: Sequence[NewEvent]) -> None:
        self._unsent.extend(events)
        if self._timer is None and self._append is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_AFTER, self._flush)

    def _flush(self) -> None:
        self._timer = None
        if self._append is None and self._unsent and self.is_held():
            self._append = asyncio.ensure_future(self._append_all())

    async def _append_all(self) -> None:
        try:
            while self._unsent and not self._stale:
                events, self._unsent = tuple(self._unsent), []
                failpoints.hit("worker.before_append")
                value = Append(self.lease, events, self._offset)
                written = await self._offered("append", partial(self._parts.queue.append, WRITE, value))
                failpoints.hit("worker.after_append")
                if written is not None:
                    self._offset = written
        except StaleFence as error:
            self.lose(error.message)
        except Exception as error:  # noqa: BLE001 - whatever a store ran into, the law is the same
            # Events that could not be written would leave a hole: give the attempt up, its lease runs out.
            self.lose(f"its events could not be written: {error}")
            self._parts.observer.trouble("append", error)
        finally:
            self._append = None

    async def _stop_appending(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._append is not None:
            await asyncio.wait((self._append,))

    async def _settle(self, result: AttemptResult) -> Settled | None:
        """What became of the task; None when the lease was over before that was known."""
        value = Settle(self.lease, result, tuple(self._unsent), self._offset)
        return await self._offered("settle", partial(self._parts.queue.settle, WRITE, value))

    async def _offered(self, what: str, write: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """The answer to a write, which is given again while the store cannot answer: it says where the log stood, so
        that it is written once. None when the lease is over.
        """
        began = self._parts.clock.monotonic()
        give_up = math.inf if self.held_until < math.inf else began + WRITE_AGAIN_FOR
        while self.is_held():
            try:
                return await write()
            except Unavailable as error:
                if self._stale or self._parts.clock.monotonic() >= give_up:
                    raise
                self._parts.observer.trouble(what, error)
                await asyncio.sleep(WRITE_PAUSE)
        return None


def _code(result: AttemptResult | None) -> str:
    """The failure of what an engine answered; None is no answer."""
    if result is None:
        return LEASE_LOST
    return result.failure.code if result.failure else ""


def _seed(task: LeasedTask) -> bytes:
    """The same for every attempt of a task, another for every task: two tasks never draw the same numbers."""
    return sha256(f"{task.tenant}/{task.task_id}".encode()).digest()


def _handed_back() -> AttemptResult:
    return AttemptResult(AttemptOutcome.LOST, failure=Failure(HANDED_BACK, "the worker was shutting down"))


def _expired() -> AttemptResult:
    return AttemptResult(AttemptOutcome.TIMEOUT, failure=Failure("TASK_EXPIRED", "no time was left", retryable=False))


def _no_engine(task: LeasedTask, engines: Mapping[str, object]) -> AttemptResult:
    message = f"{task.engine} has no engine on this worker, which has {', '.join(engines) or 'none'}"
    return AttemptResult(AttemptOutcome.FAILED, failure=Failure("ENGINE_UNAVAILABLE", message, retryable=False))
