"""How a WebSocket ends, and what is said before: nobody is left without a word, and nobody is waited for."""

import asyncio
from datetime import timedelta

import pytest
from websockets.exceptions import ConnectionClosed

from aion.adapters.identity.api_keys import REMEMBER_FOR
from aion.adapters.transports.websocket import connection as ws_connection
from aion.adapters.transports.websocket.connection import SocketTimes
from aion.domain.events import EventKind
from aion.ports.usecases import Progress
from tests.contract.rest.samples import an_ended_task, an_event
from tests.contract.rest.scripted import Script
from tests.contract.websocket.conftest import a_stage
from tests.e2e.socket_faces import PATIENCE, open_socket

SOON = SocketTimes(look=0.02)


def endless() -> Script:
    """One event, then silence."""
    return Script(progress=[Progress(event=an_event(1, text="I run"))], hold=asyncio.Event())


async def followed(socket, call_id: str = "a") -> None:
    """A subscription that has got its first event."""
    await socket.say(kind="subscribe", id=call_id, task_id="t-1")
    assert (await socket.hear_until("token", call_id))[-1]["offset"] == 1


@pytest.mark.parametrize("by_ticket", [False, True])
async def test_a_revoked_key_ends_its_subscriptions_and_its_connections(by_ticket):
    """4.7 A stream's credentials are looked at again at least every five seconds."""
    async with a_stage(endless(), look=0.02, times=SOON) as stage:
        key = stage.gate.key()
        path = f"/v1/ws?ticket={await stage.gate.ticket(key)}" if by_ticket else "/v1/ws"
        async with stage.socket("" if by_ticket else key, path=path) as socket:
            await followed(socket)
            stage.gate.revoke(key)
            stage.gate.clock.advance(REMEMBER_FOR)
            assert (await socket.hear())["data"]["reason"] == "UNAUTHENTICATED"
            assert (await socket.closed())[0] == 4401
        assert stage.script.left.is_set()


async def test_a_revoked_key_ends_a_connection_that_follows_nothing():
    async with a_stage(times=SOON) as stage:
        key = stage.gate.key()
        async with stage.socket(key) as socket:
            stage.gate.revoke(key)
            stage.gate.clock.advance(REMEMBER_FOR)
            refused = await socket.hear()
            assert ("id" in refused, refused["data"]["reason"]) == (False, "UNAUTHENTICATED")
            assert (await socket.closed())[0] == 4401


async def test_an_open_connection_outlives_its_ticket_and_opens_no_second_one():
    """A ticket's expire time counts when a stream is opened, and no longer while one is open."""
    async with a_stage(endless(), look=0.02, times=SOON) as stage:
        ticket = await stage.gate.ticket(stage.gate.key())
        async with open_socket(stage.url, path=f"/v1/ws?ticket={ticket}") as socket:
            await followed(socket)
            stage.gate.clock.advance(timedelta(seconds=60))
            await followed(socket, "b")
            # Both were looked at again meanwhile.
            before = len(stage.observer.ended)
            await socket.say(kind="ping")
            assert (await socket.hear())["type"] == "pong"
            assert len(stage.observer.ended) == before
        async with stage.socket("", ready=False) as late:
            await late.say(kind="auth", token=ticket)
            assert (await late.hear())["data"]["reason"] == "UNAUTHENTICATED"


async def test_a_drain_lets_every_subscription_have_its_word():
    async with a_stage(endless()) as stage, stage.socket() as socket:
        await followed(socket, "a")
        await followed(socket, "b")
        stage.pipeline.drain()
        assert (await socket.hear_all())["type"] == "draining"
        await socket.say(kind="cancel", id="c", task_id="t-1")
        refused = await socket.hear()
        assert (refused["id"], refused["data"]["reason"]) == ("c", "DRAINING")
        stage.pipeline.end_streams()
        words = [await socket.hear(), await socket.hear()]
        assert {(word["id"], word["data"]["reason"]) for word in words} == {("a", "DRAINING"), ("b", "DRAINING")}
        assert (await socket.closed())[0] == 1001


async def test_a_drain_waits_for_a_call_that_is_under_way():
    async with a_stage(Script(hold=asyncio.Event()), grace=PATIENCE) as stage, stage.socket() as socket:
        await socket.say(kind="submit", id="a", request={"intent": "echo", "wait": "5s"})
        await stage.script.entered.wait()
        stage.pipeline.end_streams()
        assert (await socket.hear_all())["type"] == "draining"
        stage.script.hold.set()
        assert (await socket.hear())["type"] == "accepted"
        assert (await socket.closed())[0] == 1001


