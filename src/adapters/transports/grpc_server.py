"""gRPC on grpc.aio: raw bytes in, raw bytes out, everything between is the pipeline's.

Handlers are registered without (de)serializers, because grpcio answers UNKNOWN with a class name to bytes that it
cannot decode. Health and reflection are the standard services and stand beside the pipeline.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from aion import failpoints
from aion.adapters.rpc.call import Call, Marks, ProtobufPayload
from aion.adapters.rpc.errors import code_of, to_status
from aion.adapters.rpc.methods import Method, methods
from aion.adapters.rpc.pipeline import MAX_REQUEST_BYTES, Pipeline, Refused
from aion.domain.errors import MethodNotFound

TRANSPORT = "grpc"

if TYPE_CHECKING:
    # grpcio's classes are generic in their stubs only.
    Context = aio.ServicerContext[bytes, bytes]
    BytesHandler = grpc.RpcMethodHandler[bytes, bytes]
else:
    Context = aio.ServicerContext
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
    server = aio.server(
        options=[
            ("grpc.max_concurrent_streams", settings.max_concurrent_streams),
            # The pipeline refuses what is over its own limit, with a typed error; this one only bounds memory.
            ("grpc.max_receive_message_length", 2 * MAX_REQUEST_BYTES),
            ("grpc.max_send_message_length", -1),
            ("grpc.max_metadata_size", 16 << 10),
            ("grpc.so_reuseport", 0),
            ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
            ("grpc.http2.max_ping_strikes", settings.ping_strikes),
        ]
    )
    table = methods() if table is None else table
    server.add_generic_rpc_handlers((_Front(table, pipeline, secure=settings.cert is not None),))
    health_servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    services = sorted({path.split("/")[1] for path in table})
    if settings.reflection:
        names = (*services, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
    server.add_generic_rpc_handlers((_Unknown(pipeline),))
    port = _bind(server, settings)
    await server.start()

    async def set_serving(serving: bool) -> None:
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in ("", *services):
            await health_servicer.set(name, status)

    await set_serving(True)
    background: set[asyncio.Task[None]] = set()

    def set_serving_soon(serving: bool) -> None:
        task = asyncio.get_running_loop().create_task(set_serving(serving))
        background.add(task)
        task.add_done_callback(background.discard)

    try:
        yield GrpcServer(port, set_serving_soon)
    finally:
        await health_servicer.enter_graceful_shutdown()
        await server.stop(grace())


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
        self._handlers = {path: self._handler(method) for path, method in table.items()}

    def service(self, details: grpc.HandlerCallDetails) -> BytesHandler | None:
        return self._handlers.get(details.method)

    def _handler(self, method: Method) -> BytesHandler:
        if method.streams:

            async def stream(data: bytes, context: Context) -> None:
                answer = self._pipeline.stream(self._call(method, data, context))
                marks = _metadata(answer.marks)
                try:
                    async with aclosing(answer.messages) as messages:
                        opened = False
                        async for message in messages:
                            if not opened:
                                opened = True
                                await context.send_initial_metadata(marks)
                            # Not yielded to grpcio, which would wait for a reader for ever.
                            await answer.pace(context.write(message.SerializeToString()))
                except Refused as refused:
                    await _abort(refused, context)
                context.set_trailing_metadata(marks)

            return grpc.unary_stream_rpc_method_handler(stream)

        async def unary(data: bytes, context: Context) -> bytes:
            try:
                answer = await self._pipeline.unary(self._call(method, data, context))
            except Refused as refused:
                await _abort(refused, context)
                raise
            failpoints.hit("server.before_answer")
            context.set_trailing_metadata(_metadata(answer.marks))
            return answer.message.SerializeToString()

        return grpc.unary_unary_rpc_method_handler(unary)

    def _call(self, method: Method, data: bytes, context: Context) -> Call:
        return Call(
            method=method,
            payload=ProtobufPayload(data),
            transport=TRANSPORT,
            headers=_headers(context),
            certificate_names=_certificate_names(context) if self._secure else (),
            peer=_address(context.peer()),
            timeout=context.time_remaining(),
        )


class _Unknown(grpc.GenericRpcHandler):
    """Stands behind all other services: what none of them knows is refused with a typed error."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._handler: BytesHandler = grpc.unary_unary_rpc_method_handler(self._refuse)

    def service(self, details: grpc.HandlerCallDetails) -> BytesHandler | None:
        return self._handler

    async def _refuse(self, data: bytes, context: Context) -> bytes:
        error = MethodNotFound("no such method; ask the server's reflection or its documentation for the contract")
        await _abort(self._pipeline.refuse(error, _headers(context), TRANSPORT), context)
        return b""


async def _abort(refused: Refused, context: Context) -> None:
    status = to_status(refused.error, refused.marks)
    await context.abort(
        code_of(refused.error),
        status.message,
        (*_metadata(refused.marks), ("grpc-status-details-bin", status.SerializeToString())),
    )


def _metadata(marks: Marks) -> tuple[tuple[str, str], ...]:
    return (("x-request-id", marks.request_id), ("x-trace-id", marks.trace_id))


def _headers(context: Context) -> dict[str, str]:
    """The text metadata; a name that comes twice keeps its last value, binary ones are not ours."""
    return {name: value for name, value in context.invocation_metadata() or () if isinstance(value, str)}


def _certificate_names(context: Context) -> tuple[str, ...]:
    """The names of a verified client certificate: SPIFFE and other URIs, and DNS names."""
    facts = context.auth_context()
    names = [*facts.get("peer_spiffe_id", ()), *facts.get("peer_uri", ()), *facts.get("peer_dns", ())]
    return tuple(dict.fromkeys(name.decode("ascii", "replace") for name in names))


def _address(peer: str) -> str:
    """`ipv4:127.0.0.1:4711` as `127.0.0.1`."""
    kind, _, rest = peer.partition(":")
    if kind not in ("ipv4", "ipv6"):
        return peer
    return rest.rpartition(":")[0]
