"""Requests whose end is a matter of opinion: refused whole, and what hides behind them is never served."""

import asyncio

import pytest

from tests.abuse.http1_attacks import INFO, SUBMIT
from tests.abuse.victim import Victim

AMBIGUOUS = {
    "a length and chunks": b"content-length: 5\r\ntransfer-encoding: chunked\r\n",
    "chunks and a length": b"transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    "two lengths": b"content-length: 5\r\ncontent-length: 6\r\n",
    "two lengths in one header": b"content-length: 5, 6\r\n",
    "a length with a plus": b"content-length: +5\r\n",
    "a length below nothing": b"content-length: -1\r\n",
    "a length in hex": b"content-length: 0x5\r\n",
    "a length beyond counting": b"content-length: 99999999999999999999\r\n",
    "chunks that are not last": b"transfer-encoding: chunked, identity\r\n",
    "no chunks and a length": b"transfer-encoding: identity\r\ncontent-length: 5\r\n",
    "nearly chunks and a length": b"transfer-encoding: xchunked\r\ncontent-length: 5\r\n",
    "chunks and none": b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
    "a name with a space": b"transfer-encoding : chunked\r\n",
    "a header that goes on": b"x: y\r\n transfer-encoding: chunked\r\n",
    "another kind of space": b"transfer-encoding:\x0bchunked\r\n",
    "a line end without a return": b"x: y\ntransfer-encoding: chunked\r\n",
}
"""What two servers on one path might read differently."""


@pytest.mark.parametrize("framing", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
async def test_what_two_servers_might_read_differently_is_refused_whole(victim: Victim, framing):
    target = victim.target("http")
    reader, writer = await asyncio.open_connection(target.host, target.port)
    try:
        writer.write(SUBMIT + framing + b"\r\n0\r\n\r\n" + INFO + b"\r\n")
        heard = await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.transport.abort()
    assert heard.count(b"HTTP/1.1 ") == 1
    assert heard.startswith(b"HTTP/1.1 400 ")


async def test_headers_over_the_bound_are_refused_as_a_problem(victim: Victim):
    target = victim.target("http")
    reader, writer = await asyncio.open_connection(target.host, target.port)
    try:
        writer.write(INFO + b"".join(b"x-%d: y\r\n" % number for number in range(100_000)) + b"\r\n")
        heard = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    finally:
        writer.transport.abort()
    assert heard.startswith(b"HTTP/1.1 431 ")
