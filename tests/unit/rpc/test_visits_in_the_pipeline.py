"""What passes the front door without being a call: pages, connections, strangers; and what is told of all of them."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from google.protobuf.message import Message

from aion.adapters.rpc.admission import MAX_REQUEST_BYTES, Visit
from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Admitted, Call, ProtobufPayload
from aion.adapters.rpc.methods import methods
from aion.adapters.rpc.pipeline import Handlers, Pipeline, PipelineParts
from aion.adapters.rpc.streams import Burst, StreamTimes
from aion.adapters.rpc.turnstile import Turnstile
from aion.domain.errors import RateLimited, TaskNotFound, Unauthenticated
from aion.domain.identity import ALL_SCOPES, Identity
from aion.ports.identity import Credentials
from aion.v1 import tasks_pb2
from tests.manual_clock import CountingEntropy, ManualClock

GET, WATCH = "/aion.v1.AionTasks/StatusById", "/aion.v1.AionTasks/Watch"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECOND = timedelta(seconds=1)


@dataclass
class World:
    """Around the pipeline: who is known, who is limited, and all that was told."""

    known: bool = True
    scopes: frozenset[str] = ALL_SCOPES
    limited: dict[str, timedelta] = field(default_factory=dict)
    shown: list[Credentials] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    began_with: list[tuple[str, str, str, str]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    admitted: list[Admitted] = field(default_factory=list)
    clock: ManualClock = field(default_factory=ManualClock)
    traceparent: str = TRACE

    def authenticate(self, credentials: Credentials) -> Identity:
        self.shown.append(credentials)
        if not self.known:
            raise Unauthenticated("who are you?")
        return Identity("acme", "svc", self.scopes)

    def take(self, key: str) -> timedelta | None:
        self.counted.append(key)
        return self.limited.get(key)

    def began(self, *about: str) -> "World":
        self.began_with.append(about)  # type: ignore[arg-type]
        return self

    def end(self, code: str, reason: str = "") -> None:
        self.ended.append((code, reason))

    def defect(self, error: BaseException) -> None:
        raise AssertionError("no defect is expected") from error

    async def handle(self, admitted: Admitted) -> Message:
        self.admitted.append(admitted)
        return tasks_pb2.TaskResult(task_id="t")

    async def follow(self, admitted: Admitted) -> AsyncIterator[Burst]:
        yield [tasks_pb2.WatchResponse()]

    def pipeline(self, turnstile: Turnstile | None = None) -> Pipeline:
        parts = PipelineParts(
            self, self, self, self.clock, CountingEntropy(), self, StreamTimes(reader=0.01), turnstile
        )
        return Pipeline(Handlers({GET: self.handle}, {WATCH: self.follow}), parts)


def visit(**changes: object) -> Visit:
    facts = {"path": "/metrics", "scope": "server:read", "transport": "rest", "headers": {}, "peer": "10.0.0.1"}
    return Visit(**{**facts, **changes})


def call(data: bytes = b"", path: str = GET, **facts: object) -> Call:
    data = data or tasks_pb2.TaskId(task_id="t").SerializeToString()
    return Call(methods()[path], ProtobufPayload(data), "test", peer="10.0.0.1", **facts)


def test_a_page_passes_the_limits_the_keys_and_the_scopes():
    world = World()
    marks = world.pipeline().admit(visit(headers={"x-request-id": "mine", "traceparent": "theirs"}, ticket="a ticket"))
    assert (marks.request_id, marks.traceparent) == ("mine", TRACE)
    assert world.began_with == [("/metrics", "rest", "theirs", "mine")]
    assert world.counted == ["10.0.0.1", "acme/svc"]
    assert (world.shown[0].peer, world.shown[0].ticket, world.shown[0].opened) == ("10.0.0.1", "a ticket", False)
    assert world.ended == [("OK", "")]


def test_a_page_without_its_scope_is_refused_and_one_that_needs_none_is_not():
    world = World(scopes=frozenset())
    with pytest.raises(Refused) as caught:
        world.pipeline().admit(visit())
    assert (caught.value.error.reason, caught.value.error.facts) == ("PERMISSION_DENIED", {"scope": "server:read"})
    assert world.ended == [("PERMISSION_DENIED", "PERMISSION_DENIED")]
    assert world.pipeline().welcome(visit(scope="")).identity.tenant == "acme"


def test_whoever_was_counted_when_they_came_is_not_counted_twice():
    world = World()
    world.pipeline().welcome(visit(counted=True))
    assert world.counted == ["acme/svc"]


def test_a_draining_server_shows_its_pages_and_opens_no_connection():
    world = World()
    pipeline = world.pipeline()
    pipeline.drain()
    assert pipeline.admit(visit()).request_id
    with pytest.raises(Refused) as caught:
        pipeline.welcome(visit())
    assert (caught.value.error.reason, caught.value.error.retry_after) == ("DRAINING", SECOND)
    assert (pipeline.draining, pipeline.ending) == (True, False)


def test_credentials_that_opened_a_connection_are_looked_at_as_such():
    world = World()
    pipeline = world.pipeline()
    pipeline.look_again(visit(ticket="a ticket"))
    assert (world.shown[0].ticket, world.shown[0].opened, world.shown[0].peer) == ("a ticket", True, "10.0.0.1")
    assert (world.counted, world.ended) == ([], [])
    world.known = False
    with pytest.raises(Unauthenticated):
        pipeline.look_again(visit())


def test_strangers_are_told_apart_without_being_counted():
    world = World()
    known = world.pipeline().recognise(Credentials({}, (), "10.0.0.1"))
    assert known is not None
    assert known.tenant == "acme"
    world.known = False
    assert world.pipeline().recognise(Credentials({}, (), "10.0.0.1")) is None
    assert world.counted == []


def test_somebody_who_has_shown_nothing_is_counted_by_their_address():
    world = World()
    world.pipeline().count(visit())
    world.limited = {"10.0.0.1": 2 * SECOND}
    with pytest.raises(RateLimited) as caught:
        world.pipeline().count(visit())
    assert (world.counted, caught.value.retry_after) == (["10.0.0.1", "10.0.0.1"], 2 * SECOND)


def test_what_costs_as_much_as_a_call_is_charged_to_its_caller():
    world = World()
    someone = Identity("acme", "svc", frozenset())
    assert world.pipeline().charge(someone) is None
    world.limited = {"acme/svc": 2 * SECOND}
    assert world.pipeline().charge(someone) == 2 * SECOND
    assert world.counted == ["acme/svc", "acme/svc"]


def test_what_a_transport_refuses_by_itself_is_told_like_a_call():
    world = World()
    error = TaskNotFound("no such page")
    refused = world.pipeline().refuse(error, {"x-request-id": "mine"}, "rest", "/nowhere")
    assert (refused.error, refused.marks.request_id, str(refused)) == (error, "mine", "no such page")
    assert world.began_with == [("/nowhere", "rest", "", "mine")]
    assert world.ended == [("NOT_FOUND", "TASK_NOT_FOUND")]


def test_whoever_attends_hears_of_the_drain_and_of_the_end_while_they_do():
    pipeline, heard = World().pipeline(), []

    def listener() -> None:
        heard.append((pipeline.draining, pipeline.ending))

    with pipeline.attended(listener):
        pipeline.drain()
        pipeline.end_streams()
    pipeline.drain()
    assert heard == [(True, False), (True, True)]


def test_ending_the_streams_refuses_calls_too():
    pipeline = World().pipeline()
    assert (pipeline.draining, pipeline.ending) == (False, False)
    pipeline.end_streams()
    assert (pipeline.draining, pipeline.ending) == (True, True)


def test_the_turnstile_is_told_where_calls_queue_up():
    class Told(Turnstile):
        def watch_backlog(self, backlog: Callable[[], int]) -> None:
            told.append(backlog)

    told: list[Callable[[], int]] = []

    def backlog() -> int:
        return 3

    World().pipeline(Told(1)).watch_backlog(backlog)
    World().pipeline().watch_backlog(backlog)
    assert told == [backlog]


async def test_a_handler_gets_who_calls_until_when_and_what_in_one_value():
    world = World()
    await world.pipeline().unary(call(timeout=5.0, headers={"x-request-id": "mine"}, ticket="t", opened=True))
    [admitted] = world.admitted
    assert admitted.caller.identity is admitted.identity
    assert (admitted.caller.request_id, admitted.caller.traceparent) == ("mine", TRACE)
    assert admitted.caller.deadline == world.clock.now() + 5 * SECOND
    assert (admitted.request, len(admitted.fingerprint)) == (tasks_pb2.TaskId(task_id="t"), 32)
    assert world.shown[0].opened


@pytest.mark.parametrize(("timeout", "seconds"), [(86_399.0, 86_399), (1e12, 86_400)])
async def test_no_deadline_is_further_than_a_day(timeout, seconds):
    world = World()
    await world.pipeline().unary(call(timeout=timeout))
    await world.pipeline().unary(call(timeout=None))
    with_one, without = world.admitted
    assert with_one.caller.deadline == world.clock.now() + timedelta(seconds=seconds)
    assert without.caller.deadline is None


async def test_a_request_of_the_limit_passes_and_one_more_byte_is_told_the_limit():
    small = tasks_pb2.TaskId(task_id="t").SerializeToString()
    padding = MAX_REQUEST_BYTES - len(small) - 6
    # A field that the contract does not have: its number, its length in four bytes, and what nobody reads.
    length = bytes((padding >> shift & 0x7F) | (0x80 if shift < 21 else 0) for shift in (0, 7, 14, 21))
    data = small + b"\xfa\x3f" + length + b"x" * padding
    assert len(data) == MAX_REQUEST_BYTES == 4_194_304
    assert (await World().pipeline().unary(call(data))).message.task_id == "t"
    with pytest.raises(Refused) as caught:
        await World().pipeline().unary(call(data + b"x"))
    [violation] = caught.value.error.violations
    assert (violation.field, "4194304" in violation.description) == ("", True)


async def test_marks_of_its_own_are_long_enough_never_to_repeat():
    answer = await World().pipeline().unary(call())
    assert len(bytes.fromhex(answer.marks.request_id)) == 12


async def test_a_stream_that_nobody_serves_is_refused_like_a_call():
    world = World()
    with pytest.raises(Refused) as caught:
        await anext(world.pipeline().stream(call(path="/aion.v1.AionTasks/Stream")).bursts)
    assert caught.value.error.reason == "METHOD_NOT_FOUND"
    assert world.ended == [("UNIMPLEMENTED", "METHOD_NOT_FOUND")]


async def test_a_stream_that_ends_by_itself_ends_well():
    world = World()
    assert [len(burst) async for burst in world.pipeline().stream(call(path=WATCH)).bursts] == [1]
    assert world.ended == [("OK", "")]
