"""The composition root of a server: what is built from what. Read it top to bottom; resources leave in reverse.

Nothing is built at import. Tests call the same function with other settings. Its parts, commands that need no server
and a worker apart are in `aion.app.composition`; with those modules this one alone names adapters.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import aion
from aion.adapters.catalog.retention_file import load_retention
from aion.adapters.clock import SystemClock, SystemEntropy
from aion.adapters.events.log_sink import LogEventSink
from aion.adapters.identity.pepper import mac, open_pepper
from aion.adapters.identity.tickets import SealedTickets
from aion.adapters.page_tokens import SealedPageTokens
from aion.adapters.rpc.handlers import handlers
from aion.adapters.rpc.pipeline import Pipeline, PipelineParts
from aion.adapters.rpc.turnstile import Turnstile
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.sqlite import open_store
from aion.adapters.storage.under_secret import under_secret
from aion.adapters.telemetry.calls import TelemetryCallObserver
from aion.adapters.telemetry.health import Health, Phase
from aion.adapters.telemetry.metrics import Level, Metrics
from aion.adapters.telemetry.observer import TelemetryObserver
from aion.adapters.telemetry.tracing import open_tracer
from aion.adapters.transports.grpc.server import grpc_server
from aion.adapters.transports.http.origins import Origins
from aion.adapters.transports.rest.operations import load_document
from aion.adapters.transports.web.app import HttpParts, http_app
from aion.adapters.transports.web.server import HttpServer, HttpSettings, http_server
from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.housekeeping import Chores
from aion.app.background.live_modules import LiveModules
from aion.app.background.loops import keep_up
from aion.app.composition.engine_room import engine_room
from aion.app.composition.front_door import authenticator_of, grpc_settings, http_settings, limiter_of
from aion.app.composition.schedule_room import schedule_room
from aion.app.composition.stage_profile import stage_profile
from aion.app.composition.webhook_room import webhook_room
from aion.app.composition.worker_door import DoorParts, WorkerDoor, worker_door
from aion.app.draining import DrainTime
from aion.app.listening import refuse_taken
from aion.app.resources import config_folder, openapi_document
from aion.app.settings import Settings
from aion.app.settings_types import Listen
from aion.app.usecases.create_ticket import CreateTicket
from aion.app.usecases.deciding import Decider
from aion.app.usecases.read_catalog import DescribeModule, GetServerInfo, ListIntents, ListModules
from aion.app.usecases.read_tasks import CancelTask, ExplainDecision, GetTask, ListTasks
from aion.app.usecases.retry_task import RetryTask
from aion.app.usecases.submit_batch import SubmitBatch
from aion.app.usecases.submit_task import AcceptTask, SubmitTask
from aion.app.usecases.waiting import Slots, TaskWaiter
from aion.app.usecases.watch_task import StreamTask, WatchTask
from aion.app.usecases.webhooks import webhook_use_cases
from aion.app.work.worker import Worker, WorkerParts, WorkerSettings
from aion.app.work.workers_apart import ServedParts
from aion.domain.identity import SystemScope
from aion.ports.outbox import Outbox
from aion.ports.telemetry import Observer
from aion.ports.usecases import ServerInfo, UseCases


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that serves: its bound addresses as HOST:PORT."""

    grpc_address: str
    http_address: str
    worker_address: str = ""


