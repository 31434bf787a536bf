"""Calls of gRPC that are asked for in advance, over a real connection."""

import asyncio
import time
from collections import Counter
from contextlib import asynccontextmanager

import grpc
import pytest
from grpc import aio
from grpc._cython import cygrpc

from aion.adapters.transports.grpc.arrivals import AT_ONCE, EagerServer, eager_servers

CALLS = 60
LONG = 60.0
"""Seconds: of which nothing is waited for unless something is wrong."""


class Holding(grpc.GenericRpcHandler):
    """Holds the loop for a moment with each call, in which others come; notes in which round each was taken in."""

    def __init__(self) -> None:
        self.taken: Counter[int] = Counter()
        self.served: list[bytes] = []
        self.server: EagerServer | None = None
        self._round = 0

    def service(self, details):
        self.taken[self._round] += 1
        asyncio.get_running_loop().call_soon(self._next_round)
        return grpc.unary_unary_rpc_method_handler(self._answer)

    def _next_round(self):
        self._round += 1

    async def _answer(self, data, context):
        self.served.append(data)
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
        call = channel.unary_unary("/any/thing")
        await call(b"connected")
        holding.served.clear()
        yield server, holding, call
    await server.stop(0)


async def test_calls_that_have_come_are_taken_in_together_and_none_is_lost():
    async with served() as (_, holding, call):
        texts = [b"%d" % number for number in range(CALLS)]
        assert await asyncio.gather(*(call(text) for text in texts)) == texts
    assert 1 < max(holding.taken.values()) <= AT_ONCE
    assert sorted(holding.served) == sorted(texts)


async def test_one_call_after_the_other_is_served_without_others_behind_it():
    async with served() as (_, _, call):
        for number in range(2 * AT_ONCE):
            assert await call(b"%d" % number) == b"%d" % number


async def test_a_server_that_stops_lets_go_of_calls_that_nobody_takes_and_does_not_wait_for_them():
    async with served() as (server, holding, call):
        calls = [asyncio.ensure_future(call(b"x")) for _ in range(CALLS)]
        while not holding.server._at_hand:  # noqa: ASYNC110 # nothing tells of it
            await asyncio.sleep(0)
        async with asyncio.timeout(LONG / 2):
            await server.stop(LONG)
            ends = await asyncio.gather(*calls, return_exceptions=True)
    assert not holding.server._at_hand
    assert all(end == b"x" or isinstance(end, aio.AioRpcError) for end in ends)


async def test_other_servers_of_the_process_stay_as_they_are():
    with pytest.raises(ValueError, match="broken"), eager_servers():
        raise ValueError("broken")
    assert cygrpc.AioServer is not EagerServer


@pytest.fixture
async def asking():
    """A server that asked for one call and whose main loop waits for it."""
    with eager_servers():
        server = aio.server()._server
    server._asked = 1
    server._taker = asyncio.get_running_loop().create_future()
    return server


def came(result):
    asked = asyncio.get_running_loop().create_future()
    if isinstance(result, Exception):
        asked.set_exception(result)
    else:
        asked.set_result(result)
    return asked


async def test_who_waits_for_a_call_is_told_when_none_can_come_any_more(asking):
    taker = asking._taker
    asking._came(came(RuntimeError("the server stops")))
    with pytest.raises(RuntimeError, match="stops"):
        await taker
    assert not asking._at_hand


async def test_a_call_that_came_for_a_main_loop_that_has_gone_is_kept_for_the_next(asking):
    asking._taker.cancel()
    asking._came(came("call"))
    assert list(asking._at_hand) == ["call"]


async def test_a_call_for_which_nobody_waits_is_at_hand_and_a_failure_is_not(asking):
    asking._taker, asking._asked = None, 2
    asking._came(came("call"))
    asking._came(came(RuntimeError("the server stops")))
    assert list(asking._at_hand) == ["call"]
    assert asking._asked == 0


async def test_of_the_calls_at_hand_the_one_that_came_first_is_taken_first(asking):
    asking._asked, asking._taker = AT_ONCE, None
    for call in ("first", "second"):
        asking._asked += 1
        asking._came(came(call))
    assert [await asking._make_request_call_future(None) for _ in range(2)] == ["first", "second"]


async def test_who_waits_for_a_call_that_is_at_hand_waits_for_no_round(asking):
    asking._asked, asking._taker = AT_ONCE, None
    for call in ("first", "second"):
        asking._asked += 1
        asking._came(came(call))
    later = []
    asyncio.get_running_loop().call_soon(later.append, "a round later")
    for call in ("first", "second"):
        (taken,), _ = await asyncio.wait([asking._make_request_call_future(None)])
        assert taken.result() == call
    assert later == []
    await asyncio.gather(taken)
    assert later == ["a round later"], "only the first who waits hears at once"


async def test_a_call_that_comes_while_the_server_stops_is_let_go(asking):
    asking._taker, asking._stops = None, True
    asking._came(came("call"))
    assert not asking._at_hand
