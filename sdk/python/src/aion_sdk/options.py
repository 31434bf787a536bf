"""How calls are made: how long, how often again, under which trace."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

MOST_AT_ONCE = 64
"""The largest `concurrency`: calls of one batch that are under way at the same time."""

TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

SUBMIT_WAIT_SECONDS = 30.0
"""How long `run` lets the submitting call itself wait for the end, before it watches instead."""


class OptionChanges(TypedDict, total=False):
    """The options that a client takes by name; Options explains each."""

    timeout: float
    max_retries: int
    max_reconnects: int
    first_delay: float
    max_delay: float
    traceparent: str


@dataclass(frozen=True, slots=True)
class Options:
    """Seconds, unless said otherwise.

    `timeout` bounds one call with all its retries; streams and `run` have none unless they are given one, since a task
    always ends. `max_retries` 2 bridge less than 0.3 seconds. `max_reconnects` counts the reconnects of a stream in a
    row without a new event between them, and how often `run` asks again: 24 last
    longer than a restart of the server of about 30 seconds; 0 or `max_retries` 0 lets a cut stream raise. Delays are
    drawn at random up to `first_delay` doubled each time, at most `max_delay`; a server's own hint is honoured above
    that.
    """

    timeout: float = 60.0
    max_retries: int = 2
    max_reconnects: int = 24
    first_delay: float = 0.1
    max_delay: float = 5.0
    traceparent: str | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense. Raises ValueError."""
        for name in ("timeout", "first_delay", "max_delay"):
            if not seconds(name, getattr(self, name)) > 0:
                raise ValueError(f"{name} must be more than 0 seconds, not {getattr(self, name)!r}")
        for name in ("max_retries", "max_reconnects"):
            whole(name, getattr(self, name))
        if self.traceparent and not TRACEPARENT.fullmatch(self.traceparent):
            raise ValueError("traceparent must be such as 00-32 hex digits-16 hex digits-01 (W3C Trace Context)")


def known(given: Iterable[str], names: Iterable[str]) -> None:
    """Refuse options that nobody would read. Raises TypeError, with the name that may have been meant."""
    names = list(names)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
            meant = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
            raise TypeError(f"there is no option {name!r}; {meant}")


def seconds(name: str, value: object) -> float:
    """Return a time in seconds. Raises TypeError for what is no number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number of seconds, not {value!r}")
    return value


def whole(name: str, value: object) -> int:
    """Return what counts something. Raises ValueError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} must be a whole number, 0 or more, not {value!r}")
    return value
