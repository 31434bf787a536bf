"""A pipeline with one stream behind it, and whoever reads it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from aion.adapters.identity.api_keys import ApiKeyAuthenticator
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Call, ProtobufPayload
from aion.adapters.rpc.methods import methods
from aion.adapters.rpc.pipeline import Handlers, Pipeline, PipelineParts
from aion.adapters.rpc.streams import Burst, StreamTimes
from aion.domain.identity import ALL_SCOPES
from aion.ports.identity import ApiKey
from aion.v1 import tasks_pb2
from tests.manual_clock import CountingEntropy, ManualClock

WATCH = "/aion.v1.AionTasks/Watch"
STREAM = "/aion.v1.AionTasks/Stream"
PEPPER = b"p" * 32
PATIENCE = 30.0


@dataclass
class Quiet:
    """A stream that says `offsets`, some at once, `in_one` message, and then nothing; its caller has a real API key."""

    offsets: int = 0
    at_once: int = 1
    in_one: int = 1
    clock: ManualClock = field(default_factory=ManualClock)
    keys: MemoryApiKeyStore = field(default_factory=MemoryApiKeyStore)
    ended: list[tuple[str, str]] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    allowed_defects: int = 0
    traceparent: str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    def __post_init__(self) -> None:
        self.key, self.text = self.issue()

    def issue(self) -> tuple[ApiKey, str]:
        return issue_key(
            self.keys,
            self.clock,
            CountingEntropy(),
            PEPPER,
            tenant="acme",
            principal="svc",
            scopes=ALL_SCOPES,
            expire_time=None,
        )

    def began(self, method: str, transport: str, traceparent: str, request_id: str) -> "Quiet":
        return self

    def end(self, code: str, reason: str = "") -> None:
        self.ended.append((code, reason))

    def defect(self, error: BaseException) -> None:
        self.allowed_defects -= 1
        if self.allowed_defects < 0:
            raise AssertionError("no defect is expected") from error

    async def watch(self, admitted: object) -> AsyncIterator[Burst]:
        try:
            for first in range(1, self.offsets + 1, self.at_once):
                some = range(first, min(first + self.at_once, self.offsets + 1))
                yield [_message(some[at : at + self.in_one]) for at in range(0, len(some), self.in_one)]
            self.silent.set()
            await asyncio.Event().wait()
        finally:
            self.left.set()

    def pipeline(self, times: StreamTimes, kind: type[ApiKeyAuthenticator] = ApiKeyAuthenticator) -> Pipeline:
        authenticator = kind(self.keys, PEPPER, self.clock)
        parts = PipelineParts(authenticator, Unlimited(), Unlimited(), self.clock, CountingEntropy(), self, times)
        return Pipeline(Handlers({}, {WATCH: self.watch, STREAM: self.watch}), parts)

    def call(self, after_offset: int = 0) -> Call:
        data = tasks_pb2.WatchRequest(task_id="t", after_offset=after_offset).SerializeToString()
        return Call(methods()[WATCH], ProtobufPayload(data), "test", {"x-api-key": self.text})

    def submits(self) -> Call:
        """A call that makes a task and follows it."""
        data = tasks_pb2.TaskRequest(intent="echo").SerializeToString()
        return Call(methods()[STREAM], ProtobufPayload(data), "test", {"x-api-key": self.text})


def _message(offsets: Sequence[int]) -> tasks_pb2.WatchResponse:
    message = tasks_pb2.WatchResponse()
    message.event.offset = offsets[0]
    for offset in offsets[1:]:
        message.more_events.add().offset = offset
    return message


async def read(bursts: AsyncIterator[Burst], got: list[int]) -> Refused:
    with pytest.raises(Refused) as caught:
        await _read_all(bursts, got)
    return caught.value


async def _read_all(bursts: AsyncIterator[Burst], got: list[int]) -> None:
    async for burst in bursts:
        got += [message.event.offset for message in burst]
