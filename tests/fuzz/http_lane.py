"""Requests over HTTP/1.1: REST, SSE, Connect and gRPC-Web differ in what is written, not in how it is sent."""

from random import Random

from tests.fuzz import connect_requests, rest_requests
from tests.fuzz.http_answers import answer_of
from tests.fuzz.http_wire import Broken, HttpWire
from tests.fuzz.known import Known
from tests.fuzz.requests import Answer, Cell, Request

LARGE_BYTES = 1 << 20
"""A request of this size may be refused while it is still being sent, which can destroy the refusal on its way."""


class HttpLane:
    """Sends one request after another over a connection of its own."""

    def __init__(self, wire: HttpWire) -> None:
        self._wire = wire

    def compose(self, rng: Random, cell: Cell, known: Known) -> Request:
        """The next request to a cell."""
        kind = rest_requests if cell.transport in ("rest", "sse") else connect_requests
        return kind.compose(rng, cell, known)

    async def send(self, request: Request) -> Answer:
        """What came of it."""
        try:
            answer = await self._wire.exchange(request)
        except Broken as broken:
            if request.floods or len(request.body) > LARGE_BYTES:
                return Answer("CUT", bare=True)
            return Answer("?", wrong=f"there is none: {broken}")
        return Answer("", left=True) if answer is None else answer_of(request.cell, answer)
