"""The two clocks of one moment: what shows that the machine's clock was set, since only one of them can be."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_JUMP = timedelta(seconds=1)
"""Less is how far the two clocks are read apart, and how a machine's clock is corrected all the time."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """`now` is the time of day, which somebody may set; `monotonic` are seconds that only grow."""

    now: datetime
    monotonic: float

    def jump_since(self, earlier: "ClockReading") -> timedelta:
        """How far the time of day was moved meanwhile, back if negative; zero when it only went on."""
        passed = timedelta(seconds=self.monotonic - earlier.monotonic)
        jump = self.now - earlier.now - passed
        return jump if abs(jump) >= LEAST_JUMP else timedelta()
