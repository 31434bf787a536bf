"""uvicorn inside the running event loop: AION owns the signals, the drain and the bounds.

uvicorn itself never gives up on a client that stops reading its answer or never finishes its request, so a patrol
cuts those.
"""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from aion.adapters.transports.http.answers import CROWDED, EXTRA, AsgiApp, Receive, Scope, Send
from aion.adapters.transports.http.crowd import Crowd
from aion.adapters.transports.http.protocol import HttpProtocol, protocol_of
from aion.adapters.transports.web.patrol import Patrol
from aion.adapters.transports.websocket.bounds import PING_SECONDS, PONG_SECONDS
from aion.adapters.transports.websocket.protocol import WebSocketProtocol

MAX_CONNECTIONS = 4096
SPARE_CONNECTIONS = 64
"""Over the bound, while all that have a place are served: room for probes, and for refusals that say why."""

AT_ONCE = 8
"""So many connections are accepted in one round of the event loop: libuv takes one of each listener, and a round is
long when the server is busy. The listeners are one socket.
"""

HANDSHAKE_SECONDS = 10.0
"""For TLS. A connection is counted once its handshake is over, so those that say nothing may not stay longer."""

KEEP_ALIVE_SECONDS = 65
"""Longer than the 60 s that load balancers keep an idle connection, so that the balancer closes first."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where and how to listen. With `cert` and `key` it speaks TLS (1.2 or newer)."""

    host: str
    port: int
    cert: Path | None = None
    key: Path | None = None
    max_connections: int = MAX_CONNECTIONS
    variable: str = "AION_HTTP_LISTEN"


@dataclass(frozen=True, slots=True)
class HttpServer:
    """A server that serves. `port` is the bound one, also when 0 was asked for."""

    port: int
    patrol: Patrol

    def look_up(self) -> None:
        """Whoever waits for the rest of a request looks whether the server drains: to be called when that begins."""
        for connection in list(self.patrol.connections):
            if isinstance(connection, HttpProtocol):
                connection.look_up()


@asynccontextmanager
async def http_server(settings: HttpSettings, app: AsgiApp, grace: Callable[[], float]) -> AsyncIterator[HttpServer]:
    """Serves while the block runs; then refuses new connections and gives calls the seconds that `grace` then says."""
    listener = _listen(settings)
    listeners = [listener, *(listener.dup() for _ in range(AT_ONCE - 1))]
    server = _Server(_config(settings, app))
    connections = server.server_state.connections
    server.config.app = _counted(app, connections, settings.max_connections)
    serving = asyncio.create_task(server.serve(sockets=listeners), name="http server")
    try:
        await _until_started(server, serving)
        async with Patrol(connections) as patrol:
            yield HttpServer(int(listener.getsockname()[1]), patrol)
    finally:
        server.config.timeout_graceful_shutdown = grace()  # type: ignore[assignment] # part of a second is fine
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        for one in listeners:
            one.close()


def _counted(app: AsgiApp, connections: Collection[object], most: int) -> AsgiApp:
    """The application, told of calls over the bound: uvicorn would refuse in words that are not AION's."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        scope[CROWDED] = EXTRA in scope["state"] and len(connections) > most
        await app(scope, receive, send)

    return serve


class _Server(uvicorn.Server):
    """A uvicorn that leaves signals alone, and says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's own."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn starts, which has no setting for how long a handshake may take; and tells."""
        loop, secure = asyncio.get_running_loop(), self.config.ssl
        in_time = None if secure is None else HANDSHAKE_SECONDS
        self.servers = [
            await loop.create_server(
                self._protocol, sock=one, ssl=secure, ssl_handshake_timeout=in_time, backlog=self.config.backlog
            )
            for one in sockets or ()
        ]
        self.started = True
        self.up.set()

    def _protocol(self) -> asyncio.Protocol:
        make: Any = self.config.http_protocol_class
        connection: asyncio.Protocol = make(config=self.config, server_state=self.server_state, app_state={})
        return connection


async def _until_started(server: _Server, serving: "asyncio.Task[None]") -> None:
    started = asyncio.create_task(server.up.wait())
    try:
        await asyncio.wait({started, serving}, return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            await serving
            raise RuntimeError("the HTTP server ended before it had started")
    finally:
        started.cancel()


def _listen(settings: HttpSettings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as cause:
        # `strerror` says the address once more, but for names that lead nowhere.
        why = cause.strerror if isinstance(cause, socket.gaierror) else os.strerror(cause.errno or 0)
        raise OSError(
            f"cannot listen on {settings.host}:{settings.port} for HTTP ({why}): is it taken? "
            f"set {settings.variable} to another one"
        ) from cause
    # What it accepts inherits this. asyncio sets it only on sockets that name their protocol, which these do not;
    # without it the body of an answer waits 40 ms for the client to acknowledge the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _config(settings: HttpSettings, app: AsgiApp) -> uvicorn.Config:
    secure = settings.cert is not None and settings.key is not None
    return uvicorn.Config(
        app,
        loop="none",
        http=protocol_of(Crowd(settings.max_connections, SPARE_CONNECTIONS)),
        lifespan="off",
        ws=WebSocketProtocol,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_per_message_deflate=False,  # a secret beside what an attacker chooses must not share a dictionary
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # a forwarded address is a claim; peers are limited by their real one
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        ssl_context_factory=(lambda *_: _tls(settings)) if secure else None,
    )


def _tls(settings: HttpSettings) -> ssl.SSLContext:
    assert settings.cert is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.cert, settings.key)
    context.set_alpn_protocols(["http/1.1"])
    return context
