"""The bounds of one HTTP connection, piece by piece: how a socket cuts a request is not left to chance here."""

import asyncio

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from aion.adapters.transports.http.answers import EXTRA
from aion.adapters.transports.http.crowd import Crowd
from aion.adapters.transports.http.protocol import MAX_HEAD_BYTES, MOST_WAITING, HttpProtocol, protocol_of
from tests.unit.transports.http_connection import CHUNKED, GOOD, AtOnce, Served, Wire, connected

PIECE = 4096
BODIES = [b"0\r\n", b"2\r\n{}\r\n0\r\n"]


def feed_until_closed(protocol: HttpProtocol, wire: Wire, first: bytes, then: bytes) -> int:
    """How many bytes it took before it closed."""
    protocol.data_received(first)
    taken = 0
    while not wire.closed and taken < 8 * MAX_HEAD_BYTES:
        protocol.data_received(then)
        taken += len(then)
    return taken


@pytest.mark.parametrize("then", [b"a" * PIECE, b"x-t: " + b"a" * PIECE + b"\r\n"])
@pytest.mark.parametrize("body", BODIES)
async def test_endless_trailers_are_refused_and_the_call_is_let_go(body, then):
    """6.2 Everything is bounded: also what comes after the body of a call that nobody has admitted yet."""
    app = Served()
    protocol, wire = connected(app)
    taken = feed_until_closed(protocol, wire, CHUNKED + body + b"x-first: ", then)
    assert wire.closed
    assert taken <= MAX_HEAD_BYTES + 2 * len(then)
    await asyncio.wait_for(app.ended.wait(), 30)
    assert app.told[-1] == "http.disconnect"
    await asyncio.gather(*protocol.tasks)
    assert wire.written.count(b"HTTP/1.1 ") == 1
    assert wire.written.startswith(b"HTTP/1.1 431 ")


async def test_an_answer_that_has_begun_is_not_garbled_by_a_refusal():
    app = Served(answers_at_once=True)
    protocol, wire = connected(app)
    protocol.data_received(CHUNKED + BODIES[0] + b"x-t: ")
    await asyncio.wait_for(app.answered.wait(), 30)
    feed_until_closed(protocol, wire, b"a", b"a" * PIECE)
    assert wire.closed
    assert b" 431 " not in wire.written
    protocol.connection_lost(None)


