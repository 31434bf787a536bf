"""Health and reflection are open to anybody, and no address takes the room of the others there."""

import asyncio
from typing import Any

import pytest

from aion.adapters.transports.grpc import health, reflection
from aion.domain.errors import AionError, RateLimited


class Silent:
    """A call from an address, whose message never comes."""

    def __init__(self, peer: str) -> None:
        self._peer = peer

    def peer(self) -> str:
        return self._peer

    async def read(self) -> bytes:
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")


class Refusals:
    """Whoever is refused, and why."""

    def __init__(self) -> None:
        self.said: dict[str, AionError] = {}

    async def __call__(self, error: AionError, context: Any) -> None:
        self.said[context.peer()] = error


@pytest.mark.parametrize(
    ("service", "method", "most"),
    [
        (health.HealthService, "_check", health.MOST_COMING),
        (health.HealthService, "_watch", health.MOST_COMING),
        (reflection.ReflectionService, "_serve", reflection.PLACES.of_address),
    ],
)
async def test_messages_of_one_address_that_never_become_whole_end_nobody_elses(service, method, most):
    refusals = Refusals()
    serve = getattr(service(("a.Service",), refusals), method)
    peers = ["ipv4:10.0.0.1:1", *(f"ipv4:10.0.0.2:{port}" for port in range(most))]
    calls = [asyncio.create_task(serve(None, Silent(peer))) for peer in peers]
    _, left = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    assert {peer: type(error) for peer, error in refusals.said.items()} == {peers[1]: RateLimited}
    for call in left:
        call.cancel()
    await asyncio.wait(left)
