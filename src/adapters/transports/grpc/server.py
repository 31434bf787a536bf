"""gRPC on grpc.aio: raw bytes in, raw bytes out, everything between is the pipeline's.

Handlers are registered without (de)serializers, because grpcio answers UNKNOWN with a class name to bytes that it
cannot decode, and as handlers of streams, because they read their one message themselves (`intake`). Health and
reflection are the standard services and stand beside the pipeline.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
from grpc import aio

from aion import failpoints
from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Call, Marks, Payload
from aion.adapters.rpc.errors import code_of, to_status
from aion.adapters.rpc.methods import Method, methods
from aion.adapters.rpc.pipeline import Pipeline
from aion.adapters.transports.grpc.backlog import server_with_backlog
from aion.adapters.transports.grpc.health import SERVICE, HealthService
from aion.adapters.transports.grpc.intake import Came, Intake, Unread
from aion.adapters.transports.grpc.metadata import Context, address, certificate_names, headers_of
from aion.adapters.transports.grpc.reflection import NAME as REFLECTION
from aion.adapters.transports.grpc.reflection import ReflectionService
from aion.adapters.transports.grpc.stopping import AtWork, stop
from aion.domain.errors import AionError, MethodNotFound
from aion.ports.identity import Credentials

TRANSPORT = "grpc"
MAX_CONNECTIONS = 4096
IDLE_SECONDS = 300
"""How long a connection may be open without a call; a client that comes back later connects anew by itself."""

HANDSHAKE_SECONDS = 10
"""How long TLS and the first frames may take."""

MOST_PENDING = 4_000
"""Calls that have come and that the event loop has not taken in: a second of strangers' calls, and little memory."""

KEEPALIVE_SECONDS = 60
"""How often a client with open calls is asked whether it is still there."""

if TYPE_CHECKING:
    # grpcio's classes are generic in their stubs only.
    BytesHandler = grpc.RpcMethodHandler[bytes, bytes]
else:
    BytesHandler = grpc.RpcMethodHandler


@dataclass(frozen=True, slots=True)
class GrpcSettings:
    """Where and how to listen. With `client_ca` every client must show a certificate that this CA signed (mTLS).

    `variable` is what sets the address, for the sentence that refuses it. `ping_strikes` is how many pings may come too
    soon before a connection is ended; 0: any number, from clients that are trusted.
    """

    host: str
    port: int
    max_concurrent_streams: int
    reflection: bool
    cert: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    variable: str = "AION_GRPC_LISTEN"
    ping_strikes: int = 5
    max_connections: int = MAX_CONNECTIONS


@dataclass(frozen=True, slots=True)
class GrpcServer:
    """A server that serves. `port` is the bound one, also when 0 was asked for."""

    port: int
    set_serving: Callable[[bool], None]


@asynccontextmanager
async def grpc_server(
    settings: GrpcSettings,
    pipeline: Pipeline,
    grace: Callable[[], float],
    table: Mapping[str, Method] | None = None,
) -> AsyncIterator[GrpcServer]:
    """Serves while the block runs; then refuses new connections and gives calls the seconds that `grace` then says.

    `table` is what is served; None: the public contract.
    """
    server, backlog = server_with_backlog(_bounds(settings))
    pipeline.watch_backlog(backlog.waiting)
    table = methods() if table is None else table
    front = _Front(table, pipeline, secure=settings.cert is not None)
    services = sorted({path.split("/")[1] for path in table})
    refusal = _Refusal(pipeline)
    health = HealthService(services, refusal)
    reflection = ReflectionService((*services, SERVICE, REFLECTION), refusal)
    served = (front, health, *([reflection] if settings.reflection else []), _Unknown(pipeline))
    server.add_generic_rpc_handlers(served)
    port = _bind(server, settings)
    await server.start()

    def close() -> None:
        front.end()
        reflection.end()

    try:
        # Calls that have not wholly come are new ones to whoever drains, and are refused as such.
        with pipeline.attended(close):
            yield GrpcServer(port, lambda serving: health.set(serving=serving))
    finally:
        close()
        health.end()
        await stop(server, front.at_work, grace())


def _bounds(settings: GrpcSettings) -> list[tuple[str, int]]:
    return [
        ("grpc.max_concurrent_streams", settings.max_concurrent_streams),
        # The pipeline refuses what is over its own limit, with a typed error; this one only bounds memory.
        ("grpc.max_receive_message_length", 2 * MAX_REQUEST_BYTES),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", 16 << 10),
        ("grpc.so_reuseport", 0),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
        ("grpc.http2.max_ping_strikes", settings.ping_strikes),
        # Whoever is fast would be given a window of 128 MiB for what nobody has asked to read yet.
        ("grpc.http2.bdp_probe", 0),
        ("grpc.max_allowed_incoming_connections", settings.max_connections),
        ("grpc.max_connection_idle_ms", IDLE_SECONDS * 1000),
        # Over these gRPC's core refuses calls at random, in words that are not AION's: after the turnstile's turn only.
        ("grpc.server.max_pending_requests", MOST_PENDING),
        ("grpc.server.max_pending_requests_hard_limit", 2 * MOST_PENDING),
        ("grpc.server_handshake_timeout_ms", HANDSHAKE_SECONDS * 1000),
        # Until a client has agreed to our settings, its headers are bounded by gRPC's own 16 MiB.
        ("grpc.http2.settings_timeout", HANDSHAKE_SECONDS * 1000),
        ("grpc.keepalive_time_ms", KEEPALIVE_SECONDS * 1000),
    ]


