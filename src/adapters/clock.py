"""The real clock and the real randomness of this machine."""

import os
import time
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from aion.ports.clock import Clock, Entropy

_PAGE_BYTES = 4096


class SystemClock:
    """The operating system's clocks."""

    def now(self) -> datetime:
        """The current time, aware, UTC."""
        return datetime.now(UTC)

    monotonic = staticmethod(time.monotonic)
    """Seconds that only grow."""


class SystemEntropy:
    """The kernel's random bytes, fetched a page at a time.

    Each fetch lets go of the interpreter's lock, and getting it back from a busy thread costs more than the bytes.
    Not safe for processes that fork; AION starts its children by exec. Every byte is given out once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._page = b""
        self._used = 0

    def bytes(self, count: int) -> bytes:
        """`count` bytes fit for secrets."""
        with self._lock:
            if count > len(self._page) - self._used:
                self._page, self._used = os.urandom(max(_PAGE_BYTES, count)), 0
            start = self._used
            self._used += count
            return self._page[start : self._used]


if TYPE_CHECKING:
    _clock: type[Clock] = SystemClock
    _entropy: type[Entropy] = SystemEntropy
