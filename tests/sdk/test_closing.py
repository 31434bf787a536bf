"""What whoever waits for an answer learns when the stream or the client is closed meanwhile, in both colours alike."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from aion.v1 import tasks_pb2
from aion_sdk import AsyncClient, ConfigurationError, Unavailable
from tests.sdk.conftest import Face
from tests.sdk.double import LOG_OF_TASK, Double


class Silence:
    """A server that was asked and does not answer until its caller has gone."""

    def __init__(self) -> None:
        self.asked, self.left = threading.Event(), threading.Event()

    def unary(self, _request: Any, context: grpc.ServicerContext) -> tasks_pb2.TaskResult:
        self._hold(context)
        return tasks_pb2.TaskResult()

    def after_one_event(self, _request: Any, context: grpc.ServicerContext) -> Iterator[tasks_pb2.WatchResponse]:
        yield tasks_pb2.WatchResponse(event=LOG_OF_TASK[0])
        self._hold(context)

    def _hold(self, context: grpc.ServicerContext) -> None:
        context.add_callback(self.left.set)
        self.asked.set()
        self.left.wait(30)


async def test_closing_a_stream_ends_its_reader_as_its_end_does(face: Face, double: Double) -> None:
    silence = Silence()
    double.script("Watch", silence.after_one_event)
    stream = face.client.tasks.watch("t1")
    assert (await face.next_of(stream)).offset == 1
    reading = asyncio.ensure_future(face.all_of(stream))
    assert await face.do_blocking(silence.asked.wait, 30)
    await face.do(stream.close)
    assert await reading == []
    with pytest.raises(Unavailable, match="the stream was closed before its task ended"):
        await face.do(stream.result)


async def test_closing_a_stream_tells_whoever_waits_for_its_result(face: Face, double: Double) -> None:
    silence = Silence()
    double.script("Watch", silence.after_one_event)
    stream = face.client.tasks.watch("t1")
    waiting = asyncio.ensure_future(face.do(stream.result))
    assert await face.do_blocking(silence.asked.wait, 30)
    await face.do(stream.close)
    with pytest.raises(Unavailable, match="the stream was closed before its task ended"):
        await waiting


async def test_closing_the_client_is_an_error_to_whoever_reads_a_stream(face: Face, double: Double) -> None:
    silence = Silence()
    double.script("Watch", silence.after_one_event)
    stream = face.client.tasks.watch("t1")
    reading = asyncio.ensure_future(face.all_of(stream))
    assert await face.do_blocking(silence.asked.wait, 30)
    await face.do(face.client.close)
    with pytest.raises(Unavailable) as ended:
        await reading
    assert (ended.value.code, ended.value.task_id) == ("CANCELLED", "t1")
    with pytest.raises(ConfigurationError, match="client is closed"):
        await face.next_of(stream)


async def test_closing_the_client_is_an_error_to_whoever_waits_for_an_answer(face: Face, double: Double) -> None:
    silence = Silence()
    double.script("Submit", silence.unary)
    waiting = asyncio.ensure_future(face.do(face.client.tasks.submit, "summarize", request_id="r1"))
    assert await face.do_blocking(silence.asked.wait, 30)
    await face.do(face.client.close)
    with pytest.raises(Unavailable) as ended:
        await waiting
    assert (ended.value.code, ended.value.idempotency_key) == ("CANCELLED", "r1")


async def test_a_task_that_is_canceled_while_it_waits_is_canceled(double: Double) -> None:
    unary, stream = Silence(), Silence()
    double.script("Submit", unary.unary)
    double.script("Watch", stream.after_one_event)
    async with AsyncClient(double.target) as client:
        watched = client.tasks.watch("t1")
        assert (await anext(watched)).offset == 1
        for silence, call in ((unary, client.tasks.submit("summarize")), (stream, anext(watched))):
            waiting = asyncio.ensure_future(call)
            assert await asyncio.to_thread(silence.asked.wait, 30)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
