"""The composition root of a worker apart: engines and a worker as in a server, and the queue of a server elsewhere.

It needs no store, no keys of clients and no contract with them. Read it top to bottom; resources leave in reverse.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase

import structlog

import aion
from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.remote_queue.channel import ServerAccess, open_channel
from aion.adapters.remote_queue.queue import RemoteTaskQueue
from aion.adapters.remote_queue.signals import RemoteSignals
from aion.adapters.telemetry.health import Health, Phase
from aion.adapters.telemetry.metrics import Level, Metrics
from aion.adapters.telemetry.observer import TelemetryObserver
from aion.adapters.telemetry.tracing import open_tracer
from aion.adapters.transports.http.probe_app import probe_app
from aion.adapters.transports.web.server import HttpSettings, http_server
from aion.app.background.loops import keep_up
from aion.app.composition.engine_room import engine_room
from aion.app.draining import LAST_MOMENT
from aion.app.settings_types import Listen
from aion.app.work.worker import Worker, WorkerParts, WorkerSettings
from aion.app.worker_settings import RemoteWorkerSettings, incarnation
from aion.domain.errors import AionError
from aion.domain.fleet import EngineOffer, Introduction, Welcome
from aion.ports.catalog import Catalog
from aion.ports.telemetry import Observer

log = structlog.stdlib.get_logger("aion.worker")

NOT_YET = "no server has answered yet"


@dataclass(frozen=True, slots=True)
class RunningWorker:
    """A worker that runs, connected or not. `refused` holds what a server said that will never take it."""

    http_address: str
    refused: "asyncio.Future[AionError]"


@asynccontextmanager
async def running_worker(
    settings: RemoteWorkerSettings, tell: Callable[[str], None] = lambda _: None
) -> AsyncIterator[RunningWorker]:
    """A whole worker while the block runs; then it drains within `settings.drain`.

    It waits for a server that is not there yet, and tells so, and when the server has taken it. Raises
    ConfigurationInvalid, ValueError and OSError when it cannot start.
    """
    if settings.worker_server is None:
        raise ValueError("a worker needs its server: give `--server HOST:PORT` or set AION_WORKER_SERVER")
    clock, entropy, health = SystemClock(), SystemEntropy(), Health()
    metrics = Metrics(aion.__version__)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    me = incarnation(settings.worker_name, entropy.bytes(8))
    async with AsyncExitStack() as stack:
        tracer = open_tracer(entropy, settings.otlp_endpoint, settings.trace_ratio, aion.__version__, me)
        stack.callback(tracer.close)
        observer = TelemetryObserver(metrics, tracer)
        room = await stack.enter_async_context(engine_room(settings, metrics.host_restarts.add))
        access = _access(settings, settings.worker_server)
        channel = await stack.enter_async_context(open_channel(access))
        about = Introduction(
            worker=settings.worker_name,
            incarnation=me,
            version=aion.__version__,
            engines=_offers(room.catalog, settings.worker_engines),
            slots=settings.worker_slots,
            labels=settings.worker_labels,
        )
        queue = RemoteTaskQueue(
            channel,
            access,
            about,
            clock,
            welcomed=_log,
            report=health.report,
            absent=lambda why: tell(f"cannot reach {settings.worker_server} ({why}), trying again"),
        )
        worker = Worker(
            WorkerSettings(owner=me, slots=settings.worker_slots, lease_for=settings.lease, apart=True),
            WorkerParts(
                queue,
                {"module": room.wasm},
                room.catalog,
                room.latency,
                RemoteSignals(),
                clock,
                observer,
                health.report,
            ),
        )
        queue.listen(lambda welcome: worker.leases_last(welcome.lease_for))
        for level, read in (
            (Level.RUNNING, lambda: worker.running),
            (Level.HOSTS_ALIVE, lambda: room.wasm.hosts_alive),
        ):
            metrics.look(level, read)
        listen = settings.worker_http_listen
        shown = metrics.render if listen.loopback or settings.metrics_open else None
        http = await stack.enter_async_context(
            http_server(
                HttpSettings(listen.host, listen.port, variable="AION_WORKER_HTTP_LISTEN"),
                probe_app(lambda: health.problems, shown),
                lambda: LAST_MOMENT,
            )
        )
        address = str(Listen(listen.host, http.port))
        queue.listen(
            _first(f"working for {settings.worker_server} as {settings.worker_name}, health on {address}", tell)
        )
        health.report("server", NOT_YET)
        await room.wasm.opened()
        health.enter(Phase.SERVING)
        await stack.enter_async_context(_working(queue, worker, observer, health))
        stack.push_async_callback(_drain, settings, health, queue, worker)
        yield RunningWorker(address, queue.refused)


@asynccontextmanager
async def _working(queue: RemoteTaskQueue, worker: Worker, observer: Observer, health: Health) -> AsyncIterator[None]:
    """Introduces the worker as soon as there is a server, then works while the block runs."""

    async def work() -> None:
        if not await queue.enter():
            await asyncio.get_running_loop().create_future()  # it is refused: the process ends
        await worker.run()

    working = asyncio.create_task(keep_up("worker", work, observer, health.report))
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _drain(settings: RemoteWorkerSettings, health: Health, queue: RemoteTaskQueue, worker: Worker) -> None:
    """Takes no more work, ends what runs within the time, hands back the rest."""
    health.enter(Phase.DRAINING)
    await asyncio.gather(worker.drain(settings.drain), queue.drain())


def _access(settings: RemoteWorkerSettings, server: Listen) -> ServerAccess:
    return ServerAccess(
        address=str(server),
        ca=settings.worker_tls_ca,
        cert=settings.worker_tls_cert,
        key=settings.worker_tls_key,
        api_key=settings.worker_api_key.get_secret_value(),
    )


def _offers(catalog: Catalog, patterns: Iterable[str]) -> tuple[EngineOffer, ...]:
    """The modules that can run here. Raises ValueError when there are none, or none that the patterns mean."""
    whole = [module for module in catalog.modules() if not module.broken]
    chosen = tuple(patterns) or ("*",)
    offers = tuple(
        EngineOffer(module.engine, module.digest)
        for module in whole
        if any(fnmatchcase(module.engine, pattern) for pattern in chosen)
    )
    if not offers:
        there = ", ".join(module.engine for module in whole) or "none"
        raise ValueError(
            f"AION_WORKER_ENGINES={','.join(chosen)} means no engine that can run here; there are: {there}"
        )
    return offers


def _first(sentence: str, tell: Callable[[str], None]) -> Callable[[Welcome], None]:
    """Tells the sentence at the first registration that brings work."""
    left = [sentence]

    def registered(welcome: Welcome) -> None:
        if welcome.engines and left:
            tell(left.pop())

    return registered


def _log(welcome: Welcome) -> None:
    """Says what the server makes of this worker: an engine that it refuses gets no tasks, which nobody sees else."""
    for engine, reason in welcome.refused.items():
        log.warning("engine refused by the server", engine=engine, why=reason)
    log.info("registered", server_version=welcome.server_version, engines=len(welcome.engines))
