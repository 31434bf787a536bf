"""A reader that stops reading, over real connections: it is cut with its offset, and nobody waits for it."""

import asyncio
from contextlib import asynccontextmanager

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from aion.adapters.rpc.streams import READER_SECONDS, StreamTimes
from aion.adapters.transports.grpc.server import GrpcSettings, grpc_server
from aion.v1 import tasks_pb2
from tests.e2e.flood import PATIENCE, WATCH, Flood


@asynccontextmanager
async def a_watch(flood: Flood, times: StreamTimes):
    settings = GrpcSettings("127.0.0.1", 0, max_concurrent_streams=10, reflection=False)
    async with grpc_server(settings, flood.pipeline(times), lambda: 0.1) as server:
        options = [("grpc.max_receive_message_length", -1)]
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}", options=options) as channel:
            watch = channel.unary_stream(
                WATCH,
                request_serializer=tasks_pb2.WatchRequest.SerializeToString,
                response_deserializer=tasks_pb2.WatchResponse.FromString,
            )
            yield watch(tasks_pb2.WatchRequest(task_id="t"))


async def test_a_grpc_reader_that_stops_reading_is_cut_and_told_where_to_resume():
    """4.8 A watcher holds no queue in the server: its position is its offset. One that does not read is cut and
    resumes.
    """
    flood = Flood()
    async with a_watch(flood, StreamTimes(reader=0.2)) as call:
        first = await call.read()
        assert first.event.offset == 1
        # It reads no more: its window fills, and the server gives it up without its help.
        await asyncio.wait_for(flood.left.wait(), PATIENCE)
        await asyncio.wait_for(flood.over.wait(), PATIENCE)
        assert flood.ended == [("ABORTED", "READER_TOO_SLOW")]
        # Coming back, it gets what was under way and then the reason.
        got = [first.event.offset]
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await _read_all(call, got)
    assert got == list(range(1, len(got) + 1))
    assert caught.value.code() is grpc.StatusCode.ABORTED
    [details] = [value for name, value in caught.value.trailing_metadata() if name == "grpc-status-details-bin"]
    info = error_details_pb2.ErrorInfo()
    assert status_pb2.Status.FromString(details).details[0].Unpack(info)
    assert info.reason == "READER_TOO_SLOW"
    assert 1 <= int(info.metadata["last_offset"]) <= len(got)


async def _read_all(call, got: list[int]) -> None:
    while True:
        got.append((await call.read()).event.offset)


async def test_a_reader_that_reads_is_not_cut_however_long_it_takes():
    flood = Flood()
    async with a_watch(flood, StreamTimes(reader=PATIENCE)) as call:
        for offset in range(1, 20):
            assert (await call.read()).event.offset == offset
        assert flood.ended == []


def test_a_reader_has_half_a_minute():
    assert READER_SECONDS == 30.0
