"""Watchers of logs, over gRPC and over SSE: what came, when, and whether it is the log: whole, once and in order."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from grpc import aio

from aion.v1 import events_pb2, tasks_pb2
from benchmarks.doors.http_connection import HttpConnection, request
from benchmarks.load import WrongAnswer, channel_to
from benchmarks.servers import Served
from benchmarks.submits import bearer

_WATCH = "/aion.v1.AionTasks/Watch"
_CHANNELS = 4
_MOST_EVENTS = 64
"""What may come in one message: as much as the contract allows, as the SDKs ask."""

_FRAME = re.compile(rb"event: (\w+)\nid: (\d+)\ndata: ([^\n]*)\n\n")
_TIME = re.compile(rb'"text":"(\d{20})"')


@dataclass(slots=True)
class Watcher:
    """Somebody who watches a task; may come back. For each token: when it was written and when it came, in ns."""

    task_id: str
    api_key: str
    after: int = 0
    written: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    wrong: int = 0
    ended: bool = False

    @property
    def offset(self) -> int:
        """Where to go on."""
        return self.after + len(self.written)

    def token(self, offset: int, written: int) -> None:
        """A token came. Out of its place, it is wrong: something was lost, came twice or too early."""
        self.wrong += offset != self.offset + 1 or (bool(self.written) and written < self.written[-1])
        self.written.append(written)
        self.arrived.append(time.monotonic_ns())

    def missed(self, tokens: int) -> int:
        """How much of a log of so many tokens is not as it should be."""
        return self.wrong + abs(tokens - self.offset) + (not self.ended)


async def over_grpc(server: Served, watchers: Sequence[Watcher]) -> None:
    """All of them at once, each from where it is, to the end of its log."""
    channels = [channel_to(server.grpc) for _ in range(_CHANNELS)]
    try:
        await asyncio.gather(*(_watch(channels[n % _CHANNELS], watcher) for n, watcher in enumerate(watchers)))
    finally:
        for channel in channels:
            await channel.close()


async def over_sse(server: Served, watchers: Sequence[Watcher]) -> None:
    """The same over SSE, a connection each."""
    await asyncio.gather(*(_listen(server.http, watcher) for watcher in watchers))


async def _watch(channel: aio.Channel, watcher: Watcher) -> None:
    method: aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(_WATCH)
    asked = tasks_pb2.WatchRequest(task_id=watcher.task_id, after_offset=watcher.offset, max_events=_MOST_EVENTS)
    async for data in method(asked.SerializeToString(), metadata=bearer(watcher.api_key)):
        message = tasks_pb2.WatchResponse.FromString(data)
        if not message.HasField("event"):
            continue  # a heartbeat
        for event in (message.event, *message.more_events):
            if event.kind == events_pb2.EVENT_KIND_TOKEN:
                watcher.token(event.offset, int(event.text))
            else:
                _other(watcher, event.kind == events_pb2.EVENT_KIND_DONE)


async def _listen(address: str, watcher: Watcher) -> None:
    rest = b""

    def listen(data: bytes) -> None:
        nonlocal rest
        rest += data
        read_to = 0
        for frame in _FRAME.finditer(rest):
            read_to = frame.end()
            name, offset, document = frame.groups()
            if name == b"token" and (found := _TIME.search(document)):
                watcher.token(int(offset), int(found.group(1)))
            else:
                _other(watcher, name == b"done")
        rest = rest[read_to:]

    headers = {"Authorization": f"Bearer {watcher.api_key}", "Last-Event-ID": str(watcher.offset)}
    connection = await HttpConnection.open(address)
    try:
        reply = await connection.call(request("GET", f"/v1/tasks/{watcher.task_id}:watch", headers), listen)
        if reply.status != 200:
            raise WrongAnswer(reply)
    finally:
        connection.close()


def _other(watcher: Watcher, done: bool) -> None:
    """What is no token must be the end."""
    watcher.wrong += not done or watcher.ended
    watcher.ended = True
