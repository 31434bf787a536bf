"""Whether what looks old may be deleted: not while the machine's clock may be wrong.

A clock that is set ahead by a month makes everything a month old at once. What is deleted stays deleted, also when the
clock is set right again; so after a jump ahead nothing is deleted by its age for a while.
"""

import logging
from datetime import timedelta

from aion.domain.clock_reading import ClockReading
from aion.ports.clock import Clock

HOLD = timedelta(hours=1)
"""Long enough for whoever keeps the machine's time to set it right."""

LEAST_JUMP = timedelta(minutes=1)

_log = logging.getLogger("aion.app")


class DeletingByAge:
    """Follows the clock of one process, which has one of these: who begins later has not seen the clock being set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known = self._read()
        self._held_until = 0.0
        self._ahead = timedelta()

    def may(self) -> bool:
        """Whether the clock can be believed; asked before each time that something is deleted for its age."""
        reading = self._read()
        self._follow(reading, reading.jump_since(self._known))
        self._known = reading
        return not self._ahead or reading.monotonic >= self._held_until

    def _follow(self, reading: ClockReading, jump: timedelta) -> None:
        if reading.monotonic >= self._held_until:
            self._ahead = timedelta()
        if not jump:
            return
        self._ahead = max(self._ahead + jump, timedelta())
        if self._ahead < LEAST_JUMP:
            self._ahead = timedelta()
        elif jump > timedelta():
            self._held_until = reading.monotonic + HOLD.total_seconds()
            _log.warning("the clock was set ahead by %s; nothing is deleted by its age for %s", jump, HOLD)

    def _read(self) -> ClockReading:
        return ClockReading(self._clock.now(), self._clock.monotonic())