async def test_a_server_that_stops_at_once_says_so_all_the_same():
    hold = asyncio.Event()
    async with a_stage(Script(hold=hold), grace=0.0) as stage:
        opened = stage.socket()
        socket = await opened.__aenter__()
        await socket.say(kind="submit", id="a", request={"intent": "echo", "wait": "5s"})
        await stage.script.entered.wait()
    assert (await socket.closed())[0] == 1001
    await opened.__aexit__(None, None, None)


async def test_a_connection_that_asks_nothing_is_closed_and_silence_is_broken_before():
    times = SocketTimes(heartbeat=0.02, idle=0.3)
    async with a_stage(endless(), times=times) as stage, stage.socket() as socket:
        assert (await socket.hear_all())["type"] == "heartbeat"
        code, sentence = await socket.closed()
    assert (code, "a ping keeps" in sentence) == (1000, True)


async def test_a_connection_that_follows_something_is_not_idle():
    async with a_stage(endless(), times=SocketTimes(heartbeat=0.02, idle=1.0)) as stage, stage.socket() as socket:
        await followed(socket)
        for _ in range(60):  # more than a second of silence
            assert (await socket.hear_all())["type"] == "heartbeat"


async def test_a_client_that_leaves_ends_its_calls_and_cancels_no_task():
    async with a_stage(endless()) as stage:
        async with stage.socket() as socket:
            await followed(socket)
        await asyncio.wait_for(stage.script.left.wait(), PATIENCE)
    assert ("CANCELLED", "") in stage.observer.ended


class Flood(Script):
    """A task that never stops to speak, and how far it was read."""

    piece = "x" * (1 << 18)
    read = 0

    async def watch(self, caller, task_id, after_offset):
        try:
            while True:
                self.read += 1
                yield [Progress(event=an_event(self.read, text=self.piece))]
        finally:
            self.left.set()


async def hear_to_the_end(socket, got: list) -> None:
    while True:
        got.append(await socket.hear_all())


async def test_a_client_that_takes_nothing_is_cut_and_its_task_is_not_read_on():
    """4.8 A watcher holds no queue in the server: its position is its offset. One that takes nothing is cut as
    `READER_TOO_SLOW`, with its offset, and resumes.
    """
    flood = Flood()
    async with a_stage(flood, reader=0.3, times=SocketTimes(reader=0.3)) as stage, stage.socket(max_queue=1) as socket:
        socket.wire.transport.pause_reading()
        await socket.say(kind="subscribe", id="a", task_id="t-1")
        await asyncio.wait_for(flood.left.wait(), PATIENCE)
        assert ("ABORTED", "READER_TOO_SLOW") in stage.observer.ended
        # What the kernel and the library buffer, not what the log holds.
        assert flood.read < 200
        socket.wire.transport.resume_reading()
        got = []
        with pytest.raises(ConnectionClosed):
            await hear_to_the_end(socket, got)
        offsets = [frame["offset"] for frame in got if frame["type"] == "token"]
        assert offsets == list(range(1, len(offsets) + 1))
        assert 0 < len(offsets) <= flood.read


async def test_a_slow_client_is_told_its_offset_when_it_comes_back_in_time(monkeypatch):
    monkeypatch.setattr(ws_connection, "LAST_WORD_SECONDS", PATIENCE)
    flood = Flood()
    times = SocketTimes(reader=PATIENCE)
    async with a_stage(flood, reader=0.3, times=times) as stage, stage.socket(max_queue=1) as socket:
        socket.wire.transport.pause_reading()
        await socket.say(kind="subscribe", id="a", task_id="t-1")
        await asyncio.wait_for(flood.left.wait(), PATIENCE)
        socket.wire.transport.resume_reading()
        frames = await socket.hear_until("refused")
        offsets = [frame["offset"] for frame in frames if frame["type"] == "token"]
        assert offsets == list(range(1, len(offsets) + 1))
        problem = frames[-1]["data"]
        assert (problem["reason"], problem["facts"]) == ("READER_TOO_SLOW", {"last_offset": str(offsets[-1])})
        assert (await socket.closed())[0] == 4008


async def test_a_client_that_takes_little_by_little_is_not_cut_and_many_share_its_line():
    log = [Progress(event=an_event(n, text="y" * 50_000)) for n in range(1, 20)]
    log.append(Progress(event=an_event(20, EventKind.DONE, data_json="{}"), task=an_ended_task()))
    async with a_stage(Script(progress=log)) as stage, stage.socket(max_queue=1) as socket:
        for name in "abcdefgh":
            await socket.say(kind="subscribe", id=name, task_id="t-1")
        offsets: dict[str, list[int]] = {}
        while sum(said[-1] == 20 for said in offsets.values()) < 8:
            frame = await socket.hear()
            if "offset" in frame:
                offsets.setdefault(frame["id"], []).append(frame["offset"])
    assert offsets == {name: list(range(1, 21)) for name in "abcdefgh"}
