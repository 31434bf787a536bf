"""What a guest sees of time and chance: the real ones when its manifest was granted them, else the same in every run.

Without the grant time stands still and random bytes follow from the attempt's seed, so the same task gives the same
answer on every attempt.
"""

import hashlib
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aion.adapters.engines.wasm.host.attempt import Attempt

REALTIME, MONOTONIC = 0, 1

# Neither may be zero: some language runtimes take a clock at zero for a broken one.
_STILL_REALTIME = 1_577_836_800 * 10**9
_STILL_MONOTONIC = 10**9


def now(attempt: "Attempt", clock: int) -> int:
    """What the guest sees on a clock, in nanoseconds."""
    if "clock" not in attempt.granted:
        return _STILL_REALTIME if clock == REALTIME else _STILL_MONOTONIC
    return time.time_ns() if clock == REALTIME else time.monotonic_ns()


def random_bytes(attempt: "Attempt", size: int) -> bytes:
    """The next random bytes."""
    if "random" in attempt.granted:
        return os.urandom(size)
    attempt.random_blocks += 1
    return hashlib.shake_256(attempt.seed + attempt.random_blocks.to_bytes(8, "little")).digest(size)
