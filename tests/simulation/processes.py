"""The processes of a simulated installation: a server with its store and worker, and workers apart.

All that is built here is AION's own, put together as its composition roots do.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aion
from aion.adapters.cron import CronCalendar
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.page_tokens import SealedPageTokens
from aion.adapters.remote_queue.channel import ServerAccess
from aion.adapters.remote_queue.queue import RemoteTaskQueue
from aion.adapters.remote_queue.signals import RemoteSignals
from aion.adapters.rpc.workers import worker_handlers
from aion.adapters.signals import ProcessSignals
from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.housekeeping import Chores
from aion.app.background.loops import keep_up, unreported
from aion.app.background.scheduler import Scheduler
from aion.app.usecases.deciding import Decider
from aion.app.usecases.read_tasks import CancelTask, GetTask, ListTasks
from aion.app.usecases.retry_task import RetryTask
from aion.app.usecases.schedule_tasks import SubmitScheduled
from aion.app.usecases.schedules import (
    CreateSchedule,
    DefinitionCheck,
    DeleteSchedule,
    GetSchedule,
    PauseSchedule,
    ResumeSchedule,
    TriggerSchedule,
)
from aion.app.usecases.submit_batch import SubmitBatch
from aion.app.usecases.submit_task import AcceptTask, SubmitTask
from aion.app.usecases.waiting import Slots, TaskWaiter
from aion.app.usecases.watch_task import StreamTask, WatchTask
from aion.app.work.fleet import Fleet
from aion.app.work.worker import Worker, WorkerParts, WorkerSettings
from aion.app.work.workers_apart import ServedParts, ServeWorkers
from aion.domain.fleet import EngineOffer, Introduction
from aion.domain.identity import SystemScope
from tests.simulation.catalogue import MODULES, NoLatency, SimulatedCatalogue
from tests.simulation.chance import Chance
from tests.simulation.clocks import VirtualClock
from tests.simulation.disk import Committed, Disk, opened_store
from tests.simulation.engine import WAYS, ScriptedEngine
from tests.simulation.far_channel import FarChannel
from tests.simulation.network import Network
from tests.simulation.told import Told
from tests.simulation.virtual_loop import Process, VirtualLoop

_RECLAIM = SystemScope("the owners of these leases are gone")
_SECRET = bytes(32)


@dataclass(frozen=True)
class Size:
    """How large an installation is."""

    slots: int = 4
    lease: timedelta = timedelta(seconds=3)
    max_pending: int = 40
    most_waiting: int = 50_000
    ways: Mapping[str, float] = field(default_factory=lambda: WAYS)


@dataclass(frozen=True)
class Surroundings:
    """What all processes of a world share."""

    loop: VirtualLoop
    chance: Chance
    network: Network
    disk: Disk
    told: Told
    size: Size
    committed: Committed


class Server:
    """One incarnation of `aion serve`."""

    def __init__(self, around: Surroundings, number: int, engine: ScriptedEngine) -> None:
        self.process = Process(f"server-{number}")
        self.clock = VirtualClock(around.loop)
        self.engine = engine
        self._around = around
        self._background: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Opens the store, takes back the leases of its predecessors, begins to serve."""
        around, clock, told = self._around, self.clock, self._around.told
        observer: Any = told
        signals, catalog = ProcessSignals(), SimulatedCatalogue()
        parts: Any = catalog
        size, owner = around.size, self.process.name
        self.store = store = await opened_store(
            around.disk,
            clock,
            signals,
            chance=around.chance,
            most_waiting=size.most_waiting,
            committed=around.committed,
            defects=told.defects,
        )
        worker = Worker(
            WorkerSettings(owner=owner, slots=size.slots, lease_for=size.lease),
            WorkerParts(store, {"module": self.engine}, parts, NoLatency(), signals, clock, observer),
        )
        accept = AcceptTask(store, parts, Decider(parts), clock, around.chance, worker, size.max_pending, told.accepted)
        calendar, scheduled = CronCalendar(), SubmitScheduled(accept, around.chance)
        check = DefinitionCheck(accept, calendar)
        self.submit = SubmitTask(accept, TaskWaiter(store, signals, clock, Slots("waiting calls", 20)))
        self.batch = SubmitBatch(accept)
        self.watch = WatchTask(store, signals, Slots("streams", 40))
        self.stream = StreamTask(accept, self.watch)
        self.get, self.cancel = GetTask(store), CancelTask(store)
        self.list = ListTasks(store, SealedPageTokens(_SECRET, around.chance))
        self.retry = RetryTask(store, accept)
        self.create_schedule = CreateSchedule(store.schedules, check, clock, around.chance, 100)
        self.get_schedule = GetSchedule(store.schedules)
        self.pause_schedule = PauseSchedule(store.schedules, clock)
        self.resume_schedule = ResumeSchedule(store.schedules, calendar, clock)
        self.trigger_schedule = TriggerSchedule(store.schedules, scheduled)
        self.delete_schedule = DeleteSchedule(store.schedules)
        scheduler = Scheduler(store.schedules, store, calendar, scheduled, clock, observer, observer, rate=Unlimited())
        served = ServeWorkers(
            ServedParts(store, store, signals, parts, NoLatency(), clock), Fleet(clock), aion.__version__, size.lease
        )
        self.for_workers = worker_handlers(served)
        await store.reclaim(_RECLAIM, owner, frozenset({owner}))
        chores = Chores(store, store, told, store, clock, observer, DeletingByAge(clock))
        self._keep_up(worker=worker.run, chores=chores.run, scheduler=scheduler.run)
        around.network.server = self

    def _keep_up(self, **parts: Callable[[], Awaitable[None]]) -> None:
        observer: Any = self._around.told
        self._background = [
            asyncio.ensure_future(keep_up(name, part, observer, unreported)) for name, part in parts.items()
        ]


class WorkerApart:
    """One incarnation of `aion worker` on a machine of its own, with a clock of its own."""

    def __init__(self, around: Surroundings, name: str, number: int, engine: ScriptedEngine) -> None:
        self.name = name
        self.process = Process(f"{name}-{number}")
        self.clock = VirtualClock(around.loop)
        self.engine = engine
        self._around = around

    async def start(self) -> None:
        """Works for whatever server answers."""
        around = self._around
        observer: Any = around.told
        catalog: Any = SimulatedCatalogue()
        channel: Any = FarChannel(around.network, self.name)
        offers = tuple(EngineOffer(engine, module.digest) for engine, module in MODULES.items())
        about = Introduction(self.name, self.process.name, aion.__version__, offers, around.size.slots)
        queue = RemoteTaskQueue(channel, ServerAccess("simulated"), about, self.clock, lease_wait=5)
        worker = Worker(
            WorkerSettings(owner=self.process.name, slots=around.size.slots, lease_for=around.size.lease, apart=True),
            WorkerParts(queue, {"module": self.engine}, catalog, NoLatency(), RemoteSignals(), self.clock, observer),
        )
        queue.listen(lambda welcome: worker.leases_last(welcome.lease_for))

        async def work() -> None:
            if await queue.enter():
                await worker.run()

        self._working = asyncio.ensure_future(keep_up("worker", work, observer, unreported))
