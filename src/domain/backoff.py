"""How long a task is held back before it is tried again: exponential backoff with jitter."""

from datetime import timedelta
from zlib import crc32

FIRST_BACKOFF = timedelta(milliseconds=200)
"""The longest pause before the first retry; it doubles with each failure."""

MOST_HAND_BACK = timedelta(seconds=5)
"""The longest pause after an attempt was handed back; it begins and doubles like that of a retry."""

_MOST_DOUBLINGS = 20


def backoff(task_id: str, times: int) -> timedelta:
    """The pause after so many attempts came to nothing, at least one: it doubles each time, and up to half of it is
    jitter, which comes from the task's id, so that the law of states stays a pure function.
    """
    jitter = crc32(f"{task_id}/{times}".encode()) / 0xFFFFFFFF
    doubled = 1 << min(times - 1, _MOST_DOUBLINGS)
    return FIRST_BACKOFF * doubled * (0.5 + jitter / 2)
