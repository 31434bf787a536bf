"""Whether what looks old may be deleted: not while the machine's clock may be wrong.

What is deleted stays deleted, also when the clock is set right again; so after a jump ahead nothing is deleted by its
age for a while.
"""

import logging

from aion.domain.clock_doubt import HOLD, ClockDoubt
from aion.domain.clock_reading import ClockReading
from aion.ports.clock import Clock

_log = logging.getLogger("aion.app")


class DeletingByAge:
    """Follows the clock of one process, which has one of these: who begins later has not seen the clock being set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._doubt = ClockDoubt(self._read())

    def may(self) -> bool:
        """Whether the clock can be believed; asked before each time that something is deleted for its age."""
        before, self._doubt = self._doubt, self._doubt.after(self._read())
        if self._doubt.until > before.until:
            _log.warning("the clock was set ahead by %s; nothing is deleted by its age for %s", self._doubt.ahead, HOLD)
        return not self._doubt.ahead

    def _read(self) -> ClockReading:
        return ClockReading(self._clock.now(), self._clock.monotonic())
