"""The bounds of one HTTP connection, piece by piece: how a socket cuts a request is not left to chance here."""

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from aion.adapters.transports.http.protocol import (
    DISCARDED_BYTES,
    MAX_HEAD_BYTES,
    MOST_WAITING,
    HttpProtocol,
    body_lingers,
    bounded_protocol,
)

CHUNKED = b"POST /v1/tasks HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
PIECE = 4096
BODIES = [b"0\r\n", b"2\r\n{}\r\n0\r\n"]


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Served:
    """An application that reads its request until the end, and keeps what it was told."""

    def __init__(self, *, answers_at_once: bool = False) -> None:
        self.answers_at_once = answers_at_once
        self.told: list[str] = []
        self.answered, self.ended = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope, receive, send) -> None:
        if self.answers_at_once:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"2")]})
            self.answered.set()
        more = True
        while more:
            message = await receive()
            self.told.append(message["type"])
            more = message.get("more_body", False)
        self.ended.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"late"})


def connected(
    app: Served, kind: type[HttpProtocol] = HttpProtocol, state: ServerState | None = None
) -> tuple[HttpProtocol, Wire]:
    wire = Wire()
    config = uvicorn.Config(app, http=kind, lifespan="off", ws="none", log_config=None)
    protocol = kind(config=config, server_state=state or ServerState(), app_state={})
    protocol.connection_made(wire)
    return protocol, wire


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


async def test_over_the_bound_the_connection_that_was_silent_longest_goes_and_never_a_running_call():
    """Idle connections without credentials must not take all files of the process: then no door answers."""
    state, kind = ServerState(), bounded_protocol(2)
    running, running_wire = connected(Served(), kind, state)
    running.data_received(b"GET /v1/tasks/t HTTP/1.1\r\nhost: x\r\n\r\n")
    _, silent = connected(Served(), kind, state)
    newcomer, third = connected(Served(), kind, state)
    assert (running_wire.closed, silent.closed, third.closed) == (False, True, False)
    newcomer.data_received(b"GET /v1/tasks/t HTTP/1.1\r\nhost: x\r\n\r\n")
    _, fourth = connected(Served(), kind, state)
    assert (running_wire.closed, third.closed, fourth.closed) == (False, False, True)
    assert len(state.connections) == 2
    await asyncio.gather(*state.tasks)


async def test_among_idle_connections_the_longest_silence_counts():
    state, kind = ServerState(), bounded_protocol(2)
    (older, older_wire), (newer, newer_wire) = (connected(Served(), kind, state) for _ in range(2))
    older._last_heard, newer._last_heard = newer._last_heard - 1, newer._last_heard - 2
    _, third = connected(Served(), kind, state)
    assert (older_wire.closed, newer_wire.closed, third.closed) == (False, True, False)


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


GOOD = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"
TARGETS = [b"CONNECT a", b"GET http://[::1", b"GET http://a:99999999/", b"GET http://@/"]


class AtOnce:
    """An application that answers without a look at the request's body."""

    async def __call__(self, scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"no"})


@pytest.mark.parametrize("target", TARGETS)
async def test_an_address_that_nobody_can_read_is_refused(target):
    protocol, wire = connected(AtOnce())
    protocol.data_received(target + b" HTTP/1.1\r\nhost: x\r\n\r\n")
    assert wire.closed
    assert wire.written.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("target", TARGETS)
async def test_an_address_that_nobody_can_read_is_refused_after_good_ones_too(target):
    protocol, wire = connected(AtOnce())
    protocol.data_received(GOOD)
    await asyncio.gather(*protocol.tasks)
    protocol.data_received(target + b" HTTP/1.1\r\nhost: x\r\n\r\n")
    assert wire.closed
    assert wire.written.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 400 " in wire.written


async def test_a_refusal_does_not_garble_the_answer_that_another_request_gets():
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def long_answer(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        begun.set()
        await goes_on.wait()
        await send({"type": "http.response.body", "body": b"the end"})

    protocol, wire = connected(long_answer)
    protocol.data_received(GOOD)
    await asyncio.wait_for(begun.wait(), 30)
    protocol.data_received(b"no request\r\n\r\n")
    assert wire.closed
    assert b" 400 " not in wire.written
    goes_on.set()
    await asyncio.gather(*protocol.tasks)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"GET /livez HTTP/1.1\r\n\r\n", b"no Host header"),
        (b"GET /livez HTTP/1.1\r\nhost: x\r\nHost: x\r\n\r\n", b"2 Host headers"),
        (b"GET /livez HTTP/1.0\r\nhost: x\r\nhost: y\r\n\r\n", b"2 Host headers"),
        (b"GET /v1/ws HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n", b"no Host header"),
    ],
)
async def test_a_request_must_name_one_host(head, says):
    """Two servers in a row could each believe another one (RFC 9112, 3.2)."""
    protocol, wire = connected(AtOnce())
    protocol.data_received(head)
    assert wire.closed
    assert wire.written.startswith(b"HTTP/1.1 400 ")
    assert says in wire.written
    assert not protocol.tasks


async def test_a_request_of_http_1_0_need_not_name_a_host():
    protocol, wire = connected(AtOnce())
    protocol.data_received(b"GET /livez HTTP/1.0\r\n\r\n")
    await asyncio.gather(*protocol.tasks)
    assert wire.written.startswith(b"HTTP/1.1 404 ")


POST = b"POST /nope HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"


async def test_a_body_that_nobody_read_is_not_kept_until_the_next_request():
    """Connections of strangers stay open for a minute: each would hold what one system call brings."""
    protocol, wire = connected(AtOnce())
    protocol.data_received(POST % 200_000 + b"x" * 200_000)
    await asyncio.gather(*protocol.tasks)
    assert wire.written.startswith(b"HTTP/1.1 404 ")
    assert not wire.closed
    assert protocol.cycle.body == b""


async def test_a_body_that_comes_after_its_answer_ends_the_connection_in_the_end():
    protocol, wire = connected(AtOnce())
    protocol.data_received(POST % (10 * DISCARDED_BYTES) + b"x")
    await asyncio.gather(*protocol.tasks)
    assert body_lingers(protocol), "the patrol cuts it when it does not come whole"
    piece, came = b"x" * (1 << 20), 0
    while not wire.closed and came <= 2 * DISCARDED_BYTES:
        protocol.data_received(piece)
        came += len(piece)
    assert wire.closed
    assert came <= DISCARDED_BYTES + len(piece)


async def test_a_connection_whose_request_came_whole_after_its_answer_is_idle_as_any_other():
    protocol, wire = connected(AtOnce())
    protocol.data_received(POST % 10 + b"x")
    await asyncio.gather(*protocol.tasks)
    protocol.data_received(b"x" * 9)
    assert not body_lingers(protocol)
    assert protocol.timeout_keep_alive_task is not None
    protocol.data_received(GOOD[:5])
    assert protocol.timeout_keep_alive_task is None, "the next request has begun"
    protocol.data_received(GOOD[5:])
    await asyncio.gather(*protocol.tasks)
    assert wire.written.count(b"HTTP/1.1 404 ") == 2
    protocol.connection_lost(None)


async def test_the_end_of_idleness_does_not_cut_a_request_that_came_in_the_same_piece():
    protocol, _ = connected(AtOnce())
    protocol.data_received(POST % 10 + b"x")
    await asyncio.gather(*protocol.tasks)
    protocol.app = Served()
    protocol.data_received(b"x" * 9 + POST % 10)
    assert protocol.timeout_keep_alive_task is None
    protocol.connection_lost(None)
    await asyncio.gather(*protocol.tasks)


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
