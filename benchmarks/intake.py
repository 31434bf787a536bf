"""`python -m benchmarks.intake`: how many rounds of a busy event loop lie between two calls that gRPC's core has ready.

Counted and not timed: each round is a chance for everything else that the loop has to do.
"""

import argparse
import asyncio
import time
from collections.abc import Callable

import grpc
import uvloop
from grpc import aio

from aion.adapters.transports.grpc.backlog import server_with_backlog
from benchmarks import machine

CALLS = 200
ARRIVE = 0.3
"""Seconds in which the loop does nothing, so that all the calls have come."""

REPEATS = 3


def aion_server() -> aio.Server:
    """A server as AION makes its own."""
    server, _ = server_with_backlog([])
    return server


class _Watched(grpc.GenericRpcHandler):
    """Notes the round in which each call is taken in."""

    def __init__(self, round_now: Callable[[], int]) -> None:
        self._round_now = round_now
        self.taken: list[int] = []

    def service(self, details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        self.taken.append(self._round_now())

        async def echo(data: bytes, _context: object) -> bytes:
            return data

        return grpc.unary_unary_rpc_method_handler(echo)


class _Rounds:
    """Counts the rounds of the loop, and keeps it from ever waiting."""

    def __init__(self) -> None:
        self.count = 0
        self._on = True

    def begin(self) -> None:
        self.count += 1
        if self._on:
            asyncio.get_running_loop().call_soon(self.begin)

    def stop(self) -> None:
        self._on = False


async def between_two(new_server: Callable[[], aio.Server]) -> float:
    """Rounds between two calls, on average of `CALLS` that came at once."""
    server = new_server()
    rounds = _Rounds()
    watched = _Watched(lambda: rounds.count)
    server.add_generic_rpc_handlers((watched,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary("/any/thing")
        await call(b"")
        calls = [asyncio.ensure_future(call(b"")) for _ in range(CALLS)]
        await asyncio.sleep(0)
        time.sleep(ARRIVE)  # noqa: ASYNC251 # the loop shall be held
        watched.taken.clear()
        rounds.begin()
        await asyncio.gather(*calls)
        rounds.stop()
    await server.stop(0)
    return (watched.taken[-1] - watched.taken[0]) / (len(watched.taken) - 1)


def main() -> None:
    """Prints a table."""
    argparse.ArgumentParser(prog="python -m benchmarks.intake", description=__doc__).parse_args()
    print(machine.head(machine.facts()))
    print(f"Rounds of a busy event loop between two of {CALLS} calls that came at once\n")
    print("| taken in by | rounds, each time |\n| --- | --- |")
    for name, kind in (("grpc.aio", aio.server), ("AION", aion_server)):
        figures = [uvloop.run(between_two(kind)) for _ in range(REPEATS)]
        print(f"| {name} | {', '.join(f'{figure:.2f}' for figure in figures)} |")


if __name__ == "__main__":
    main()
