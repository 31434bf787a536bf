"""When a call is made again, and after which delay: pure arithmetic, the same for both faces.

Nearly every call may be repeated: reads change nothing, and what creates a task carries a request id. A call that may
not is made again only after a refusal that says that nothing was done.
"""

import random
import time
from collections.abc import Callable

from aion_sdk.errors import AionError, DeadlineExceeded, RateLimited, Unavailable
from aion_sdk.options import Options

NOTHING_WAS_DONE = frozenset({"DRAINING", "RATE_LIMITED"})
"""Reasons with which a call is refused before anything else is looked at."""


def is_retryable(error: AionError) -> bool:
    """Whether the same call may pass later: UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED."""
    if error.code == "CANCELLED":
        return False
    return isinstance(error, Unavailable | RateLimited | DeadlineExceeded)


class Retries:
    """The attempts of one call: how many are left, and how much time."""

    def __init__(
        self,
        options: Options,
        *,
        limit: int,
        timeout: float | None,
        repeatable: bool = True,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._options = options
        self._limit = limit
        self._repeatable = repeatable
        self._clock = clock
        self._draw = draw
        self._deadline = None if timeout is None else clock() + timeout
        self._failures = 0

    def time_left(self) -> float | None:
        """Seconds until the call's own deadline, None without one. Raises DeadlineExceeded."""
        if self._deadline is None:
            return None
        left = self._deadline - self._clock()
        if left <= 0:
            raise DeadlineExceeded("the call's time is up; a task that was accepted goes on")
        return left

    def progress(self) -> None:
        """Forget earlier failures: something new came through."""
        self._failures = 0

    def delay_after(self, error: AionError) -> float:
        """Seconds to wait before the next attempt. Raises the error itself when there is to be none."""
        if not is_retryable(error) or self._failures >= self._limit:
            raise error
        if not self._repeatable and error.reason not in NOTHING_WAS_DONE:
            raise error
        ceiling = min(self._options.max_delay, self._options.first_delay * 2**self._failures)
        delay = max(error.retry_after or 0.0, self._draw(0.0, ceiling))
        if self._deadline is not None and self._clock() + delay >= self._deadline:
            raise error
        self._failures += 1
        return delay