@asynccontextmanager
async def running_server(settings: Settings, live: LiveModules | None = None) -> AsyncIterator[RunningServer]:
    """A whole server while the block runs; then it drains within `settings.drain`. With `live` it follows changes of
    its modules.

    Raises what `aion.app.composition.offline.REFUSALS` lists when it cannot start.
    """
    clock, entropy, signals = SystemClock(), SystemEntropy(), ProcessSignals()
    health, metrics = Health(), Metrics(aion.__version__)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = f"{socket.gethostname()}-{os.getpid()}-{entropy.bytes(4).hex()}"
    async with AsyncExitStack() as stack:
        if settings.stage_profile:
            metrics.add(stack.enter_context(stage_profile()))
        tracer = open_tracer(entropy, settings.otlp_endpoint, settings.trace_ratio, aion.__version__, owner)
        stack.callback(tracer.close)
        observer = TelemetryObserver(metrics, tracer)
        store = await stack.enter_async_context(open_store(settings.store, clock, signals, owner, observer=observer))
        keys = stack.enter_context(SqliteApiKeyStore.open(settings.store))
        pepper = open_pepper(settings.data_dir, entropy, lambda: under_secret(settings.store, clock.now()))

        retention = load_retention(config_folder(settings), settings.keep_events, settings.keep_tasks)
        by_age = DeletingByAge(clock)
        # What the operator can get wrong comes before modules are compiled, which takes seconds the first time.
        webhooks = await stack.enter_async_context(
            webhook_room(settings, store, observer, metrics, by_age, pepper=pepper, owner=owner)
        )
        refuse_taken(
            {
                "AION_GRPC_LISTEN": settings.grpc_listen,
                "AION_HTTP_LISTEN": settings.http_listen,
                "AION_WORKER_LISTEN": settings.worker_listen,
            }
        )
        room = await stack.enter_async_context(
            engine_room(settings, metrics.host_restarts.add, live.developed if live else ())
        )
        catalog, latency, wasm = room.catalog, room.latency, room.wasm

        worker = Worker(
            WorkerSettings(owner=owner, slots=settings.worker_slots, lease_for=settings.lease),
            WorkerParts(store, {"module": wasm}, catalog, latency, signals, clock, observer, health.report),
        )
        waiters, watchers = Slots("waiting calls", settings.max_waiters), Slots("streams", settings.max_watchers)
        tokens = SealedPageTokens(mac(pepper, "page tokens"), entropy)
        tickets = SealedTickets.of(mac(pepper, "stream tickets"), entropy)
        accept = AcceptTask(
            store, catalog, Decider(catalog), clock, entropy, worker, settings.max_pending, observer.accepted, retention
        )
        watch = WatchTask(store, signals, watchers)
        info = ServerInfo(aion.__version__, clock.now(), ("wasm",), catalog.policy_version)
        schedules = schedule_room(settings, store, accept, tokens, observer)
        use_cases = UseCases(
            submit=SubmitTask(accept, TaskWaiter(store, signals, clock, waiters)),
            submit_batch=SubmitBatch(accept),
            stream=StreamTask(accept, watch),
            watch=watch,
            get=GetTask(store),
            list_tasks=ListTasks(store, tokens),
            cancel=CancelTask(store),
            explain=ExplainDecision(store),
            retry=RetryTask(store, accept),
            list_intents=ListIntents(catalog, tokens),
            list_modules=ListModules(catalog, tokens),
            describe_module=DescribeModule(catalog),
            server_info=GetServerInfo(info, catalog),
            webhooks=webhook_use_cases(
                store.webhooks,
                webhooks.guard,
                webhooks.box,
                tokens,
                clock=clock,
                entropy=entropy,
                retention=retention,
            ),
            schedules=schedules.use_cases,
            create_ticket=CreateTicket(tickets, clock),
        )
        authenticator = authenticator_of(settings, clock, keys, pepper, tickets)
        call_observer = TelemetryCallObserver(metrics, tracer, clock)
        turnstile = Turnstile(settings.max_queued_calls)
        pipeline = Pipeline(
            handlers(use_cases),
            PipelineParts(
                authenticator=authenticator,
                key_limit=limiter_of(settings.rate_per_key, clock),
                peer_limit=limiter_of(settings.rate_per_ip, clock),
                clock=clock,
                entropy=entropy,
                observer=call_observer,
                turnstile=turnstile,
            ),
        )
        for level, read in (
            (Level.RUNNING, lambda: worker.running),
            (Level.WAITERS, lambda: waiters.taken),
            (Level.WATCHERS, lambda: watchers.taken),
            (Level.QUEUED_CALLS, lambda: turnstile.waiting),
            (Level.QUEUE_DEPTH, lambda: store.pending),
            (Level.HOSTS_ALIVE, lambda: wasm.hosts_alive),
            (Level.WEBHOOKS_SENDING, lambda: webhooks.deliverer.sending),
        ):
            metrics.look(level, read)

        await store.reclaim(SystemScope("the owners of these leases are gone"), owner, frozenset({owner}))
        chores = Chores(store, store, LogEventSink(), store, clock, observer, by_age, health.report, retention)
        await stack.enter_async_context(
            _in_background(
                observer,
                health,
                worker=worker.run,
                chores=chores.run,
                scheduler=schedules.scheduler.run,
                webhooks=webhooks.deliverer.run,
                **({"modules": partial(live.follow, settings, room.take_up, room.files)} if live else {}),
            )
        )
        drain_time = DrainTime(clock, settings.drain)
        served = ServedParts(store, store, signals, catalog, latency, clock)
        door = await stack.enter_async_context(
            worker_door(settings, DoorParts(served, authenticator, entropy, call_observer, metrics), drain_time.left)
        )
        http_parts = HttpParts(
            pipeline=pipeline,
            document=load_document(openapi_document()),
            problems=lambda: health.problems,
            checks={"store": partial(_store_answers, store)},
            facts=lambda: {"workers": f"{door.fleet.connected} connected"} if door.address else {},
            metrics=metrics.render,
            metrics_open=settings.metrics_open,
            docs_open=settings.docs_open,
            origins=Origins.of(settings.cors_origins),
            places=Slots("WebSocket connections", settings.max_watchers).take,
        )
        http = await stack.enter_async_context(_http_face(http_settings(settings), http_parts, drain_time.left))
        grpc = await stack.enter_async_context(grpc_server(grpc_settings(settings), pipeline, drain_time.left))
        stack.push_async_callback(_drain, drain_time, health, pipeline, worker, door)
        health.listen(grpc.set_serving)
        await wasm.opened()
        health.enter(Phase.SERVING)
        yield RunningServer(
            grpc_address=str(Listen(settings.grpc_listen.host, grpc.port)),
            http_address=str(Listen(settings.http_listen.host, http.port)),
            worker_address=door.address,
        )


@asynccontextmanager
async def _http_face(settings: HttpSettings, parts: HttpParts, grace: Callable[[], float]) -> AsyncIterator[HttpServer]:
    """The HTTP port, where nobody waits for the rest of a request once the server drains."""
    async with http_server(settings, http_app(parts), grace) as server:
        with parts.pipeline.attended(server.look_up):
            yield server


async def _drain(time: DrainTime, health: Health, pipeline: Pipeline, worker: Worker, door: WorkerDoor) -> None:
    """Lets go of the work before the transports stop with what is left of the time."""
    time.begin()
    health.enter(Phase.DRAINING)
    pipeline.drain()
    door.workers.end()
    await worker.drain(timedelta(seconds=time.left()))
    # Only now: whoever watches a task that ended meanwhile has seen its end.
    pipeline.end_streams()


async def _store_answers(outbox: Outbox) -> None:
    await outbox.waiting(SystemScope("readiness asks the store for anything at all"), 1)


@asynccontextmanager
async def _in_background(
    observer: Observer, health: Health, **parts: Callable[[], Awaitable[None]]
) -> AsyncIterator[None]:
    """Keeps each part up beside the server; while one is down the server is not ready, with its name."""
    running = [asyncio.create_task(keep_up(name, part, observer, health.report)) for name, part in parts.items()]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
