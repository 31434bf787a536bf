"""Clients that send more than others can bear: what one connection may bring, and what is counted of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from aion.adapters.transports.http.reservoir import Reservoir
from aion.adapters.transports.websocket import endpoint as ws_endpoint
from aion.adapters.transports.websocket import protocol as ws_protocol
from aion.adapters.transports.websocket.connection import LARGE_FRAME, SocketBounds, SocketParts
from aion.adapters.transports.websocket.inflow import Inflow, InflowBounds
from tests.contract.websocket.conftest import Stage, a_stage
from tests.contract.websocket.raw_frames import send_raw
from tests.e2e.answers import Refused
from tests.e2e.patience import eventually
from tests.e2e.socket_faces import Socket

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXT = 0x1
PING_FRAME = b"\x89\x81\0\0\0\0x"


@dataclass
class Counting:
    """A limiter that says what it is told to, and remembers who asked."""

    says: list[timedelta | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def take(self, key: str) -> timedelta | None:
        self.asked.append(key)
        return self.says.pop(0) if self.says else None


def connection_of(stage: Stage, socket: Socket) -> Any:
    """The server's end of a connection."""
    return next(one for one in stage.connections if one.client == socket.wire.local_address[:2])


async def until(condition: Callable[[], bool]) -> None:
    """Gives the server turns until it is so."""

    async def look() -> bool:
        return condition()

    await eventually(look, "the server read what was sent")


async def test_what_is_beyond_the_allowance_of_a_connection_is_not_read_and_others_are(monkeypatch):
    """13.9 However much a WebSocket brings, it holds up nobody but itself."""
    monkeypatch.setattr(
        ws_protocol, "Inflow", lambda clock: Inflow(clock, InflowBounds(units_per_second=1e-6, burst=500))
    )
    async with a_stage() as stage, stage.socket() as flooding, stage.socket() as innocent:
        theirs = connection_of(stage, flooding)
        flooding.wire.transport.write(PING_FRAME * 40_000)
        await until(lambda: theirs._inflow.frames >= 50)
        for _ in range(5):
            await innocent.say(kind="ping")
            assert (await innocent.hear())["type"] == "pong"
        assert theirs._inflow.frames == 50
        assert theirs._inflow.ready
        assert not theirs.transport.is_reading()
        flooding.wire.transport.abort()  # its close frame would stand behind the flood


async def test_a_stranger_may_send_few_frames_of_whatever_kind(stage: Stage):
    async with stage.socket(key="", ready=False) as socket:
        socket.wire.transport.write(PING_FRAME * 17)
        code, sentence = await socket.closed()
    assert (code, sentence) == (1008, "the first frame must be auth, of at most 16 pieces")


async def test_frames_that_are_wrong_count_for_the_rate_of_the_key_and_wait_beyond_it():
    """13.10 A frame that is wrong counts for the rate of its key like a call; beyond that rate it waits."""
    limit = Counting()
    async with a_stage(key_limit=limit) as stage, stage.socket() as socket:
        assert limit.asked == ["acme/svc"]
        limit.says = [timedelta(0), timedelta(0), None]
        await socket.say(kind="nonsense", id="a")
        assert (await socket.hear())["data"]["reason"] == "MALFORMED_REQUEST"
        assert len(limit.asked) == 4
        await socket.say(kind="ping")
        assert (await socket.hear())["type"] == "pong"
        assert len(limit.asked) == 4


async def test_a_large_frame_counts_before_it_is_parsed():
    limit = Counting()
    async with a_stage(key_limit=limit) as stage, stage.socket() as socket:
        await socket.say(kind="submit", id="a", request={"intent": "echo", "params": {"text": "x" * LARGE_FRAME}})
        assert (await socket.hear())["type"] == "accepted"
        assert len(limit.asked) == 3
        await socket.say(kind="submit", id="b", request={"intent": "echo"})
        assert (await socket.hear())["type"] == "accepted"
        assert len(limit.asked) == 4


async def test_a_handshake_that_shows_nothing_counts_for_its_address_and_the_first_frame_does_not_again():
    limit = Counting()
    async with a_stage(peer_limit=limit) as stage:
        async with stage.socket(key="", ready=False) as socket:
            await socket.say(kind="auth", token=stage.gate.key())
            assert (await socket.hear())["type"] == "ready"
        assert limit.asked == ["127.0.0.1"]
        limit.says = [timedelta(seconds=1)]
        with pytest.raises(Refused) as refused:
            async with stage.socket(key="", ready=False):
                pytest.fail("it was let in")
        assert refused.value.refusal.reason == "RATE_LIMITED"


