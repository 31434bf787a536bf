"""The listener for workers on other machines, composed: a pipeline of its own that knows one scope and no rate limits.

Its certificates are its own, too: that workers must show one is no reason to ask clients for theirs.

A part of the server's composition root, and so allowed to name adapters.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aion
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.rpc.observing import CallObserver
from aion.adapters.rpc.pipeline import Pipeline, PipelineParts
from aion.adapters.rpc.workers import worker_handlers, worker_methods
from aion.adapters.telemetry.fleet import FleetCollector
from aion.adapters.telemetry.metrics import Level, Metrics
from aion.adapters.transports.grpc.server import GrpcSettings, grpc_server
from aion.app.settings import Settings
from aion.app.settings_types import Listen
from aion.app.work.fleet import Fleet
from aion.app.work.workers_apart import ServedParts, ServeWorkers
from aion.ports.clock import Entropy
from aion.ports.identity import Authenticator

MOST_CALLS = 1_000
"""Calls that one worker may have open: a wait for work, a renewal, and a write an attempt."""


@dataclass(frozen=True, slots=True)
class WorkerDoor:
    """Where workers connect; empty when there is no such door. `workers` serves them, `fleet` knows them."""

    address: str
    workers: ServeWorkers
    fleet: Fleet


@dataclass(frozen=True, slots=True)
class DoorParts:
    """What the door shares with the rest of the server."""

    served: ServedParts
    authenticator: Authenticator
    entropy: Entropy
    observer: CallObserver
    metrics: Metrics


@asynccontextmanager
async def worker_door(settings: Settings, parts: DoorParts, grace: Callable[[], float]) -> AsyncIterator[WorkerDoor]:
    """Serves workers while the block runs, if there is to be a door."""
    fleet = Fleet(parts.served.clock)
    workers = ServeWorkers(parts.served, fleet, aion.__version__, settings.lease)
    listen = settings.worker_listen
    if listen is None:
        yield WorkerDoor("", workers, fleet)
        return
    pipeline = Pipeline(
        worker_handlers(workers),
        PipelineParts(
            authenticator=parts.authenticator,
            key_limit=Unlimited(),
            peer_limit=Unlimited(),
            clock=parts.served.clock,
            entropy=parts.entropy,
            observer=parts.observer,
        ),
    )
    parts.metrics.look(Level.WORKERS, lambda: fleet.connected)
    parts.metrics.look(Level.WORKER_LEASES, lambda: fleet.leases)
    parts.metrics.add(FleetCollector(fleet.seen))
    grpc_settings = GrpcSettings(
        host=listen.host,
        port=listen.port,
        max_concurrent_streams=MOST_CALLS,
        reflection=False,
        cert=settings.worker_listen_cert or settings.tls_cert,
        key=settings.worker_listen_key or settings.tls_key,
        client_ca=settings.worker_listen_client_ca,
        variable="AION_WORKER_LISTEN",
        ping_strikes=0,
    )
    async with grpc_server(grpc_settings, pipeline, grace, worker_methods()) as server:
        yield WorkerDoor(str(Listen(listen.host, server.port)), workers, fleet)
