"""A stream while it runs: its credentials are looked at by a timer of their own, and a drain ends it, silent or not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from google.protobuf.message import Message

from aion.adapters.identity.api_keys import REMEMBER_FOR, ApiKeyAuthenticator
from aion.adapters.identity.issue import issue_key
from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.adapters.limits.token_bucket import Unlimited
from aion.adapters.rpc.call import Call, ProtobufPayload
from aion.adapters.rpc.methods import methods
from aion.adapters.rpc.pipeline import Handlers, Pipeline, PipelineParts, Refused
from aion.adapters.rpc.streams import REAUTHORISE_AFTER, StreamTimes
from aion.domain.identity import ALL_SCOPES
from aion.ports.identity import ApiKey
from aion.v1 import tasks_pb2
from tests.manual_clock import CountingEntropy, ManualClock

WATCH = "/aion.v1.AionTasks/Watch"
PEPPER = b"p" * 32
PATIENCE = 30.0


@dataclass
class Quiet:
    """A stream that says `offsets` and then nothing, for a caller with a real API key."""

    offsets: int = 0
    clock: ManualClock = field(default_factory=ManualClock)
    keys: MemoryApiKeyStore = field(default_factory=MemoryApiKeyStore)
    ended: list[tuple[str, str]] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
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
        raise AssertionError("no defect is expected") from error

    async def watch(self, admitted: object) -> AsyncIterator[Message]:
        try:
            for offset in range(1, self.offsets + 1):
                message = tasks_pb2.WatchResponse()
                message.event.offset = offset
                yield message
            self.silent.set()
            await asyncio.Event().wait()
        finally:
            self.left.set()

    def pipeline(self, times: StreamTimes) -> Pipeline:
        authenticator = ApiKeyAuthenticator(self.keys, PEPPER, self.clock)
        parts = PipelineParts(authenticator, Unlimited(), Unlimited(), self.clock, CountingEntropy(), self, times)
        return Pipeline(Handlers({}, {WATCH: self.watch}), parts)

    def call(self) -> Call:
        data = tasks_pb2.WatchRequest(task_id="t").SerializeToString()
        return Call(methods()[WATCH], ProtobufPayload(data), "test", {"x-api-key": self.text})


async def read(messages: AsyncIterator[Message], got: list[int]) -> Refused:
    with pytest.raises(Refused) as caught:
        await _read_all(messages, got)
    return caught.value


async def _read_all(messages: AsyncIterator[Message], got: list[int]) -> None:
    async for message in messages:
        got += [message.event.offset]


def test_a_revoked_key_is_noticed_within_the_promised_five_seconds():
    """4.7 A stream's credentials are looked at again at least every five seconds: timer and memory add up to less."""
    assert REAUTHORISE_AFTER + REMEMBER_FOR.total_seconds() <= 4.5
    assert StreamTimes().reauthorise_after == REAUTHORISE_AFTER


@pytest.mark.parametrize("offsets", [0, 3])
async def test_a_silent_stream_ends_once_its_key_is_revoked_though_no_message_passes(offsets):
    """4.7 A stream's credentials are looked at again at least every five seconds."""
    stage, got = Quiet(offsets), []
    reading = asyncio.ensure_future(read(stage.pipeline(StreamTimes(0.01)).stream(stage.call()).messages, got))
    await asyncio.wait_for(stage.silent.wait(), PATIENCE)
    stage.keys.revoke("acme", stage.key.key_id, stage.clock.now())
    stage.clock.advance(REMEMBER_FOR)
    refused = await asyncio.wait_for(reading, PATIENCE)
    assert refused.error.reason == "UNAUTHENTICATED"
    assert got == list(range(1, offsets + 1))
    assert stage.ended == [("UNAUTHENTICATED", "UNAUTHENTICATED")]
    assert stage.left.is_set()


async def test_a_good_key_keeps_its_stream_and_loses_no_message_to_a_look():
    stage, looks, enough = Quiet(200), [], asyncio.Event()
    authenticate = ApiKeyAuthenticator.authenticate

    class Counting(ApiKeyAuthenticator):
        def authenticate(self, credentials):
            looks.append(credentials)
            if stage.silent.is_set() and len(looks) > 3:
                enough.set()
            return authenticate(self, credentials)

    pipeline = stage.pipeline(StreamTimes(0.0005))
    pipeline._parts = replace(pipeline._parts, authenticator=Counting(stage.keys, PEPPER, stage.clock))
    messages = pipeline.stream(stage.call()).messages
    got = [(await anext(messages)).event.offset for _ in range(200)]
    following = asyncio.ensure_future(anext(messages))
    await asyncio.wait_for(enough.wait(), PATIENCE)
    assert not following.done()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert got == list(range(1, 201))
    assert stage.left.is_set()
    assert stage.ended == [("CANCELLED", "")]


async def test_a_drain_ends_a_silent_stream_with_a_word():
    stage, got = Quiet(1), []
    pipeline = stage.pipeline(StreamTimes())
    reading = asyncio.ensure_future(read(pipeline.stream(stage.call()).messages, got))
    await asyncio.wait_for(stage.silent.wait(), PATIENCE)
    pipeline.end_streams()
    refused = await asyncio.wait_for(reading, PATIENCE)
    assert (refused.error.reason, refused.error.retry_after) == ("DRAINING", timedelta(seconds=1))
    assert stage.left.is_set()


async def test_a_reader_that_takes_nothing_is_refused_with_the_last_offset_that_it_took():
    stage = Quiet(3)
    stream = stage.pipeline(StreamTimes(reader=0.01)).stream(stage.call())
    taken = []

    async def write(offset: int) -> None:
        if offset == 3:
            await asyncio.Event().wait()
        taken.append(offset)

    async def deliver() -> None:
        async for message in stream.messages:
            await stream.pace(write(message.event.offset))

    with pytest.raises(Refused) as caught:
        await deliver()
    assert caught.value.error.reason == "READER_TOO_SLOW"
    assert (taken, caught.value.error.facts) == ([1, 2], {"last_offset": "2"})
    assert stage.left.is_set()
