"""What a stream over HTTP leaves behind when it is broken off, and what it must not take for its own deadline."""

import asyncio
from types import SimpleNamespace

import pytest

from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Marks
from aion.adapters.rpc.streams import Stream, StreamTimes, Vigil
from aion.adapters.transports.connect.stream import serve_stream
from aion.adapters.transports.http.bodies import EMPTY
from aion.adapters.transports.http.leaving import ClientGone
from aion.adapters.transports.rest import sse
from aion.adapters.transports.rest.sse_frames import RETRY
from aion.v1 import tasks_pb2

EVENT = tasks_pb2.WatchResponse()
LONG = 10.0
"""Seconds: of which nothing is waited for unless something is wrong."""


class Dialect:
    """Writes frames that name what they are."""

    content_type = "application/test"
    refused: Refused | None = None

    def frame(self, message):
        return b"message;"

    def end(self, refused):
        self.refused = refused
        return b"end"


class Client:
    """Takes what is sent, but no message of the stream if it `stops_reading`; leaves when it is told to."""

    def __init__(self, stops_reading=False) -> None:
        self.sent: list[dict] = []
        self.stuck, self.leaves = asyncio.Event(), asyncio.Event()
        self._stops_reading = stops_reading

    async def send(self, message):
        if self._stops_reading and message["type"] == "http.response.body" and message["body"] != RETRY:
            self.stuck.set()
            await asyncio.Event().wait()
        self.sent.append(message)

    async def receive(self):
        await self.leaves.wait()
        return {"type": "http.disconnect"}


class Bursts:
    """One message, then `then` is raised, or nothing comes for ever; `closed` when they are."""

    def __init__(self, then=None) -> None:
        self._then = then
        self.closed = False

    def __call__(self):
        self._kept = self._messages()  # so that nobody but who serves them closes them
        return self._kept

    async def _messages(self):
        try:
            yield [EVENT]
            if self._then is not None:
                raise self._then
            await asyncio.Event().wait()
        finally:
            self.closed = True


def stream_of(bursts):
    return Stream(bursts(), Marks("request", "trace"), Vigil(StreamTimes()))


async def over_connect(bursts, client, dialect=None, timeout=None):
    await serve_stream(stream_of(bursts), dialect or Dialect(), timeout, client.receive, client.send)


async def over_sse(bursts, client):
    bodies = SimpleNamespace(pipeline=SimpleNamespace(stream=lambda call: stream_of(bursts)))
    await sse.StreamOperation(bodies, None, None, accepts=False)({"method": "GET"}, client.receive, client.send)


@pytest.fixture
def any_call(monkeypatch):
    """Every request is one that may be served."""

    async def read(*_, **__):
        return SimpleNamespace(payload=SimpleNamespace(body=EMPTY))

    monkeypatch.setattr(sse, "read_call", read)


@pytest.mark.parametrize("over", [over_connect, over_sse])
async def test_bursts_of_a_client_that_leaves_while_it_reads_nothing_are_closed_when_its_call_is_over(any_call, over):
    bursts, client = Bursts(), Client(stops_reading=True)
    serving = asyncio.ensure_future(over(bursts, client))
    await asyncio.wait_for(client.stuck.wait(), LONG)
    client.leaves.set()
    [end] = await asyncio.wait_for(asyncio.gather(serving, return_exceptions=True), LONG)
    assert bursts.closed
    assert end is None or isinstance(end, ClientGone)


async def test_a_stream_whose_time_is_over_says_so_in_its_last_frame_and_is_closed():
    bursts, client, dialect = Bursts(), Client(), Dialect()
    await asyncio.wait_for(over_connect(bursts, client, dialect, timeout=0.0), LONG)
    assert bursts.closed
    assert dialect.refused.error.reason == "CALL_DEADLINE_EXCEEDED"
    assert client.sent[-1]["body"] == b"end"


async def test_a_time_that_is_over_elsewhere_is_a_defect_and_not_the_deadline_of_the_call():
    bursts, client, dialect = Bursts(TimeoutError("of something else")), Client(), Dialect()
    with pytest.raises(TimeoutError, match="something else"):
        await asyncio.wait_for(over_connect(bursts, client, dialect, timeout=LONG), LONG)
    assert dialect.refused is None
    assert bursts.closed
