"""Hostile clients: what they cannot do, and the code with which they are told."""

import asyncio
import contextlib
import random
import struct

import pytest
from websockets.exceptions import ConnectionClosed

from aion.adapters.transports.websocket import protocol as ws_protocol
from aion.adapters.transports.websocket.bounds import MAX_FRAGMENTS
from tests.contract.rest.scripted import Script
from tests.contract.websocket.conftest import Stage, a_stage
from tests.contract.websocket.raw_frames import send_raw

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXT, BINARY, CONT = 0x1, 0x2, 0x0


@pytest.mark.parametrize(
    ("opcode", "data", "code"),
    [
        (BINARY, b"{}", 1003),
        (TEXT, b"\xff\xfe", 1007),
        (TEXT, b'{"type":"ping","\xc3', 1007),
        (CONT, b"out of nowhere", 1002),
        (0x3, b"reserved", 1002),
        (0x8, b"\x00", 1002),
        (0x9, b"x" * 126, 1002),
    ],
)
async def test_what_is_no_text_frame_of_a_client_closes_the_connection(stage: Stage, opcode, data, code):
    async with stage.socket() as socket:
        await send_raw(socket, opcode, data)
        assert (await socket.closed())[0] == code


async def test_an_unmasked_frame_closes_the_connection(stage: Stage):
    async with stage.socket() as socket:
        await send_raw(socket, TEXT, b"{}", masked=False)
        assert (await socket.closed())[0] == 1002


async def test_a_request_over_its_limit_is_refused_by_name_and_a_message_over_its_own_closes(stage: Stage):
    """8.3 A request may have 4 MiB."""
    async with stage.socket() as socket:
        await socket.say(kind="submit", id="a", request={"intent": "echo", "params": {"text": "x" * (4 << 20)}})
        refused = await socket.hear()
        assert (refused["id"], refused["data"]["reason"], refused["data"]["status"]) == ("a", "REQUEST_TOO_LARGE", 413)
        await socket.say(kind="submit", id="b", request={"intent": "echo", "params": {"text": "x" * (5 << 20)}})
        assert (await socket.closed())[0] == 1009


async def test_a_frame_that_announces_a_terabyte_closes_at_once(stage: Stage):
    async with stage.socket() as socket:
        socket.wire.transport.write(b"\x81\xff" + struct.pack("!Q", 1 << 40) + b"\0\0\0\0")
        assert (await socket.closed())[0] == 1009


async def test_a_message_may_come_in_pieces_but_not_in_endless_ones(stage: Stage):
    async with stage.socket() as socket:
        await socket.wire.send(['{"type":', '"ping"}'])
        assert (await socket.hear())["type"] == "pong"
        await send_raw(socket, TEXT, b"{", fin=False)
        for _ in range(MAX_FRAGMENTS):
            await send_raw(socket, CONT, b"", fin=False)
        code, sentence = await socket.closed()
    assert (code, sentence) == (1008, "a message may have 1024 fragments")


async def test_a_message_that_does_not_become_whole_closes_the_connection(stage: Stage, monkeypatch):
    monkeypatch.setattr(ws_protocol, "MESSAGE_SECONDS", 0.05)
    async with stage.socket() as socket:
        await send_raw(socket, TEXT, b"{", fin=False)
        assert (await socket.closed())[0] == 1008


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"x"',
        "7",
        "{}",
        '{"type":"submit","request":{}}',
        '{"id":"","type":"cancel","task_id":"t"}',
        '{"id":7,"type":"cancel","task_id":"t"}',
        '{"id":"a b","type":"cancel","task_id":"t"}',
        '{"id":"' + "x" * 65 + '","type":"cancel","task_id":"t"}',
        '{"type":"auth","token":"again"}',
        '{"type":["ping"]}',
        '{"type":"ping","extra":1}',
        '{"type":"ping","type":"ping"}',
        "[" * 100_000,
    ],
)
async def test_a_frame_that_is_nobodys_ends_the_connection_with_a_problem(stage: Stage, text):
    async with stage.socket() as socket:
        await socket.wire.send(text)
        refused = await socket.hear()
        assert "id" not in refused
        assert refused["data"]["reason"] == "MALFORMED_REQUEST"
        assert (await socket.closed())[0] == 4400