def _bind(server: aio.Server, settings: GrpcSettings) -> int:
    address = f"{settings.host}:{settings.port}"
    if settings.cert is None or settings.key is None:
        port = server.add_insecure_port(address)
    else:
        credentials = grpc.ssl_server_credentials(
            [(settings.key.read_bytes(), settings.cert.read_bytes())],
            root_certificates=settings.client_ca.read_bytes() if settings.client_ca else None,
            require_client_auth=settings.client_ca is not None,
        )
        port = server.add_secure_port(address, credentials)
    if port == 0:
        raise OSError(f"cannot listen on {address} for gRPC: is it taken? set {settings.variable} to another one")
    return port


class _Front(grpc.GenericRpcHandler):
    """Hands every known path to the pipeline."""

    def __init__(self, table: Mapping[str, Method], pipeline: Pipeline, *, secure: bool) -> None:
        self._pipeline = pipeline
        self._secure = secure
        self._intake = Intake()
        self.at_work = AtWork()
        self._handlers = {path: self._handler(method) for path, method in table.items()}

    def service(self, details: grpc.HandlerCallDetails) -> BytesHandler | None:
        return self._handlers.get(details.method)

    def end(self) -> None:
        """The server goes: a call whose message has not come ends as DRAINING."""
        self._intake.end()

    def _handler(self, method: Method) -> BytesHandler:
        if method.streams:

            async def stream(_: object, context: Context) -> None:
                marks: tuple[tuple[str, str], ...] = ()
                try:
                    answer = self._pipeline.stream(await self._call(method, context))
                    marks = _metadata(answer.marks)
                    with self.at_work.call():
                        async with aclosing(answer.bursts) as bursts:
                            opened = False
                            async for burst in bursts:
                                if not opened:
                                    opened = True
                                    await context.send_initial_metadata(marks)
                                for message in burst:
                                    # Not yielded to grpcio, which would wait for a reader for ever.
                                    await answer.pace(context.write(message.SerializeToString()), message)
                except Refused as refused:
                    await _abort(refused, context)
                context.set_trailing_metadata(marks)

            return grpc.stream_stream_rpc_method_handler(stream)

        async def unary(_: object, context: Context) -> bytes:
            try:
                call = await self._call(method, context)
                with self.at_work.call():
                    answer = await self._pipeline.unary(call)
            except Refused as refused:
                await _abort(refused, context)
                raise
            failpoints.hit("server.before_answer")
            context.set_trailing_metadata(_metadata(answer.marks))
            return answer.message.SerializeToString()

        return grpc.stream_unary_rpc_method_handler(unary)

    async def _call(self, method: Method, context: Context) -> Call:
        """The call, with its message when somebody known sent it. Raises Refused when that does not come."""
        headers, peer = headers_of(context), address(context.peer())
        names = certificate_names(context) if self._secure else ()
        payload: Payload = Unread()
        try:
            # Of a call that comes while the server drains nothing is read: it is refused whatever it says.
            if not self._pipeline.draining:
                identity = self._pipeline.recognise(Credentials(headers, names, peer))
                if identity is not None:
                    payload = Came(await self._intake.take(identity.tenant, context.read), headers)
        except AionError as error:
            raise self._pipeline.refuse(error, headers, TRANSPORT, method.path) from error
        return Call(
            method=method,
            payload=payload,
            transport=TRANSPORT,
            headers=headers,
            certificate_names=names,
            peer=peer,
            timeout=context.time_remaining(),
        )


class _Unknown(grpc.GenericRpcHandler):
    """Stands behind all other services: what none of them knows is refused with a typed error."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._refusal = _Refusal(pipeline)
        self._handler: BytesHandler = grpc.stream_unary_rpc_method_handler(self._refuse)

    def service(self, details: grpc.HandlerCallDetails) -> BytesHandler | None:
        return self._handler

    async def _refuse(self, messages: object, context: Context) -> bytes:
        error = MethodNotFound("no such method; ask the server's reflection or its documentation for the contract")
        await self._refusal(error, context)
        return b""


class _Refusal:
    """Ends a call that was none for the pipeline as it would have."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def __call__(self, error: AionError, context: Context) -> None:
        await _abort(self._pipeline.refuse(error, headers_of(context), TRANSPORT), context)


async def _abort(refused: Refused, context: Context) -> None:
    status = to_status(refused.error, refused.marks)
    _forget_frames(refused)
    await context.abort(
        code_of(refused.error),
        status.message,
        (*_metadata(refused.marks), ("grpc-status-details-bin", status.SerializeToString())),
    )


def _forget_frames(error: BaseException | None) -> None:
    """Lets go of what a refusal's tracebacks hold, the request above all. grpcio keeps in the call what aborted it, and
    that leads back to the call: a circle, which stays until Python collects, and Python counts objects, not bytes.
    """
    while error is not None:
        error.__traceback__ = None
        _forget_frames(error.__cause__)
        error = error.__context__


def _metadata(marks: Marks) -> tuple[tuple[str, str], ...]:
    return (("x-request-id", marks.request_id), ("x-trace-id", marks.trace_id))
