"""The real clock and the real randomness of this machine."""

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aion.ports.clock import Clock, Entropy


class SystemClock:
    """The operating system's clocks."""

    def now(self) -> datetime:
        """The current time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()


class SystemEntropy:
    """The kernel's random bytes."""

    def bytes(self, count: int) -> bytes:
        """`count` bytes fit for secrets."""
        return os.urandom(count)


if TYPE_CHECKING:
    _clock: type[Clock] = SystemClock
    _entropy: type[Entropy] = SystemEntropy