async def test_a_body_in_many_small_pieces_is_no_trailer():
    protocol, wire = connected(Served())
    protocol.data_received(CHUNKED)
    for _ in range(3 * MAX_HEAD_BYTES // PIECE):
        protocol.data_received(b"1000\r\n")
        protocol.data_received(b"a" * 0x1000 + b"\r\n")
    assert not wire.closed
    protocol.connection_lost(None)


ASKED = b"GET /v1/tasks/t HTTP/1.1\r\nhost: x\r\n\r\n"


async def test_over_the_bound_the_connection_that_was_silent_longest_goes_and_never_a_running_call():
    """Idle connections without credentials must not take all files of the process: then no door answers."""
    state, kind = ServerState(), protocol_of(Crowd(2))
    running, running_wire = connected(Served(), kind, state)
    running.data_received(ASKED)
    _, silent = connected(Served(), kind, state)
    newcomer, third = connected(Served(), kind, state)
    assert (running_wire.closed, silent.closed, third.closed) == (False, True, False)
    newcomer.data_received(ASKED)
    _, fourth = connected(Served(), kind, state)
    assert (running_wire.closed, third.closed, fourth.closed) == (False, False, True)
    assert len(state.connections) == 2
    await asyncio.gather(*state.tasks)


async def test_among_idle_connections_the_longest_silence_counts():
    state, kind = ServerState(), protocol_of(Crowd(2))
    (older, older_wire), (_, newer_wire) = (connected(Served(), kind, state) for _ in range(2))
    older.data_received(ASKED[:9])
    _, third = connected(Served(), kind, state)
    assert (older_wire.closed, newer_wire.closed, third.closed) == (False, True, False)


async def test_while_all_are_served_some_more_may_ask_and_no_more_than_these():
    state, kind = ServerState(), protocol_of(Crowd(1, spare=2))
    wires = []
    for place in range(3):
        one, wire = connected(Served(), kind, state)
        one.data_received(ASKED)
        assert (EXTRA in one.scope["state"]) == (place > 0)
        wires.append(wire)
    _, last = connected(Served(), kind, state)
    assert [wire.closed for wire in (*wires, last)] == [False, False, False, True]
    assert len(state.connections) == 3
    await asyncio.gather(*state.tasks)


async def test_those_that_come_while_all_are_served_do_not_take_each_others_place():
    state, kind = ServerState(), protocol_of(Crowd(1, spare=2))
    served, _ = connected(Served(), kind, state)
    served.data_received(ASKED)
    wires = [connected(Served(), kind, state)[1] for _ in range(4)]
    assert [wire.closed for wire in wires] == [True, True, False, False]
    await asyncio.gather(*state.tasks)


async def test_an_answer_that_ends_on_what_is_a_websocket_by_now_gives_it_no_place_in_the_crowd(monkeypatch):
    kind = protocol_of(Crowd(1))
    monkeypatch.setattr(HttpToolsProtocol, "handle_websocket_upgrade", lambda self: None)
    monkeypatch.setattr(HttpToolsProtocol, "_should_upgrade_to_ws", lambda self: True)
    protocol, _ = connected(AtOnce(), kind)
    protocol.data_received(ASKED + ASKED.replace(b"\r\n\r\n", b"\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"))
    await asyncio.gather(*protocol.tasks)
    assert kind.crowd.longest_silent() is None


async def test_whoever_left_has_no_place_and_takes_none():
    state, kind = ServerState(), protocol_of(Crowd(2))
    (first, _), (_, second) = (connected(Served(), kind, state) for _ in range(2))
    first.connection_lost(None)
    connected(Served(), kind, state)
    assert not second.closed
    connected(Served(), kind, state)
    assert second.closed


async def test_whoever_still_takes_an_answer_keeps_its_place_and_what_is_left_of_a_closed_one_does_not():
    state, kind = ServerState(), protocol_of(Crowd(2))
    takes, takes_wire = connected(AtOnce(), kind, state)
    takes.data_received(ASKED)
    await asyncio.gather(*state.tasks)
    takes_wire.unread = 1
    _, silent = connected(Served(), kind, state)
    connected(Served(), kind, state)
    assert (takes_wire.closed, silent.closed) == (False, True)
    takes.data_received(b"no HTTP\r\n\r\n")
    for _ in range(2):
        connected(Served(), kind, state)
    assert takes not in state.connections


async def test_a_call_is_served_also_when_another_one_begins_behind_it():
    state, kind = ServerState(), protocol_of(Crowd(1))
    served, wire = connected(Served(), kind, state)
    served.data_received(ASKED + CHUNKED)
    _, second = connected(Served(), kind, state)
    assert (wire.closed, second.closed) == (False, True)
    served.connection_lost(None)
    await asyncio.gather(*state.tasks)


async def test_whoever_left_is_told_to_the_call_that_is_served_although_another_one_waits_behind_it():
    told = asyncio.Event()

    async def waits(scope, receive, send):
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        told.set()

    protocol, _ = connected(waits)  # type: ignore[arg-type]
    protocol.data_received(ASKED + GOOD)
    protocol.connection_lost(None)
    await told.wait()


@pytest.mark.parametrize("size", [MAX_HEAD_BYTES - 100, MAX_HEAD_BYTES + 100])
async def test_a_head_that_comes_in_one_piece_has_the_same_bound(size):
    protocol, wire = connected(AtOnce())
    fields = b"".join(b"a:%05d\r\n" % number for number in range(size // 10))
    protocol.data_received(GOOD.removesuffix(b"\r\n") + fields + b"\r\n")
    await asyncio.gather(*protocol.tasks)
    assert wire.written.startswith(b"HTTP/1.1 404 " if size < MAX_HEAD_BYTES else b"HTTP/1.1 431 ")
    assert wire.closed == (size > MAX_HEAD_BYTES)


async def test_requests_that_are_sent_long_before_their_answers_end_the_connection():
    app = Served()
    protocol, wire = connected(app)
    one = b"GET /v1/server HTTP/1.1\r\nhost: x\r\n\r\n"
    protocol.data_received(one * (MOST_WAITING + 1))
    assert not wire.closed
    protocol.data_received(one * 1000)
    assert wire.closed
    assert not protocol.pipeline
    await app.ended.wait()


async def test_whoever_waits_for_a_body_can_be_told_to_look_up():
    app = Served()
    protocol, _ = connected(app)
    protocol.data_received(CHUNKED)
    protocol.data_received(b"2\r\n{}\r\n")
    while not app.told:  # noqa: ASYNC110 # nothing tells of it
        await asyncio.sleep(0)
    protocol.look_up()
    while len(app.told) < 2:  # noqa: ASYNC110 # nothing tells of it
        await asyncio.sleep(0)
    assert app.told == ["http.request", "http.request"]
    protocol.connection_lost(None)
    await asyncio.gather(*protocol.tasks)
