"""How far ahead the machine's clock may be: whether what is over by it is over.

A clock that is set ahead by a month makes everything a month old at once. Whoever keeps the machine's time may have set
it right, or has yet to; so what was skipped is doubted for a while, or until the clock is set back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aion.domain.clock_reading import ClockReading

HOLD = timedelta(hours=1)
"""Long enough for whoever keeps the machine's time to set it right."""

LEAST_DOUBTED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """What whoever reads a clock again and again knows of it: `ahead` is doubted until `until`, a monotonic time."""

    reading: ClockReading
    ahead: timedelta = timedelta()
    until: float = 0.0

    @property
    def believed(self) -> datetime:
        """A time of day that has come, whatever becomes of the clock."""
        return self.reading.now - self.ahead

    def after(self, reading: ClockReading) -> "ClockDoubt":
        """The doubt that is left, or new, when the clock is read again."""
        jump = reading.jump_since(self.reading)
        ahead = jump if reading.monotonic >= self.until else self.ahead + jump
        if ahead < LEAST_DOUBTED:
            return ClockDoubt(reading)
        until = reading.monotonic + HOLD.total_seconds() if jump > timedelta() else self.until
        return ClockDoubt(reading, ahead, until)
