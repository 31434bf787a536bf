"""Bodies that nobody reads, or that come after their answer: not kept, and not taken for ever."""

import asyncio

from aion.adapters.transports.http.protocol import DISCARDED_BYTES, body_lingers
from tests.unit.transports.http_connection import GOOD, AtOnce, Served, connected

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
