"""Who comes in next when more calls come than this process can serve.

grpc.aio takes in calls between two turns of everything else that the event loop has to do. So while calls are worked
on, those that come meanwhile queue up in gRPC's core, where nobody shares them out or refuses them, until their clients
give up. Here a call that comes in a rush only takes a place first, which costs little; the work on it begins once no
other call is on its way in or, while they come without end, as fast as rounds of the event loop leave time for it:
docs/decisions/0012-turns-by-the-length-of-rounds.md. That keeps gRPC's queue empty and makes this one the only one:
bounded, its places shared out by tenant and given in turn to each of them, and the next call is refused at once.

Whether a call is on its way in is told by the rounds of the event loop: one that waits in gRPC's core is here some
rounds after the one before it. It is later when gRPC's own threads get no processor, so the core's backlog is asked,
too. Outside of a rush a call passes and costs nothing but to be counted.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Final, NoReturn

from aion.domain.errors import Overloaded

PAUSE: Final = 8
"""Rounds of the event loop without an arrival: nothing is on its way in. Calls of gRPC come in clumps, with gaps that
may be longer; for these there is the look at the core's backlog.
"""

RUSH: Final = 16
"""So many more calls that came without a pause before them than with one are a rush."""

AT_ONCE: Final = 4
"""So many go in together when nothing is on its way in: the rounds until then cost a seventh of a task. While rounds
are long, for what else the server does, one without an arrival says as much, and so many go in for each `PATIENCE`
that went by.
"""

PATIENCE: Final = 0.01
"""Seconds without a turn after which rounds that are few are long ones."""

SHORT_ROUND: Final = 0.015
"""Seconds of a round of the event loop: whoever asks for something has an answer after some of them. While rounds are
shorter there is time for work beside refusing others.
"""

KEEPS_UP: Final = 0.005
"""Seconds of short rounds for which one goes in although calls come without a pause."""

FALLS_BEHIND: Final = 0.03
"""Seconds of longer rounds for which one goes in: some work is done however many calls come."""

MOST_IN_A_RUSH: Final = 2 * AT_ONCE
"""So many go in together while calls come without a pause: what they cost makes the next round longer."""

MOST: Final = 16 * AT_ONCE
"""So many go in together in any case."""

LONGEST_WAIT: Final = 2.0
"""Seconds until a call has its turn, at the pace of the last ones, for which it may still wait."""

ANYHOW: Final = 64
"""So many calls of a tenant may wait at any pace: of one that sends few none is refused for what others send, nor for
one moment in which the server stood still.
"""

LAST_ONES: Final = 16
"""Turns that make the pace."""

BACKLOG_SECONDS: Final = 0.02
"""For how long it is believed what the backlog was, less what has come since."""

YIELD: Final = 0.001
"""Seconds for which the event loop leaves its processor to gRPC's threads when they have calls to bring."""

COME_BACK: Final = timedelta(seconds=1)


