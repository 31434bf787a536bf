"""How many calls wait in gRPC's core for grpc.aio to take them in.

grpc.aio takes in one call after the other, between turns of everything else that its event loop does, and tells nobody
how many more there are. The core counts the calls that it began, for channelz; here those that were taken in are
counted. A call whose client leaves before its turn is counted by the core alone, so the difference grows with them:
what it never fell below of late is no backlog.
"""

import json
import time
from collections.abc import Callable
from typing import Final

import grpc
from grpc import aio

# grpcio-channelz is made of the same functions; it would bring a service along that nobody should call here.
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # its stubs leave it out

from aion.adapters.transports.grpc.arrivals import eager_servers
from aion.adapters.transports.grpc.wakeups import wakeups_at_once

OF_LATE: Final = 1.0
"""Seconds within which a backlog is gone for a moment, unless more calls come than grpc.aio can take in at all."""


class Backlog(grpc.GenericRpcHandler):
    """The first handler of a server: counts each call that is taken in, and leaves it to the others."""

    def __init__(self, begun: Callable[[], int], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._begun = begun
        self._monotonic = monotonic
        self._taken = 0
        self._least = self._least_before = 0
        self._since = monotonic()

    def service(self, details: grpc.HandlerCallDetails) -> None:
        """Counts it."""
        self._taken += 1

    def waiting(self) -> int:
        """How many wait now. Asking costs about 0.1 ms."""
        found = self._begun() - self._taken
        now = self._monotonic()
        if now - self._since > OF_LATE:
            self._least_before, self._least, self._since = self._least, found, now
        self._least = min(self._least, found)
        return found - min(self._least, self._least_before)


def server_with_backlog(options: list[tuple[str, int]]) -> tuple[aio.Server, Backlog]:
    """A new server, and its backlog as its first handler. For the thread of the event loop, which makes all of them."""
    others = _servers()
    with eager_servers(), wakeups_at_once():
        server = aio.server(options=[*options, ("grpc.enable_channelz", 1)])
    (number,) = _servers() - others
    backlog = Backlog(lambda: _begun(number))
    server.add_generic_rpc_handlers((backlog,))
    return server, backlog


def _servers() -> set[int]:
    return {int(one["ref"]["serverId"]) for one in json.loads(cygrpc.channelz_get_servers(0)).get("server", ())}


def _begun(number: int) -> int:
    return int(json.loads(cygrpc.channelz_get_server(number))["server"]["data"].get("callsStarted", 0))
