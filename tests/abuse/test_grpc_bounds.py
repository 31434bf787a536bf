"""The bounds of the gRPC port that no call shows: connections, messages of strangers, watchers who do not read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2

from aion.adapters.rpc.streams import StreamTimes
from aion.adapters.transports.grpc import server as server_module
from aion.adapters.transports.grpc.health import PLACES
from aion.adapters.transports.grpc.intake import Intake
from aion.adapters.transports.grpc.server import GrpcServer, GrpcSettings, grpc_server
from aion.domain.identity import ALL_SCOPES, Identity
from aion.ports.identity import Credentials
from aion.v1 import tasks_pb2
from tests.abuse import wire
from tests.abuse.http2_attacks import HEALTH, WATCH
from tests.abuse.wire import Kind
from tests.e2e.flood import Flood
from tests.e2e.patience import eventually

PATIENCE = 30.0


@asynccontextmanager
async def listening(flood: Flood | None = None, *, max_connections: int = 100) -> AsyncIterator[GrpcServer]:
    """A gRPC port, and behind it whoever `flood` knows."""
    settings = GrpcSettings(
        "127.0.0.1", 0, max_concurrent_streams=1000, reflection=False, max_connections=max_connections
    )
    async with grpc_server(settings, (flood or Flood()).pipeline(StreamTimes()), lambda: 0.1) as server:
        yield server


@asynccontextmanager
async def connected(server: GrpcServer) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that says what the test says."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def frames(reader: asyncio.StreamReader) -> AsyncIterator[tuple[int, int, bytes]]:
    """Kind, stream and payload of what the server says, until it ends the connection."""
    while head := await reader.read(9):
        head += await reader.readexactly(9 - len(head)) if len(head) < 9 else b""
        yield head[3], int.from_bytes(head[5:9], "big"), await reader.readexactly(int.from_bytes(head[:3], "big"))


async def settled(reader: asyncio.StreamReader) -> bool:
    """Whether the server takes the connection: it sends its settings; False when it ends the connection instead."""
    try:
        async for kind, _, _ in frames(reader):
            if kind == Kind.SETTINGS:
                return True
    except ConnectionError:
        return False
    return False


async def test_no_more_connections_than_the_bound_are_taken_and_one_that_goes_makes_room():
    async with listening(max_connections=3) as server, AsyncExitStack() as stack:

        async def another() -> bool:
            reader, writer = await stack.enter_async_context(connected(server))
            writer.write(wire.opening())
            opened.append(writer)
            return await asyncio.wait_for(settled(reader), PATIENCE)

        opened: list[asyncio.StreamWriter] = []
        assert [await another() for _ in range(5)] == [True, True, True, False, False]
        opened[0].transport.abort()
        await eventually(another, "the place that became free is given to another connection")


async def test_a_stranger_is_refused_before_the_message_has_come():
    async with listening(Flood(known=False)) as server, connected(server) as (reader, writer):
        announced = b"\0" + (4 << 20).to_bytes(4, "big")
        writer.write(wire.opening() + wire.call(1, WATCH) + wire.frame(Kind.DATA, announced + b"x" * 100, stream=1))
        async with asyncio.timeout(PATIENCE):
            async for kind, stream, payload in frames(reader):
                if (kind, stream) == (Kind.HEADERS, 1):
                    assert b"grpc-status\x0216" in payload
                    return
    raise AssertionError("the call was not refused")


class Tenants(Flood):
    """Knows everybody by the name of their tenant."""

    def authenticate(self, credentials: Credentials) -> Identity:
        return Identity(credentials.headers["tenant"], "svc", ALL_SCOPES)


async def test_messages_of_one_tenant_that_never_become_whole_end_nobody_elses(monkeypatch):
    """6.2 When there is one too many, one of the tenant with most of them goes."""
    intake = Intake(most=2, unnoticed=0)
    monkeypatch.setattr(server_module, "Intake", lambda: intake)
    async with listening(Tenants()) as server, grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:

        def call(tenant: str) -> Any:
            return channel.stream_stream(WATCH)(metadata=(("tenant", tenant),), timeout=PATIENCE)

        async def slow() -> bool:
            return len(intake._slow) == len(begun)

        begun = []
        for tenant in ("globex", "acme"):
            begun.append(call(tenant))
            await eventually(slow, "the server waits for its message")
        one_too_many = call("acme")
        assert await begun[1].code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        await begun[0].write(tasks_pb2.WatchRequest(task_id="t").SerializeToString())
        assert await begun[0].read()
        for one in (begun[0], one_too_many):
            one.cancel()


async def test_health_checks_that_never_end_make_room_for_those_that_do():
    async with listening() as server, connected(server) as (_, writer):
        announced = b"\0" + (4 << 20).to_bytes(4, "big")
        writer.write(wire.opening(wire.settings(), wire.AGREED))
        for stream in range(1, 400, 2):
            writer.write(wire.call(stream, f"{HEALTH}Check") + wire.frame(Kind.DATA, announced, stream=stream))
        await writer.drain()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            for _ in range(20):
                answer = await channel.unary_unary(f"{HEALTH}Check")(b"", timeout=PATIENCE)
                assert health_pb2.HealthCheckResponse.FromString(answer).status == 1


async def test_many_health_checks_at_once_are_no_crowd():
    async with listening() as server, grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        check = channel.unary_unary(f"{HEALTH}Check")
        answers = await asyncio.gather(*(check(b"", timeout=PATIENCE) for _ in range(300)))
    assert {health_pb2.HealthCheckResponse.FromString(answer).status for answer in answers} == {1}


async def test_a_watcher_of_health_who_does_not_read_keeps_nobody_from_the_news():
    async with listening() as server, connected(server) as (_, writer):
        writer.write(wire.opening(wire.settings(initial_window_size=0)))
        for stream in range(1, 20, 2):
            writer.write(wire.call(stream, f"{HEALTH}Watch") + wire.message(stream))
        await writer.drain()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            watch = channel.unary_stream(
                f"{HEALTH}Watch", response_deserializer=health_pb2.HealthCheckResponse.FromString
            )(b"", timeout=PATIENCE)
            assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
            server.set_serving(False)
            assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
            watch.cancel()


async def test_watches_of_health_are_counted_and_one_that_ends_makes_room():
    async with listening() as server, grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:

        async def opens() -> bool:
            watch = channel.unary_stream(f"{HEALTH}Watch")(b"", timeout=PATIENCE)
            opened.append(watch)
            try:
                return bool(await watch.read())
            except grpc.aio.AioRpcError as error:
                refusals.append((error.code(), error.details() or ""))
                return False

        opened: list[grpc.aio.UnaryStreamCall[bytes, bytes]] = []
        refusals: list[tuple[grpc.StatusCode, str]] = []
        for _ in range(PLACES.of_connection + 1):
            await opens()
        [(code, said)] = refusals
        assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert said.startswith(f"{PLACES.of_connection} health watches are open on one connection")
        opened[0].cancel()
        await eventually(opens, "the place that became free is given to another watch")


@pytest.mark.parametrize(
    ("method", "data", "code"),
    [
        ("Check", b"\x0a\x07nothing", grpc.StatusCode.NOT_FOUND),
        ("Check", b"\xff\xff", grpc.StatusCode.INVALID_ARGUMENT),
        ("Guess", b"", grpc.StatusCode.UNIMPLEMENTED),
    ],
)
async def test_health_refuses_what_it_cannot_answer(method, data, code):
    async with listening() as server, grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary(HEALTH + method)(data, timeout=PATIENCE)
    assert caught.value.code() is code
