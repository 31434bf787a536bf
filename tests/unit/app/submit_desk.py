"""SubmitTask over a real store and catalogue, with a worker that only remembers and a store that can be held back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.app.usecases.deciding import Decider
from aion.app.usecases.submit_task import CREATE_TASK, AcceptTask, SubmitTask
from aion.app.usecases.waiting import Slots, TaskWaiter
from aion.domain.errors import AionError
from aion.domain.identity import ALL_SCOPES, Caller, Identity
from aion.domain.leased import LeasedTask
from aion.domain.tasks import Task
from aion.domain.writes import Accept, Accepted, IdempotencyKey
from aion.ports.tasks import TaskFilter
from aion.ports.usecases import SubmitCommand
from tests.manual_clock import CountingEntropy, ManualClock
from tests.sample_tasks import LEASE, SCOPE, START
from tests.unit.catalog.operators import Operator

CALLER = Caller(Identity("acme", "service", ALL_SCOPES), "request")
STRANGER = Caller(Identity("acme", "service", frozenset({"tasks:write"})), "request")
COMMAND = SubmitCommand("summarize", b"fingerprint", params={"text": "One. Two."}, idempotency_key="once")
MOST_PENDING = 2


@dataclass
class FakeWorker:
    """Has as many free slots as it is given; remembers what it started."""

    free: int = 1
    started: list[LeasedTask] = field(default_factory=list)
    owner: str = "worker-1"
    lease_for: timedelta = LEASE
    engines: frozenset[str] | None = None

    def reserve(self, tenant: str) -> bool:
        if not self.free:
            return False
        self.free -= 1
        return True

    def release(self, tenant: str) -> None:
        self.free += 1

    def start(self, task: LeasedTask) -> None:
        self.started.append(task)


class GatedStore:
    """The real store; `gate` holds accepts back, `broken` is raised instead of an answer."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.gate: asyncio.Event | None = None
        self.broken: AionError | None = None
        self.accepting = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def accept(self, tenant: str, value: Accept) -> Awaitable[Accepted]:
        return self._accept(tenant, value)

    async def _accept(self, tenant: str, value: Accept) -> Accepted:
        self.accepting.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.broken is not None:
            raise self.broken
        return await self._store.accept(tenant, value)


class Desk:
    """SubmitTask and all around it."""

    def __init__(self, store: SqliteStore, signals: ProcessSignals, clock: ManualClock, operator: Operator) -> None:
        self.store, self.clock, self.worker = GatedStore(store), clock, FakeWorker()
        self.observed: list[Task] = []
        self.slots = Slots("waiting calls", 1)
        catalog = operator.load()
        self.accept = AcceptTask(
            store=self.store,  # type: ignore[arg-type]
            catalog=catalog,
            decide=Decider(catalog),
            clock=clock,
            entropy=CountingEntropy(),
            worker=self.worker,
            max_pending=MOST_PENDING,
            observe=self.observed.append,
        )
        self.submit = SubmitTask(self.accept, TaskWaiter(self.store, signals, clock, self.slots))  # type: ignore[arg-type]

    async def tasks(self) -> list[Task]:
        return list(await self.store.list("acme", TaskFilter(), None, 100))

    async def assert_nothing_is_left(self) -> None:
        """No task, no fact, no key, no slot."""
        assert await self.tasks() == []
        assert await self.store.waiting(SCOPE, 100) == []
        key = IdempotencyKey("service", CREATE_TASK, COMMAND.idempotency_key, COMMAND.fingerprint)
        assert await self.store.find_replay("acme", "", key, COMMAND.fingerprint) is None
        assert (self.worker.free, self.worker.started, self.observed, self.slots.taken) == (1, [], [], 0)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    operator = Operator(tmp_path)
    operator.install()
    operator.write("models.yml", "models: [{name: m, provider: p, route: api, cost_micros: 9}]\n")
    operator.write(
        "intents.yml",
        "intents:\n- {name: summarize}\n- {name: ask, engines: [m], schema: {input: any.json, output: any.json}}\n",
    )
    operator.write("any.json", '{"type": "object"}')
    clock, signals = ManualClock(START), ProcessSignals()
    async with open_store("sqlite://", clock, signals, "test") as store:
        yield Desk(store, signals, clock, operator)
