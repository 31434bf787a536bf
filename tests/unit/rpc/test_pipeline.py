"""The pipeline alone: the order of its steps, what it makes of defects, and what every refusal carries."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from google.protobuf.message import Message

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Call, ProtobufPayload
from aion.adapters.rpc.errors import INTERNAL_SENTENCE
from aion.adapters.rpc.methods import methods
from aion.adapters.rpc.pipeline import Handlers, Pipeline, PipelineParts
from aion.adapters.rpc.streams import Burst
from aion.adapters.rpc.turnstile import RUSH, Turnstile
from aion.domain.errors import Overloaded, TaskNotFound, Unauthenticated
from aion.domain.identity import ALL_SCOPES, Identity
from aion.ports.identity import Credentials
from aion.v1 import tasks_pb2
from tests.manual_clock import CountingEntropy, ManualClock

GET = "/aion.v1.AionTasks/StatusById"
WATCH = "/aion.v1.AionTasks/Watch"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
GOOD = tasks_pb2.TaskId(task_id="t").SerializeToString()


@dataclass
class Stage:
    """Everything around the pipeline: its answers can be set, and what it was told can be read."""

    identity: Identity = field(default_factory=lambda: Identity("acme", "svc", ALL_SCOPES))
    unknown: bool = False
    pauses: dict[str, timedelta] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    defects: list[BaseException] = field(default_factory=list)
    error: BaseException | None = None
    traceparent: str = TRACE
    clock: ManualClock = field(default_factory=ManualClock)

    def authenticate(self, credentials: object) -> Identity:
        self.asked.append("authenticate")
        if self.unknown:
            raise Unauthenticated("who are you?")
        return self.identity

    def take(self, key: str) -> timedelta | None:
        self.asked.append(f"limit {key}")
        return self.pauses.get(key)

    def began(self, method: str, transport: str, traceparent: str, request_id: str) -> "Stage":
        return self

    def end(self, code: str, reason: str = "") -> None:
        self.ended.append((code, reason))

    def defect(self, error: BaseException) -> None:
        self.defects.append(error)

    async def handle(self, admitted: object) -> Message:
        self.asked.append("handle")
        if self.error is not None:
            raise self.error
        return tasks_pb2.TaskResult(task_id="t")

    async def follow(self, admitted: object) -> AsyncIterator[Burst]:
        for _ in range(3):
            yield [tasks_pb2.WatchResponse()]
        if self.error is not None:
            raise self.error

    def pipeline(self, turnstile: Turnstile | None = None) -> Pipeline:
        parts = PipelineParts(self, self, self, self.clock, CountingEntropy(), self, turnstile=turnstile)
        return Pipeline(Handlers({GET: self.handle}, {WATCH: self.follow}), parts)


def call(path: str = GET, data: bytes = GOOD, **facts: object) -> Call:
    return Call(methods()[path], ProtobufPayload(data), "test", peer="10.0.0.1", **facts)


async def refused(stage: Stage, one: Call, pipeline: Pipeline | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        await (pipeline or stage.pipeline()).unary(one)
    return caught.value


async def test_the_steps_come_in_this_order():
    stage = Stage()
    answer = await stage.pipeline().unary(call())
    assert answer.message.task_id == "t"
    assert stage.asked == ["limit 10.0.0.1", "authenticate", "limit acme/svc", "handle"]
    assert stage.ended == [("OK", "")]


async def test_strangers_are_refused_before_a_byte_is_decoded():
    stage = Stage(unknown=True)
    found = await refused(stage, call(data=b"\xff\xff"))
    assert (found.error.reason, stage.ended) == ("UNAUTHENTICATED", [("UNAUTHENTICATED", "UNAUTHENTICATED")])


async def test_guessing_keys_is_limited_by_address():
    stage = Stage(unknown=True, pauses={"10.0.0.1": timedelta(seconds=1.5)})
    found = await refused(stage, call())
    assert (found.error.reason, found.error.retry_after) == ("RATE_LIMITED", timedelta(seconds=1.5))
    assert "1.500 s" in found.error.message
    assert "authenticate" not in stage.asked


async def test_a_principal_is_limited_whatever_its_address():
    found = await refused(Stage(pauses={"acme/svc": timedelta(seconds=1)}), call())
    assert found.error.reason == "RATE_LIMITED"


async def test_a_missing_scope_is_named():
    stage = Stage(identity=Identity("acme", "svc", frozenset({"tasks:write"})))
    found = await refused(stage, call(data=b"\xff\xff"))
    assert (found.error.reason, found.error.facts) == ("PERMISSION_DENIED", {"scope": "tasks:read"})


async def test_a_request_over_the_limit_is_refused_first():
    stage = Stage(unknown=True)
    found = await refused(stage, call(data=b"x" * (MAX_REQUEST_BYTES + 1)))
    assert (found.error.reason, stage.asked) == ("REQUEST_TOO_LARGE", [])


async def test_a_draining_server_takes_no_call_and_says_when_to_come_again():
    stage = Stage()
    pipeline = stage.pipeline()
    pipeline.drain()
    found = await refused(stage, call(), pipeline)
    assert (found.error.reason, found.error.retry_after) == ("DRAINING", timedelta(seconds=1))


async def test_when_more_calls_come_than_can_be_served_one_without_a_place_is_refused_before_a_byte_is_decoded():
    """6.2 The next is OVERLOADED, before anything of it is decoded."""
    stage = Stage()
    pipeline = stage.pipeline(Turnstile(1))
    for _ in range(RUSH):
        await pipeline.unary(call())
    with_a_place = asyncio.create_task(pipeline.unary(call()))
    await asyncio.sleep(0)
    found = await refused(stage, call(data=b"\xff\xff"), pipeline)
    assert (found.error.reason, found.error.retry_after) == ("OVERLOADED", timedelta(seconds=1))
    with pytest.raises(Refused) as of_a_stream:
        await anext(pipeline.stream(call(WATCH)).bursts)
    assert of_a_stream.value.error.reason == "OVERLOADED"
    with pytest.raises(Overloaded):
        pipeline.recognise(Credentials({}, (), "10.0.0.1"))
    await with_a_place
    assert stage.asked.count("handle") == RUSH + 1


@pytest.mark.parametrize("timeout", [0.0, -1.0])
async def test_a_call_that_arrives_after_its_deadline_does_nothing(timeout):
    stage = Stage()
    found = await refused(stage, call(timeout=timeout))
    assert (found.error.reason, "handle" in stage.asked) == ("CALL_DEADLINE_EXCEEDED", False)


@pytest.mark.parametrize("defect", [RuntimeError("secret"), KeyError("secret"), AssertionError("secret")])
async def test_a_defect_is_internal_with_the_fixed_sentence_and_its_cause_is_told_the_observer_only(defect):
    """8.10 A cause outside of the error tree is INTERNAL with one fixed sentence; it is logged, never sent."""
    stage = Stage(error=defect)
    found = await refused(stage, call())
    assert (found.error.reason, found.error.message) == ("INTERNAL", INTERNAL_SENTENCE)
    assert (found.error.facts, found.error.violations) == ({}, ())
    assert (stage.defects, stage.ended) == ([defect], [("INTERNAL", "INTERNAL")])


async def test_a_defect_in_a_stream_is_internal_too():
    stage = Stage(error=RuntimeError("secret"))
    with pytest.raises(Refused) as caught:
        async for _ in stage.pipeline().stream(call(WATCH)).bursts:
            pass
    assert (caught.value.error.message, len(stage.defects)) == (INTERNAL_SENTENCE, 1)
    assert stage.ended == [("INTERNAL", "INTERNAL")]


async def test_an_error_of_the_tree_passes_as_it_is():
    error = TaskNotFound("no such task")
    stage = Stage(error=error)
    assert (await refused(stage, call())).error is error
    assert (stage.ended, stage.defects) == ([("NOT_FOUND", "TASK_NOT_FOUND")], [])


async def test_a_call_that_its_client_leaves_ends_as_cancelled():
    stage = Stage()
    stage.error = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await stage.pipeline().unary(call())
    assert (stage.ended, stage.defects) == ([("CANCELLED", "")], [])


async def test_a_stream_that_its_reader_leaves_ends_as_cancelled():
    stage = Stage()
    bursts = stage.pipeline().stream(call(WATCH)).bursts
    await anext(bursts)
    await bursts.aclose()
    assert stage.ended == [("CANCELLED", "")]


async def test_a_method_without_a_handler_is_a_typed_refusal():
    stage = Stage()
    found = await refused(stage, call("/aion.v1.AionTasks/Submit"))
    assert found.error.reason == "METHOD_NOT_FOUND"


@pytest.mark.parametrize(
    ("given", "kept"), [("mine-1", True), ("", False), ("a b", False), ("x" * 129, False), ("a\nb", False)]
)
async def test_a_request_id_is_kept_when_it_is_one(given, kept):
    """8.9 Every answer and every error carries a request id and a trace id."""
    answer = await Stage().pipeline().unary(call(headers={"x-request-id": given}))
    assert (answer.marks.request_id == given) is kept
    assert answer.marks.request_id
    assert answer.marks.trace_id == "0af7651916cd43dd8448eb211c80319c"
