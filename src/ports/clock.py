"""Time and randomness as ports, so that tests own both."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The one source of time.

    `now` is aware, in UTC, and is what is written down. `monotonic` is in seconds from an arbitrary start, never goes
    back, and is what durations are measured with.
    """

    def now(self) -> datetime:
        """The current time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow."""
        ...


class Entropy(Protocol):
    """The one source of randomness for ids and secrets."""

    def bytes(self, count: int) -> bytes:
        """`count` bytes fit for secrets."""
        ...
