"""How calls are made: how long, how often again, under which trace."""

from dataclasses import dataclass
from typing import TypedDict

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
    always ends. `max_reconnects` counts the reconnects of a stream in a row without a new event between them; 0 or
    `max_retries` 0 lets a cut stream raise. Delays are drawn at random up to `first_delay` doubled each time, at most
    `max_delay`; a server's own hint is honoured above that.
    """

    timeout: float = 60.0
    max_retries: int = 2
    max_reconnects: int = 8
    first_delay: float = 0.1
    max_delay: float = 5.0
    traceparent: str | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense. Raises ValueError."""
        for name in ("timeout", "first_delay", "max_delay"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be more than 0 seconds, not {getattr(self, name)!r}")
        for name in ("max_retries", "max_reconnects"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more, not {getattr(self, name)!r}")
