"""Heads of requests that are refused: addresses that nobody can read, hosts that are not one, and what is no HTTP."""

import asyncio

import pytest

from tests.unit.transports.http_connection import GOOD, AtOnce, connected

TARGETS = [b"CONNECT a", b"GET http://[::1", b"GET http://a:99999999/", b"GET http://@/"]


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