@pytest.mark.parametrize("path", ["/v1%2fws", "/v1%2Fws", "/v1%5Cws"])
async def test_a_path_with_a_hidden_slash_opens_nothing(stage: Stage, path):
    with pytest.raises(Refused) as refused:
        async with stage.socket(path=path):
            pytest.fail("it was let in")
    assert refused.value.refusal.reason == "METHOD_NOT_FOUND"


async def test_when_too_many_are_silent_one_of_the_largest_crowd_goes(stage: Stage):
    parts = SocketParts(stage.pipeline, None, None, bounds=SocketBounds(strangers=3))  # type: ignore[arg-type]
    endpoint = ws_endpoint.WebSocketEndpoint(parts)
    gone = []

    async def wait(name: str, peer: str) -> None:
        try:
            async with asyncio.timeout(60) as span:
                with endpoint._stranger(span, peer):
                    await asyncio.Event().wait()
        except TimeoutError:
            gone.append(name)

    tasks = []
    for name, peer in [("honest", "10.0.0.1"), ("first", "10.0.0.2"), ("second", "10.0.0.2"), ("third", "10.0.0.2")]:
        tasks.append(asyncio.create_task(wait(name, peer)))
        await asyncio.sleep(0)
    await tasks[1]
    assert gone == ["first"]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_newcomer_stays_also_when_the_one_that_goes_for_it_has_just_run_out_of_time(stage: Stage):
    parts = SocketParts(stage.pipeline, None, None, bounds=SocketBounds(strangers=1))  # type: ignore[arg-type]
    endpoint = ws_endpoint.WebSocketEndpoint(parts)
    spans = []

    async def wait() -> None:
        async with asyncio.timeout(60) as span:
            spans.append(span)
            with endpoint._stranger(span, "10.0.0.1"):
                await asyncio.Event().wait()

    silent = asyncio.create_task(wait())
    await asyncio.sleep(0)
    spans[0].reschedule(asyncio.get_running_loop().time())  # it is over before the newcomer runs, and says so after it
    newcomer = asyncio.create_task(wait())
    with pytest.raises(TimeoutError):
        await silent
    assert not newcomer.done()
    assert list(endpoint._strangers) == [spans[1]]
    newcomer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await newcomer
    assert endpoint._strangers == {}


async def test_an_unfinished_frame_is_not_waited_for_without_end(stage: Stage, monkeypatch):
    monkeypatch.setattr(ws_protocol, "MESSAGE_SECONDS", 0.05)
    async with stage.socket() as socket:
        socket.wire.transport.write(b"\x81\xfe\x01\x00\0\0\0\0" + b"x" * 200)
        assert (await socket.closed())[0] == 1008


async def test_what_is_held_of_unfinished_messages_is_bounded_over_all_connections():
    """6.2 Everything is bounded."""
    async with (
        a_stage(bounds=SocketBounds(unfinished_bytes=200_000)) as stage,
        stage.socket() as one,
        stage.socket() as other,
    ):
        begun = b"\x81\xff" + (1 << 20).to_bytes(8, "big") + b"\0\0\0\0" + b"x" * 60_000
        share = connection_of(stage, one)._share
        one.wire.transport.write(begun)
        await until(lambda: share.held == len(begun))
        other.wire.transport.write(begun)
        code, sentence = await other.closed()
        assert (code, sentence) == (4429, "too many large messages are under way; send this one again later")
        assert share.held == len(begun)
        one.wire.transport.abort()  # its close frame would be a part of the message


async def test_a_tenant_may_hold_half_and_gives_back_what_it_held():
    reservoir = Reservoir(100)
    mine, also_mine, theirs = (reservoir.share_of(tenant) for tenant in ("acme", "acme", "globex"))
    assert mine.take(30)
    assert also_mine.take(20)
    assert not also_mine.take(1)
    assert theirs.take(50)
    mine.give(mine.held)
    assert also_mine.take(30)
    assert (mine.held, also_mine.held, theirs.held) == (0, 50, 50)


async def test_large_messages_leave_nothing_counted(stage: Stage):
    async with stage.socket() as socket:
        share = connection_of(stage, socket)._share
        for call_id in ("a", "b"):
            await socket.say(kind="submit", id=call_id, request={"intent": "echo", "params": {"text": "x" * 300_000}})
            assert (await socket.hear())["type"] == "accepted"
        await socket.say(kind="ping")
        assert (await socket.hear())["type"] == "pong"
        assert share.held == 0
        await send_raw(socket, TEXT, b"x" * 200_000, fin=False)
        await socket.say(kind="ping")
        await socket.closed()
    assert share.reservoir._by_tenant == {}
