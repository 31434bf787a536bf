"""The calls that gRPC's core holds and grpc.aio has not taken in: counted, and without those whose clients left."""

import asyncio
import time
from dataclasses import dataclass

import grpc
import pytest
from grpc import aio

from aion.adapters.transports.grpc.arrivals import EagerServer
from aion.adapters.transports.grpc.backlog import OF_LATE, Backlog, server_with_backlog


@dataclass
class Core:
    """What the core counts, at a time of its own."""

    begun: int = 0
    at: float = 0.0

    def backlog(self) -> Backlog:
        return Backlog(lambda: self.begun, lambda: self.at)


def took_in(backlog: Backlog, calls: int) -> None:
    for _ in range(calls):
        assert backlog.service(None) is None  # type: ignore[arg-type]


def test_the_backlog_is_what_was_begun_and_not_taken_in():
    core = Core()
    backlog = core.backlog()
    core.begun = 5
    took_in(backlog, 2)
    assert backlog.waiting() == 3
    took_in(backlog, 3)
    assert backlog.waiting() == 0


def test_what_never_comes_in_is_no_backlog_after_a_while():
    core = Core()
    backlog = core.backlog()
    core.begun = 40
    took_in(backlog, 10)
    seen = []
    for _ in range(5):
        core.at += 0.6 * OF_LATE
        core.begun += 7
        took_in(backlog, 7)
        seen.append(backlog.waiting())
    assert (seen[0], seen[-1]) == (30, 0)
    core.begun += 4
    assert backlog.waiting() == 4


async def test_a_server_that_counts_its_backlog_asks_for_calls_in_advance():
    server, _ = server_with_backlog([])
    assert isinstance(server._server, EagerServer)


class Slow(grpc.GenericRpcHandler):
    """Holds the event loop for a moment with each call."""

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        return grpc.unary_unary_rpc_method_handler(self._answer)

    async def _answer(self, data: bytes, context: object) -> bytes:
        time.sleep(0.002)  # noqa: ASYNC251 - the loop shall be held
        return data


async def test_a_server_knows_how_many_calls_wait_in_grpcs_core():
    server, backlog = server_with_backlog([])
    server.add_generic_rpc_handlers((Slow(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    most = 0
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary("/any/thing")
        calls = [asyncio.ensure_future(call(b"x")) for _ in range(60)]
        while not all(one.done() for one in calls):
            most = max(most, backlog.waiting())
            await asyncio.sleep(0)
        assert [await one for one in calls] == [b"x"] * 60
    assert 0 < most <= 60
    assert backlog.waiting() == 0
    await server.stop(0)


async def test_each_server_counts_its_own_calls():
    (one, ours), (other, theirs) = server_with_backlog([]), server_with_backlog([])
    one.add_generic_rpc_handlers((Slow(),))
    port = one.add_insecure_port("127.0.0.1:0")
    await one.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert await channel.unary_unary("/any/thing")(b"x") == b"x"
    took_in(theirs, 1)
    assert ours.waiting() == 0
    assert theirs.waiting() == pytest.approx(0)
    await one.stop(0)
    await other.stop(0)
