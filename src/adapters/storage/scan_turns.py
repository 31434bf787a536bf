"""Whose scan runs next: tenants take turns, so that however many scans one asks for, another waits for one of them.

One runs at a time. Who leaves before its turn has nothing run; a scan that runs goes on without who asked for it, and
the next one begins after it.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class ScanTurns:
    """The scans that wait, by tenant. Belongs to one event loop."""

    def __init__(self) -> None:
        self._served: str | None = None
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # whose turn is next comes first

    async def run(self, tenant: str, begin: "Callable[[], asyncio.Future[T]]") -> T:
        """What came of a scan that began when it was the tenant's turn."""
        await self._turn(tenant)
        try:
            scan = begin()
        except BaseException:
            self._pass_on()
            raise
        scan.add_done_callback(self._ended)
        return await asyncio.shield(scan)

    def _ended(self, scan: "asyncio.Future[T]") -> None:
        if not scan.cancelled():
            scan.exception()  # looked at: who was to be told may have left
        self._pass_on()

    async def _turn(self, tenant: str) -> None:
        if self._served is None:
            self._served = tenant
            return
        turn = asyncio.get_running_loop().create_future()
        self._lines.setdefault(tenant, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._pass_on()  # its turn came just when it left
            raise

    def _pass_on(self) -> None:
        served, self._served = self._served, None
        if served is not None and served in self._lines:
            self._lines.move_to_end(served)
        while self._lines and self._served is None:
            tenant, line = next(iter(self._lines.items()))
            turn = line.popleft()
            if not line:
                del self._lines[tenant]
            if not turn.cancelled():
                self._served = tenant
                turn.set_result(None)
