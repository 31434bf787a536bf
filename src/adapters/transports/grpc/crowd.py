"""How many streams strangers may hold open: a place for each, so many in all, of one address and of one connection.

Whoever proves somebody has a tenant to be counted by. Health and reflection are open to anybody, so what tells people
apart there is where they come from, and no address can take all places.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from aion.adapters.transports.grpc.metadata import address
from aion.domain.errors import TooManyWaiters


@dataclass(frozen=True, slots=True)
class Places:
    """How many of `what` may be open."""

    what: str
    in_all: int
    of_address: int
    of_connection: int


class Crowd:
    """Who holds a place. `peer` is gRPC's name of a connection, such as `ipv4:127.0.0.1:4711`."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._addresses: Counter[str] = Counter()
        self._connections: Counter[str] = Counter()
        self.taken = 0

    @contextmanager
    def place(self, peer: str) -> Iterator[None]:
        """Holds a place while the block runs. Raises TooManyWaiters when none is free."""
        where = address(peer)
        self._refuse_one_too_many(where, peer)
        self.taken += 1
        self._addresses[where] += 1
        self._connections[peer] += 1
        try:
            yield
        finally:
            self.taken -= 1
            _less(self._addresses, where)
            _less(self._connections, peer)

    def _refuse_one_too_many(self, where: str, peer: str) -> None:
        may = self._places
        for open_, most, whose in (
            (self._connections[peer], may.of_connection, " on one connection"),
            (self._addresses[where], may.of_address, " from one address"),
            (self.taken, may.in_all, ""),
        ):
            if open_ >= most:
                sentence = f"{most} {may.what} are open{whose}, which is the limit; end one, or try again later"
                raise TooManyWaiters(sentence, retry_after=timedelta(seconds=1))


def _less(counts: Counter[str], name: str) -> None:
    counts[name] -= 1
    if not counts[name]:
        del counts[name]
