"""Whom the requests go to: a server's addresses, what its callers know, and the lanes that lead to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Protocol

import grpc

from tests.fuzz.grpc_lane import GrpcLane
from tests.fuzz.http_lane import HttpLane
from tests.fuzz.http_wire import HttpWire
from tests.fuzz.known import Known
from tests.fuzz.requests import Answer, Cell, Request
from tests.fuzz.socket_lane import SocketLane


async def _nothing(known: Known, kind: str) -> None:
    """Nobody makes anything anew."""


@dataclass(frozen=True)
class Target:
    """A server, and what is known to callers by the service that they call: each service has a tenant of its own, so
    that what is made for one costs the others nothing. `secrets` are words of yet another tenant. `renew` makes
    anew what a caller has none of any more.
    """

    grpc: str
    http: str
    known: Mapping[str, Known]
    secrets: tuple[bytes, ...] = ()
    renew: Callable[[Known, str], Awaitable[None]] = _nothing

    def known_to(self, cell: Cell) -> Known:
        """What a caller of this cell knows."""
        return self.known[service_of(cell)]


def service_of(cell: Cell) -> str:
    """The RPC's service."""
    return str(cell.method.descriptor.containing_service.full_name)


class Lane(Protocol):
    """Makes requests and sends them, one at a time."""

    def compose(self, rng: Random, cell: Cell, known: Known) -> Request:
        """The next request to a cell."""
        ...

    async def send(self, request: Request) -> Answer:
        """What came of it."""
        ...


@asynccontextmanager
async def lanes_to(target: Target, transport: str, cells: Sequence[Cell], count: int) -> AsyncIterator[list[Lane]]:
    """So many lanes over one transport."""
    async with AsyncExitStack() as stack:
        lanes: list[Lane] = []
        if transport == "grpc":
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(target.grpc))
            lanes += [GrpcLane(channel) for _ in range(count)]
        elif transport == "ws":
            for _ in range(count):
                socket = SocketLane(target.http, target.known_to(cells[0]).headers)
                stack.push_async_callback(socket.close)
                lanes.append(socket)
        else:
            wires = [await stack.enter_async_context(HttpWire(target.http)) for _ in range(count)]
            lanes += [HttpLane(wire) for wire in wires]
        yield lanes