@pytest.mark.parametrize(
    "frame",
    [
        {"kind": "nonsense"},
        {"kind": "submit", "request": []},
        {"kind": "submit", "request": {"intent": "echo"}, "subscribe": "yes"},
        {"kind": "submit", "request": {"intent": "echo"}, "task_id": "t"},
        {"kind": "subscribe", "task_id": "t", "traceparent": 7},
        {"kind": "subscribe", "task_id": "t", "offset": 3},
        {"kind": "subscribe", "task_id": "t", "after_offset": -1},
        {"kind": "subscribe", "task_id": "t", "after_offset": "much"},
        {"kind": "subscribe"},
        {"kind": "cancel", "task_id": {"deep": []}},
        {"kind": "unsubscribe", "task_id": "t"},
    ],
)
async def test_a_frame_that_is_wrong_costs_its_call_alone(stage: Stage, frame):
    async with stage.socket() as socket:
        await socket.say(id="a", **frame)
        refused = await socket.hear()
        assert (refused["type"], refused["id"]) == ("refused", "a")
        assert refused["data"]["reason"] in ("MALFORMED_REQUEST", "VALIDATION_FAILED")
        await socket.say(kind="ping")
        assert (await socket.hear())["type"] == "pong"


async def test_an_id_that_is_in_use_ends_the_connection_and_not_the_call_that_has_it():
    async with a_stage(Script(hold=asyncio.Event())) as stage, stage.socket() as socket:
        await socket.say(kind="subscribe", id="a", task_id="t-1")
        assert (await socket.hear())["type"] == "subscribed"
        await socket.say(kind="cancel", id="a", task_id="t-1")
        refused = await socket.hear()
        assert "id" not in refused
        assert "still open" in refused["data"]["detail"]
        assert (await socket.closed())[0] == 4400


async def test_pings_without_end_by_a_client_that_takes_no_pongs_fill_no_memory(stage: Stage):
    """Whoever takes nothing is not read: the client's own buffers fill, not the server's."""
    async with stage.socket(max_queue=1) as socket:
        transport = socket.wire.transport
        transport.pause_reading()
        ping = b"\x89\xfd" + b"\0\0\0\0" + b"x" * 125
        transport.set_write_buffer_limits(high=1 << 16)
        for _ in range(2000):
            transport.write(ping * 100)
            if transport.get_write_buffer_size() > 1 << 20:
                break
        else:
            pytest.fail("the server took 25 MB of pings")
        transport.abort()


async def test_random_conversations_bring_out_no_defect(stage: Stage):
    dice = random.Random(7)
    kinds = ["submit", "subscribe", "cancel", "unsubscribe", "ping", "x"]
    for _ in range(40):
        async with stage.socket() as socket:
            for _ in range(dice.randrange(1, 12)):
                frame = {
                    "kind": dice.choice(kinds),
                    "id": dice.choice("abc"),
                    "task_id": dice.choice(["t-1", "!", 7]),
                    "request": dice.choice([{"intent": "echo"}, {"intent": "!"}, []]),
                    "subscribe": dice.choice([True, False, "x"]),
                }
                kept = [name for name in frame if name == "kind" or dice.random() < 0.7]
                with contextlib.suppress(ConnectionClosed):
                    await socket.say(**{name: frame[name] for name in kept})
            with contextlib.suppress(ConnectionClosed):
                await socket.wire.send("{")
            assert (await socket.closed())[0] == 4400
    assert stage.observer.defects == []


async def test_random_bytes_bring_out_no_defect(stage: Stage):
    dice = random.Random(7)
    for _ in range(40):
        async with stage.socket() as socket:
            socket.wire.transport.write(dice.randbytes(dice.randrange(1, 200)))
            socket.wire.transport.write(b"\x82\x80\0\0\0\0" * 40)  # whatever it was, a binary frame ends it
            assert (await socket.closed())[0] in (1000, 1002, 1003, 1005, 1007, 1009, 4400)
    assert stage.observer.defects == []
