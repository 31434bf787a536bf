"""Measured latency by engine, recent and cheap enough to be fed by every attempt.

Measurements age: an engine that nobody chooses because it was slow once becomes unmeasured, and so gets
another chance.
"""

import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aion.domain.routing import ENOUGH_ATTEMPTS, RECENT
from aion.ports.catalog import LatencyBook

KEPT: Final = 256


class _Ring:
    """The latest measurements of one engine as (when, seconds), and the p95 as it was last computed."""

    __slots__ = ("computed", "measured", "p95", "since")

    def __init__(self) -> None:
        self.measured: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self.p95: timedelta | None = None
        self.computed = float("-inf")
        self.since = 0


class RecentLatency:
    """The p95 of the last 256 attempts of an engine, none older than five minutes. One event loop may use it.

    The p95 is computed again every second, so reading it costs a lookup and decisions can be remembered meanwhile.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._rings: dict[str, _Ring] = {}

    def observe(self, engine: str, latency: timedelta) -> None:
        """One attempt that ended OK took this long."""
        ring = self._rings.get(engine)
        if ring is None:
            ring = self._rings[engine] = _Ring()
        ring.measured.append((self._seconds(), latency.total_seconds()))
        ring.since += 1

    def p95(self, engine: str) -> timedelta | None:
        """The recent p95, or None when fewer than 20 attempts are known from the last five minutes."""
        ring = self._rings.get(engine)
        if ring is None:
            return None
        now = self._seconds()
        if now - ring.computed >= 1.0 or (ring.p95 is None and ring.since >= 16):
            ring.p95 = _p95(ring.measured, now - RECENT.total_seconds())
            ring.computed, ring.since = now, 0
        return ring.p95


def _p95(measured: deque[tuple[float, float]], oldest: float) -> timedelta | None:
    while measured and measured[0][0] < oldest:
        measured.popleft()
    if len(measured) < ENOUGH_ATTEMPTS:
        return None
    seconds = sorted(latency for _, latency in measured)
    # Nearest rank: the smallest measurement that 95 of 100 do not exceed.
    return timedelta(seconds=seconds[-(-len(seconds) * 95 // 100) - 1])


if TYPE_CHECKING:
    _: type[LatencyBook] = RecentLatency
