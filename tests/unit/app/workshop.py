"""A worker among fakes: a queue that remembers, an engine that does as the test says, a clock that stands still."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aion.adapters.signals import ProcessSignals
from aion.app.work.worker import Worker, WorkerParts, WorkerSettings
from aion.domain import lifecycle
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.caps import NO_CAPS, Caps
from aion.domain.errors import OutcomeUnknown, StaleFence
from aion.domain.events import EventKind, NewEvent
from aion.domain.leased import LeasedTask, Settled
from aion.domain.leased import leased as leased_of
from aion.domain.tasks import Task, TaskState
from aion.domain.writes import Append, Claim, RecordCost, Renew, Renewed, Settle
from aion.ports.catalog import JudgeResult
from aion.ports.engines import EmitEvents, EngineJob
from tests.manual_clock import ManualClock
from tests.sample_tasks import LEASE, START, new_task

OK = AttemptResult(AttemptOutcome.OK, result_json="{}")


def running(task_id: str = "task-1", **changes: Any) -> Task:
    """A RUNNING task whose lease the worker holds."""
    return lifecycle.started(new_task(task_id, **changes), "worker", START, LEASE).task


def leased(task_id: str = "task-1", **changes: Any) -> LeasedTask:
    """What the worker knows of it."""
    return leased_of(running(task_id, **changes))


def token(text: str) -> NewEvent:
    """A token."""
    return NewEvent(EventKind.TOKEN, text)


@dataclass
class FakeQueue:
    """Remembers every write in order. `refusals` answer appends and settles.

    `gate` holds appends back, `claim_gate` claims.
    """

    waiting: list[LeasedTask] = field(default_factory=list)
    writes: list[Append | Settle] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    renewals: list[Renewed] = field(default_factory=list)
    gate: asyncio.Event | None = None
    claim_gate: asyncio.Event | None = None
    appending: asyncio.Event = field(default_factory=asyncio.Event)
    silent: bool = False

    async def claim(self, scope: object, value: Claim) -> Sequence[LeasedTask]:
        self.claims.append(value)
        taken, self.waiting = self.waiting[: value.limit], self.waiting[value.limit :]
        if self.claim_gate is not None:
            await self.claim_gate.wait()
        return taken

    async def renew(self, scope: object, value: Renew) -> Sequence[Renewed]:
        if self.silent:
            raise OutcomeUnknown("the server cannot be reached")
        return self.renewals or [Renewed(lease, held=True, cancel_requested=False) for lease in value.leases]

    async def append(self, scope: object, value: Append) -> int:
        self.writes.append(value)
        self.appending.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        return (value.after_offset or 0) + len(value.events)

    async def record_cost(self, scope: object, value: RecordCost) -> None:
        raise NotImplementedError

    async def settle(self, scope: object, value: Settle) -> Settled:
        if self.refusals:
            raise self.refusals.pop(0)
        self.writes.append(value)
        return Settled(TaskState.OK, value.result.outcome)

    @property
    def settled(self) -> list[Settle]:
        """The settles alone."""
        return [write for write in self.writes if isinstance(write, Settle)]


@dataclass
class FakeEngine:
    """Runs until it is `told`; emits what it is given to `say` at its start."""

    result: AttemptResult = OK
    say: tuple[NewEvent, ...] = ()
    told: asyncio.Event = field(default_factory=asyncio.Event)
    jobs: list[EngineJob] = field(default_factory=list)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    emit: EmitEvents | None = None
    canceled: int = 0

    async def run(self, job: EngineJob, emit: EmitEvents) -> AttemptResult:
        self.jobs.append(job)
        self.emit = emit
        if self.say:
            emit(self.say)
        self.entered.set()
        try:
            await self.told.wait()
        except asyncio.CancelledError:
            self.canceled += 1
            raise
        return self.result

    async def close(self) -> None:
        return None


@dataclass
class FakeSpan:
    """Tells its end."""

    name: str
    ended: list[str]
    traceparent: str = ""

    def end(self, error: str = "") -> None:
        self.ended.append(f"{self.name}: {error}")


@dataclass
class FakeObserver:
    """Remembers lost leases, trouble, and the spans that were ended, as `name: why`."""

    lost: list[str] = field(default_factory=list)
    troubles: list[tuple[str, BaseException]] = field(default_factory=list)
    ended: list[LeasedTask] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)

    def accepted(self, task: Task) -> None: ...

    def attempt_began(self, task: LeasedTask) -> "FakeSpan":
        return FakeSpan("attempt", self.spans)

    def step(self, name: str, parent: str) -> "FakeSpan":
        return FakeSpan(name, self.spans)

    def attempt_ended(self, task: LeasedTask, result: AttemptResult, state: TaskState, took: timedelta) -> None:
        self.ended.append(task)

    def lease_lost(self, task: LeasedTask, why: str) -> None:
        self.lost.append(why)

    def trouble(self, where: str, error: BaseException) -> None:
        self.troubles.append((where, error))


class FakeCatalog:
    """Knows no schema; `problem` is what it says of every result."""

    problem: str | None = None
    capped: Caps = NO_CAPS

    def caps(self, tenant: str) -> Caps:
        return self.capped

    def judge(self, intent: str, engine: str) -> JudgeResult | None:
        problem = self.problem
        return lambda _: problem


@dataclass
class Latencies:
    """Remembers which engines were measured."""

    observed: list[str] = field(default_factory=list)

    def observe(self, engine: str, latency: timedelta) -> None:
        self.observed.append(engine)

    def p95(self, engine: str) -> timedelta | None:
        return None


class Workshop:
    """A worker and all its fakes."""

    def __init__(self, slots: int = 4, lease: timedelta = LEASE, **settings: Any) -> None:
        self.queue, self.engine, self.observer = FakeQueue(), FakeEngine(), FakeObserver()
        self.signals, self.clock, self.catalog = ProcessSignals(), ManualClock(START), FakeCatalog()
        self.latency = Latencies()
        self.parts = WorkerParts(
            self.queue,
            {"module": self.engine},
            self.catalog,  # type: ignore[arg-type]
            self.latency,
            self.signals,
            self.clock,
            self.observer,
        )
        self.worker = Worker(WorkerSettings("worker", slots, lease, **settings), self.parts)

    def start(self, task: LeasedTask) -> None:
        """Starts a leased task as an eager start does."""
        assert self.worker.reserve(task.tenant)
        self.worker.start(task)

    async def idle(self) -> None:
        """Until no attempt runs any more."""
        await self.worker.drain(timedelta(seconds=30))


async def until(condition: Callable[[], object]) -> None:
    """Turns the event loop until the condition holds; nothing here waits for time to pass."""
    while not condition():  # noqa: ASYNC110 # the condition is about fakes, which have no event for everything
        await asyncio.sleep(0)


def stale() -> StaleFence:
    """What a store says to a worker that lost its lease."""
    return StaleFence("the fence is stale")
