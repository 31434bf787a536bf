"""Calls of gRPC that are asked for in advance, over a real connection."""

import asyncio
import time
from contextlib import asynccontextmanager

import grpc
import pytest
from grpc import aio
from grpc._cython import cygrpc

from aion.adapters.transports.grpc.arrivals import AT_ONCE, EagerServer, eager_servers

CALLS = 60


class Holding(grpc.GenericRpcHandler):
    """Holds the loop for a moment with each call, in which others come; looks how many are at hand then."""

    def __init__(self) -> None:
        self.at_hand: list[int] = []
        self.server: EagerServer | None = None

    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(self._answer)

    async def _answer(self, data, context):
        self.at_hand.append(len(self.server._at_hand))
        time.sleep(0.002)  # noqa: ASYNC251 - the loop shall be held
        return data


@asynccontextmanager
async def served():
    with eager_servers():
        server = aio.server()
    holding = Holding()
    holding.server = server._server
    server.add_generic_rpc_handlers((holding,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield server, holding, channel.unary_unary("/any/thing")
    await server.stop(0)


async def test_calls_that_have_come_are_at_hand_as_many_as_were_asked_for_and_none_is_lost():
    async with served() as (_, holding, call):
        texts = [b"%d" % number for number in range(CALLS)]
        assert await asyncio.gather(*(call(text) for text in texts)) == texts
    assert 1 < max(holding.at_hand) <= AT_ONCE


async def test_one_call_after_the_other_is_served_without_others_behind_it():
    async with served() as (_, _, call):
        for number in range(2 * AT_ONCE):
            assert await call(b"%d" % number) == b"%d" % number


async def test_a_server_that_stops_leaves_no_call_without_an_end():
    async with served() as (server, _, call):
        calls = [asyncio.ensure_future(call(b"x")) for _ in range(CALLS)]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        await server.stop(0)
        ends = await asyncio.gather(*calls, return_exceptions=True)
    assert b"x" in ends
    assert all(end == b"x" or isinstance(end, aio.AioRpcError) for end in ends)


async def test_other_servers_of_the_process_stay_as_they_are():
    with pytest.raises(ValueError, match="broken"), eager_servers():
        raise ValueError("broken")
    assert cygrpc.AioServer is not EagerServer
