"""When a call is made again, and after which delay: pure arithmetic, the same for both faces.

Nearly every call may be repeated: reads change nothing, and what creates something carries a request id; the contract's
table says which. A call that may not is made again only after a refusal that says that nothing was done.
"""

import math
import random
import time
from collections.abc import Callable
from dataclasses import replace

from aion_sdk._contract.methods import (
    DELETIONS,
    NOTHING_WAS_DONE,
    REPEATABLE,
    REPEATABLE_WITHOUT_ETAG,
    RETRYABLE_CODES,
)
from aion_sdk.errors import AionError, DeadlineExceeded, NotFound, RateLimited, Unavailable
from aion_sdk.options import Options, seconds

MOST_DOUBLINGS = 1023
"""A number of seconds holds no more of them."""

LONGEST = 10 * 365 * 86_400.0
"""Seconds. gRPC counts 64 bits of nanoseconds, and takes a time beyond them for one that is over."""


def is_retryable(error: AionError) -> bool:
    """Whether the same call may pass later; CANCELLED may not: somebody gave it up."""
    retryable = isinstance(error, Unavailable | RateLimited | DeadlineExceeded)
    return retryable and (not error.code or error.code in RETRYABLE_CODES)


def is_repeatable(path: str, etag: str | None = None) -> bool:
    """Whether a call does no more when it is made twice; `etag` is the one that a change names, "" for none."""
    return path in REPEATABLE or (etag == "" and path in REPEATABLE_WITHOUT_ETAG)


class Retries:
    """The attempts of one call: how many are left, and how much time; `attempt` bounds each of them beside that."""

    def __init__(
        self,
        options: Options,
        *,
        limit: int,
        timeout: float | None,
        attempt: float | None = None,
        repeatable: bool = True,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._options = options
        self._limit = limit
        self._attempt = math.inf if attempt is None else attempt
        self._repeatable = repeatable
        self._clock = clock
        self._draw = draw
        self._deadline = math.inf if timeout is None else clock() + seconds("timeout", timeout)
        self._failures = 0
        self._may_be_done = False

    def time_left(self) -> float | None:
        """Seconds that the next attempt has, None without a bound. Raises DeadlineExceeded at the call's deadline."""
        left = min(self._attempt, self._deadline - self._clock())
        if left <= 0:
            raise DeadlineExceeded("the call's time is up; a task that was accepted goes on")
        return None if left == math.inf else min(left, LONGEST)

    def progress(self) -> None:
        """Forget earlier failures: something new came through."""
        self._failures = 0

    def delay_after(self, error: AionError) -> float:
        """Seconds to wait before the next attempt. Raises the error itself when there is to be none."""
        if self._may_be_done:
            error.details = replace(error.details, never_sent=False)
        if not is_retryable(error) or self._failures >= self._limit:
            raise error
        if not self._repeatable and error.reason not in NOTHING_WAS_DONE:
            raise error
        ceiling = min(self._options.max_delay, self._options.first_delay * 2 ** min(self._failures, MOST_DOUBLINGS))
        delay = max(error.retry_after or 0.0, self._draw(0.0, ceiling))
        if self._clock() + delay >= self._deadline:
            raise error
        self._failures += 1
        self._may_be_done |= error.reason not in NOTHING_WAS_DONE and not error.details.never_sent
        return delay

    def deleted_before(self, path: str, error: AionError) -> bool:
        """Whether a deletion finds nothing since an attempt of this call carried it out, whose answer was lost."""
        found_nothing = isinstance(error, NotFound) and bool(error.reason)
        return path in DELETIONS and self._may_be_done and found_nothing
