"""Who gets a lane in a host when there are more attempts than lanes: tenants take turns, and none can have them all.

A guest may run for minutes, so that turns alone would let one tenant keep every lane for that long. A tenant may
therefore hold at most three times as many lanes as are free: whoever comes gets three quarters of what is left, and
those who have more get no other until they are equal again: of two that always want more each has three sevenths.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from aion.adapters.engines.wasm.host_process import HostProcess

_TIMES_THE_FREE: Final = 3


class Place:
    """A lane in a host, taken until `free` is called; calling it again does nothing."""

    __slots__ = ("_give_back", "host")

    def __init__(self, host: HostProcess, give_back: Callable[[], None] | None = None) -> None:
        self.host = host
        self._give_back = give_back

    def free(self) -> None:
        """Others may have it."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()


Turn = asyncio.Future[Place]


class Places:
    """The lanes of the hosts in `serving`, a list that another keeps and says so by `look` when it has grown."""

    def __init__(self, serving: Sequence[HostProcess], lanes: int) -> None:
        self._serving = serving
        self._lanes = lanes
        self._held: Counter[str] = Counter()
        self._lines: dict[str, deque[Turn]] = {}

    def find(self, tenant: str) -> Place | None:
        """A place in the host with the fewest attempts, if the tenant may have one now and has no others that wait."""
        return None if tenant in self._lines else self._take(tenant)

    async def wait(self, tenant: str) -> Place:
        """The same, and waits for it. Raises ConnectionError when the engine is closed meanwhile."""
        if (place := self.find(tenant)) is not None:
            return place
        turn: Turn = asyncio.get_running_loop().create_future()
        self._lines.setdefault(tenant, deque()).append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._leave_the_line(tenant, turn)
            elif turn.exception() is None:
                # It came in the moment of the cancel.
                turn.result().free()
            raise

    def look(self) -> None:
        """Serves those that wait: one of each tenant, and again, while there are places."""
        served = True
        while served:
            served = False
            for tenant, line in tuple(self._lines.items()):
                turn = next((turn for turn in line if not turn.done()), None)
                if turn is not None and (place := self._take(tenant)) is not None:
                    self._leave_the_line(tenant, turn)
                    if line:
                        # The others are served before it comes again.
                        self._lines[tenant] = self._lines.pop(tenant)
                    turn.set_result(place)
                    served = True

    def close(self) -> None:
        """Nobody gets a place any more."""
        for turn in (turn for line in self._lines.values() for turn in line if not turn.done()):
            turn.set_exception(ConnectionError("the engine is closed"))
        self._lines.clear()

    def _take(self, tenant: str) -> Place | None:
        emptiest: HostProcess | None = None
        free = 0
        for host in self._serving:
            if not host.gone.is_set():
                free += self._lanes - host.lanes_taken
                if emptiest is None or host.lanes_taken < emptiest.lanes_taken:
                    emptiest = host
        held = self._held.get(tenant, 0)
        if emptiest is None or emptiest.lanes_taken >= self._lanes or held >= _TIMES_THE_FREE * free:
            return None
        emptiest.lanes_taken += 1
        self._held[tenant] = held + 1
        return Place(emptiest, partial(self._free, emptiest, tenant))

    def _free(self, host: HostProcess, tenant: str) -> None:
        host.lanes_taken -= 1
        self._held[tenant] -= 1
        if not self._held[tenant]:
            del self._held[tenant]
        if self._lines:
            self.look()

    def _leave_the_line(self, tenant: str, turn: Turn) -> None:
        line = self._lines[tenant]
        line.remove(turn)
        if not line:
            del self._lines[tenant]
