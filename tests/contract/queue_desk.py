"""Workers at a queue, whichever way they reach it: in the store's process, or over the wire as workers apart."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.remote_queue.channel import ServerAccess, open_channel
from aion.adapters.remote_queue.queue import RemoteTaskQueue
from aion.adapters.rpc.pipeline import Pipeline, PipelineParts
from aion.adapters.rpc.workers import worker_handlers, worker_methods
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import SqliteStore
from aion.adapters.transports.grpc.server import GrpcSettings, grpc_server
from aion.app.work.fleet import Fleet
from aion.app.work.workers_apart import ServedParts, ServeWorkers
from aion.domain.attempts import AttemptResult
from aion.domain.caps import NO_CAPS, Caps
from aion.domain.errors import Unauthenticated
from aion.domain.events import EventKind, NewEvent
from aion.domain.fleet import EngineOffer, Introduction, owner_apart
from aion.domain.identity import WORKERS_SERVE, Identity
from aion.domain.leased import LeasedTask, Settled
from aion.domain.writes import Append, Claim, LeaseRef, RecordCost, Renew, Renewed, Settle
from aion.ports.catalog import JudgeResult
from aion.ports.identity import Credentials
from aion.ports.queues import WorkQueue
from tests.contract.rest.scripted import Observer
from tests.manual_clock import CountingEntropy, ManualClock
from tests.sample_tasks import LEASE, OK, SCOPE, accept, new_task

ENGINE, OTHER_ENGINE = "module:summarize@1.0.0", "module:redact@1.0.0"
VERSION = "0.1.0"


@dataclass(frozen=True)
class Hand:
    """One worker: everything that it does is done as its owner."""

    queue: WorkQueue
    owner: str

    async def claim(self, limit: int = 1, *engines: str) -> Sequence[LeasedTask]:
        """Asks for work, for all of its engines or for some."""
        return await self.queue.claim(SCOPE, Claim(self.owner, limit, LEASE, frozenset(engines) or None))

    async def renew(self, *leases: LeaseRef) -> Sequence[Renewed]:
        """Keeps leases longer."""
        return await self.queue.renew(SCOPE, Renew(self.owner, leases, LEASE))

    async def append(self, task: LeasedTask | LeaseRef, *texts: str, after: int | None = None) -> int:
        """Says words."""
        lease = task if isinstance(task, LeaseRef) else task.lease
        return await self.queue.append(SCOPE, Append(lease, _words(texts), after, self.owner))

    async def settle(
        self, task: LeasedTask | LeaseRef, result: AttemptResult = OK, *texts: str, after: int | None = None
    ) -> Settled:
        """Ends an attempt, with last words."""
        lease = task if isinstance(task, LeaseRef) else task.lease
        return await self.queue.settle(SCOPE, Settle(lease, result, _words(texts), after, self.owner))

    async def record_cost(self, task: LeasedTask, cost_micros: int) -> None:
        """Says what an attempt has cost in all."""
        await self.queue.record_cost(SCOPE, RecordCost(task.lease, cost_micros, self.owner))


def _words(texts: Sequence[str]) -> tuple[NewEvent, ...]:
    return tuple(NewEvent(EventKind.TOKEN, text) for text in texts)


@dataclass(frozen=True)
class Desk:
    """A store, and workers at its queue by name."""

    store: SqliteStore
    apart: "Door | None" = None
    hands: dict[str, Hand] = field(default_factory=dict)

    async def hand(self, name: str = "worker-1", *engines: str) -> Hand:
        """The worker of this name, with these engines, or with both that there are."""
        if name not in self.hands:
            queue: WorkQueue = self.store if self.apart is None else await self.apart.enter(name, engines)
            self.hands[name] = Hand(queue, name)
        return self.hands[name]


class AnyPrincipal:
    """Takes every name for a principal that may serve as a worker."""

    def authenticate(self, credentials: Credentials) -> Identity:
        """The identity of a name."""
        _, _, name = credentials.headers.get("authorization", "").partition(" ")
        if not name:
            raise Unauthenticated("say who you are")
        return Identity("operators", name, frozenset({WORKERS_SERVE} if name != "client" else {"tasks:read"}))


@dataclass(frozen=True)
class KnownModule:
    """What a catalogue says of a module."""

    digest: str


class TwoModules:
    """A catalogue with two engines."""

    def module(self, engine: str) -> KnownModule | None:
        """Both have the digest of their name."""
        return KnownModule(f"sha256:{engine}") if engine in (ENGINE, OTHER_ENGINE) else None

    def caps(self, tenant: str) -> Caps:
        return NO_CAPS

    def judge(self, intent: str, engine: str) -> JudgeResult | None:
        """Results are objects."""
        return lambda said: None if said.startswith("{") else f"a result of {intent} must be an object"


@dataclass
class Observed:
    """Remembers which engines were measured."""

    engines: list[str] = field(default_factory=list)

    def observe(self, engine: str, latency: timedelta) -> None:
        """One more."""
        self.engines.append(engine)

    def p95(self, engine: str) -> timedelta | None:
        """Never enough is known."""
        return None


@dataclass(frozen=True)
class Door:
    """A real server for workers apart, and connections to it."""

    address: str
    served: ServeWorkers
    stack: AsyncExitStack
    clock: ManualClock
    latency: Observed

    async def enter(self, name: str, engines: Sequence[str] = (), incarnation: str = "") -> RemoteTaskQueue:
        """A connection of this principal, introduced."""
        queue = await self.queue(name, engines, incarnation)
        await queue.register()
        return queue

    async def queue(
        self, name: str, engines: Sequence[str] = (), incarnation: str = "", version: str = VERSION
    ) -> RemoteTaskQueue:
        """A connection of this principal, not yet introduced."""
        access = ServerAccess(self.address, api_key=name)
        channel = await self.stack.enter_async_context(open_channel(access))
        offers = tuple(EngineOffer(engine, f"sha256:{engine}") for engine in engines or (ENGINE, OTHER_ENGINE))
        about = Introduction(name, incarnation or f"{name}-1", version, offers, 64)
        return RemoteTaskQueue(channel, access, about, self.clock, lease_wait=0)


@asynccontextmanager
async def opened_door(
    store: SqliteStore, signals: ProcessSignals, clock: ManualClock, version: str = VERSION
) -> AsyncIterator[Door]:
    """A server for workers apart over a store."""
    latency = Observed()
    parts = ServedParts(store, store, signals, TwoModules(), latency, clock)  # type: ignore[arg-type]
    served = ServeWorkers(parts, Fleet(clock), version, LEASE)
    pipeline = Pipeline(
        worker_handlers(served),
        PipelineParts(AnyPrincipal(), Unlimited(), Unlimited(), clock, CountingEntropy(), Observer()),
    )
    settings = GrpcSettings("127.0.0.1", 0, 1000, reflection=False)
    async with grpc_server(settings, pipeline, lambda: 0.1, worker_methods()) as server, AsyncExitStack() as stack:
        yield Door(f"127.0.0.1:{server.port}", served, stack, clock, latency)


async def accepted(desk: Desk, *ids: str, tenant: str = "acme", **changes: Any) -> None:
    """Tasks that wait for a worker."""
    for task_id in ids:
        await desk.store.accept(tenant, accept(new_task(task_id, tenant=tenant, **changes)))


def apart(name: str) -> str:
    """The owner of what a worker apart of this name has leased."""
    return owner_apart(Identity("operators", name, frozenset()), name, f"{name}-1")