class Turnstile:
    """`limit` places, of which one tenant may hold half. Belongs to one event loop."""

    def __init__(self, limit: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._share = max(1, limit // 2)
        self._monotonic = monotonic
        self._places: dict[str, deque[asyncio.Future[None]]] = {}  # ordered by whose turn is next
        self._looking = False
        self._rush = 0
        self._pause = 0
        self._rounds = 0
        self._last_turn = 0.0
        self._last_round = 0.0
        self._pace = 0.0
        self._credit = 0.0
        self._backlog: Callable[[], int] = _none
        self._outside = 0
        self._asked = 0.0
        self.waiting = 0

    def watch_backlog(self, backlog: Callable[[], int]) -> None:
        """From now on asks how many calls have come that nobody has taken in."""
        self._backlog = backlog

    def look(self, tenant: str) -> None:
        """Raises Overloaded when there is no place for a call of this tenant. A transport that asks before it reads the
        call need not read it; when there is a place, the call still comes to `turn`.
        """
        if full := self._full(tenant):
            self._arrived(asyncio.get_running_loop())
            self._refuse(full)

    async def turn(self, tenant: str) -> None:
        """Returns when the call may be worked on. Raises Overloaded, at once, when there is no place for it."""
        loop = asyncio.get_running_loop()
        self._arrived(loop)
        if self._rush >= RUSH or self.waiting:
            if full := self._full(tenant):
                self._refuse(full)
            await self._wait(tenant, loop.create_future())

    def _arrived(self, loop: asyncio.AbstractEventLoop) -> None:
        self._pause = 0
        self._outside -= 1
        if self._looking:
            self._rush = min(self._rush + 1, 2 * RUSH)
        else:
            self._rush = max(self._rush - 1, 0)
            self._looking = True
            loop.call_soon(self._round, loop)

    def _full(self, tenant: str) -> str:
        """Why there is no place for a call of this tenant; empty when there is one."""
        if self.waiting >= self._limit:
            return f"{self._limit} calls wait for their turn, which is the limit"
        own = len(self._places.get(tenant, ()))
        if own >= self._share:
            return f"{self._share} calls of your tenant wait for their turn, which is its limit"
        if own >= ANYHOW and self._turns_before(own) * self._pace > LONGEST_WAIT:
            return f"{own} calls of your tenant wait for their turn, one more would wait for over {LONGEST_WAIT:g} s"
        return ""

    def _turns_before(self, own: int) -> int:
        """How many go in before the next call of a tenant of which so many wait."""
        return sum(min(len(places), own) for places in self._places.values())

    @staticmethod
    def _refuse(full: str) -> NoReturn:
        raise Overloaded(f"more calls come than this server can serve: {full}; try again later", retry_after=COME_BACK)

    async def _wait(self, tenant: str, place: "asyncio.Future[None]") -> None:
        if not self.waiting:
            self._last_turn = self._monotonic()
            self._rounds = 0
            self._pace = self._credit = 0.0
        self._places.setdefault(tenant, deque()).append(place)
        self.waiting += 1
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._leave(tenant, place)
            raise

    def _leave(self, tenant: str, place: "asyncio.Future[None]") -> None:
        places = self._places.get(tenant)
        if places is None or place not in places:
            return  # its turn came just when its client left
        places.remove(place)
        self.waiting -= 1
        if not places:
            del self._places[tenant]

    def _round(self, loop: asyncio.AbstractEventLoop) -> None:
        self._pause += 1
        self._rounds += 1
        now = self._monotonic()
        took, self._last_round = now - self._last_round, now
        if self.waiting:
            waited = now - self._last_turn
            if waited < PATIENCE and self._pause > PAUSE and self._more_to_come(now):
                loop.call_later(YIELD, self._round, loop)
                return
            if go_in := min(self.waiting, self._may_go_in(now, waited, took)):
                self._pace += (waited / go_in - self._pace) * (1 - (1 - 1 / LAST_ONES) ** go_in)
                for _ in range(go_in):
                    self._let_in(now)
        elif self._pause > PAUSE:
            self._looking = False
            return
        loop.call_soon(self._round, loop)

    def _may_go_in(self, now: float, waited: float, took: float) -> int:
        """How many, `waited` seconds after the last one, in a round that took so many."""
        if waited < PATIENCE:
            if self._pause > PAUSE:
                return AT_ONCE
        elif self._rounds <= PAUSE and self._pause > 1 and not self._more_to_come(now):
            # So few rounds in that time, and no call in the last one: the server is busy with other things.
            return min(AT_ONCE * int(waited / PATIENCE), MOST)
        self._credit += took / (KEEPS_UP if took < SHORT_ROUND else FALLS_BEHIND)
        self._credit, whole = math.modf(min(self._credit, MOST_IN_A_RUSH))
        return int(whole)

    def _more_to_come(self, now: float) -> bool:
        """Whether the core has calls for us. What it had when it was asked last comes in first."""
        if now - self._asked >= BACKLOG_SECONDS:
            self._outside, self._asked = self._backlog(), now
        return self._outside > 0

    def _let_in(self, now: float) -> None:
        tenant = next(iter(self._places))
        places = self._places.pop(tenant)
        place = places.popleft()
        if places:
            self._places[tenant] = places
        self.waiting -= 1
        self._pause = self._rounds = 0
        self._last_turn = now
        if not place.cancelled():
            place.set_result(None)


def _none() -> int:
    return 0
