"""How a server goes away: one deadline for everything that it still waits for."""

from datetime import timedelta

from aion.ports.clock import Clock

LAST_MOMENT = 0.5
"""Seconds that a step gets when the deadline has passed: enough to say a last word or to hand a task back."""


class DrainTime:
    """What is left of the time to drain; all of it until the drain begins."""

    def __init__(self, clock: Clock, total: timedelta) -> None:
        self._clock = clock
        self._total = total.total_seconds()
        self._ends: float | None = None

    def begin(self) -> None:
        """The drain begins; from now on the time runs."""
        if self._ends is None:
            self._ends = self._clock.monotonic() + self._total

    def left(self) -> float:
        """Seconds that the next step may take."""
        if self._ends is None:
            return self._total
        return max(LAST_MOMENT, self._ends - self._clock.monotonic())
