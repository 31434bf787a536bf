"""Nobody holds up the stop of the gRPC port with a stream that nobody needs; a call at work gets its time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from aion.adapters.rpc.pipeline import Handlers, Pipeline, PipelineParts
from aion.adapters.rpc.streams import StreamTimes
from aion.adapters.transports.grpc.reflection import METHOD as REFLECTION
from aion.adapters.transports.grpc.server import GrpcSettings, grpc_server
from aion.v1 import tasks_pb2
from tests.abuse import wire
from tests.abuse.http2_attacks import HEALTH
from tests.e2e.flood import PATIENCE, WATCH, Flood

SUBMIT = "/aion.v1.AionTasks/Submit"
GRACE = 3600.0
"""Whoever held up the stop would hold it up for longer than any test waits."""

LIST = reflection_pb2.ServerReflectionRequest(list_services="").SerializeToString()


@asynccontextmanager
async def serving(pipeline: Pipeline | None = None) -> AsyncIterator[tuple[str, Callable[[], Any]]]:
    """A port's address, and what stops its server; the server has stopped by itself when the block is left."""
    settings = GrpcSettings("127.0.0.1", 0, max_concurrent_streams=1000, reflection=True)
    server: AbstractAsyncContextManager[Any] = grpc_server(
        settings, pipeline or Flood().pipeline(StreamTimes()), lambda: GRACE
    )
    running = await server.__aenter__()

    async def stop() -> None:
        async with asyncio.timeout(PATIENCE):
            await server.__aexit__(None, None, None)

    yield f"127.0.0.1:{running.port}", stop


async def nothing() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


async def refusal(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await asyncio.wait_for(call.read() if hasattr(call, "read") else call, PATIENCE)
    return caught.value.code(), caught.value.details()


async def test_a_watch_of_health_hears_of_the_stop_and_ends():
    async with serving() as (address, stop), grpc.aio.insecure_channel(address) as channel:
        watch = channel.unary_stream(f"{HEALTH}Watch", response_deserializer=health_pb2.HealthCheckResponse.FromString)(
            b""
        )
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        stopping = asyncio.create_task(stop())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        code, said = await refusal(watch)
        await stopping
    assert (code, "shutting down" in said) == (grpc.StatusCode.UNAVAILABLE, True)


async def test_a_watcher_who_does_not_read_holds_up_no_stop():
    async with serving() as (address, stop):
        _, writer = await asyncio.open_connection(*address.split(":"))
        writer.write(wire.opening(wire.settings(initial_window_size=0), wire.AGREED))
        writer.write(wire.call(1, f"{HEALTH}Watch") + wire.message(1))
        async with grpc.aio.insecure_channel(address) as channel:
            await channel.unary_unary(f"{HEALTH}Check")(b"", timeout=PATIENCE)
        await stop()
        writer.transport.abort()


async def test_reflection_answers_and_ends_when_the_server_goes():
    async with serving() as (address, stop), grpc.aio.insecure_channel(address) as channel:
        stream = channel.stream_stream(REFLECTION)()
        await stream.write(LIST)
        answer = reflection_pb2.ServerReflectionResponse.FromString(await stream.read())
        assert "aion.v1.AionTasks" in {service.name for service in answer.list_services_response.service}
        stopping = asyncio.create_task(stop())
        code, said = await refusal(stream)
        await stopping
    assert (code, "shutting down" in said) == (grpc.StatusCode.UNAVAILABLE, True)


async def test_a_client_of_reflection_that_has_asked_enough_gets_its_end():
    async with serving() as (address, stop), grpc.aio.insecure_channel(address) as channel:
        stream = channel.stream_stream(REFLECTION)(iter([LIST, LIST]))
        answers = [answer async for answer in stream]
        assert (len(answers), await stream.code()) == (2, grpc.StatusCode.OK)
        broken = channel.stream_stream(REFLECTION)(iter([b"\xff\xff"]))
        assert (await refusal(broken))[0] is grpc.StatusCode.INVALID_ARGUMENT
        await stop()


async def test_a_call_whose_message_has_not_come_is_refused_as_soon_as_the_server_drains():
    pipeline = Flood().pipeline(StreamTimes())
    async with serving(pipeline) as (address, stop), grpc.aio.insecure_channel(address) as channel:
        coming = channel.stream_stream(WATCH)(nothing())
        await channel.unary_unary(f"{HEALTH}Check")(b"", timeout=PATIENCE)
        pipeline.drain()
        code, said = await refusal(coming)
        later = await refusal(channel.stream_stream(WATCH)(nothing()))
        await stop()
    assert (code, "shutting down" in said) == (grpc.StatusCode.UNAVAILABLE, True)
    assert later == (code, said)


async def test_a_call_at_work_is_waited_for():
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def submit(admitted: object) -> Message:
        begun.set()
        await go_on.wait()
        return tasks_pb2.TaskResult(task_id="done")

    flood = Flood()
    parts: PipelineParts = flood.pipeline(StreamTimes())._parts
    pipeline = Pipeline(Handlers({SUBMIT: submit}, {}), parts)
    async with serving(pipeline) as (address, stop), grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary(SUBMIT)(tasks_pb2.TaskRequest(intent="echo").SerializeToString())
        await asyncio.wait_for(begun.wait(), PATIENCE)
        watch = channel.unary_stream(f"{HEALTH}Watch")(b"")
        await watch.read()
        stopping = asyncio.create_task(stop())
        await watch.read()
        await refusal(watch)  # by now it stops
        go_on.set()
        assert tasks_pb2.TaskResult.FromString(await call).task_id == "done"
        await stopping
