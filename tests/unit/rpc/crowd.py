"""Calls that come to a turnstile, and rounds of the event loop to count."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from aion.adapters.rpc.turnstile import BACKLOG_SECONDS, RUSH, Turnstile
from tests.manual_clock import ManualClock


async def rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def rounds_until(done: Callable[[], bool]) -> int:
    for count in range(10_000):
        if done():
            return count
        await asyncio.sleep(0)
    raise AssertionError("it never happened")


class Crowd:
    """A turnstile, the calls that come to it, and the order in which they went in."""

    def __init__(self, limit: int) -> None:
        self.clock = ManualClock()
        self.turnstile = Turnstile(limit, self.clock.monotonic)
        self.went_in: list[str] = []

    async def rushes(self) -> None:
        """As many calls at once as pass without a place."""
        for _ in range(RUSH):
            await self.turnstile.turn("acme")

    async def rushes_without_end(self) -> None:
        """The same, and gRPC has more than anybody takes in."""
        self.turnstile.watch_backlog(lambda: 1000)
        self.clock.advance(timedelta(seconds=1))
        await self.rushes()

    def has_all_come(self) -> None:
        """Nothing more is on its way in, which is found at the next look."""
        self.turnstile.watch_backlog(lambda: 0)
        self.clock.advance(timedelta(seconds=BACKLOG_SECONDS))

    def comes(self, name: str, tenant: str = "acme") -> asyncio.Task[None]:
        return asyncio.create_task(self._come(name, tenant))

    def passes(self, tenant: str = "acme") -> None:
        """A call that comes now; raises AssertionError when it has to wait, and what refuses it."""
        try:
            self.turnstile.turn(tenant).send(None)
        except StopIteration:
            return
        raise AssertionError("it waits")

    async def _come(self, name: str, tenant: str) -> None:
        await self.turnstile.turn(tenant)
        self.went_in.append(name)
