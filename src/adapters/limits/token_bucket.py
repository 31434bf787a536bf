"""A token bucket by key, in this process.

Each bucket is one number: the time at which it would be full again (GCRA). It remembers a bounded number
of keys. The key that was used least recently is forgotten first: nearly always its bucket is full by then,
and then forgetting it changes nothing.
"""

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from aion.ports.clock import Clock
from aion.ports.limits import RateLimiter

_MOST_KEYS: Final = 100_000
_ROUNDING: Final = 1e-9  # seconds: sums of floats are no reason to refuse


class TokenBucketLimiter:
    """`burst` tokens after a rest, then one each `every`."""

    def __init__(self, clock: Clock, every: timedelta, burst: int, most_keys: int = _MOST_KEYS) -> None:
        if every <= timedelta() or burst < 1 or most_keys < 1:
            raise ValueError("a token bucket needs every > 0, burst >= 1 and most_keys >= 1")
        self._clock = clock
        self._every = every.total_seconds()
        self._tolerance = self._every * (burst - 1)
        self._most_keys = most_keys
        self._full_at: dict[str, float] = {}  # ordered by last use

    def take(self, key: str) -> timedelta | None:
        """Takes one token; None when there was one, else how long until the next.

        A refused call costs nothing.
        """
        now = self._clock.monotonic()
        full_at = max(self._full_at.pop(key, now), now)
        wait = full_at - now - self._tolerance
        if wait > _ROUNDING:
            self._full_at[key] = full_at
            return timedelta(microseconds=ceil((wait - _ROUNDING) * 1e6))
        self._full_at[key] = full_at + self._every
        if len(self._full_at) > self._most_keys:
            del self._full_at[next(iter(self._full_at))]
        return None


class Unlimited:
    """No limit: for a setting that says `off`."""

    def take(self, key: str) -> timedelta | None:
        """There is always a token."""
        return None


if TYPE_CHECKING:
    _: type[RateLimiter] = TokenBucketLimiter
    __: type[RateLimiter] = Unlimited
