"""How much one caller may ask."""

from datetime import timedelta
from typing import Protocol


class RateLimiter(Protocol):
    """A token bucket by key. Never blocks."""

    def take(self, key: str) -> timedelta | None:
        """Takes one token; None when there was one, else how long until the next."""
        ...
