"""One of those that are measured: how it is started, and the door to it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from benchmarks.load import Door


@dataclass(frozen=True, slots=True)
class Running:
    """A subject that was started, or is starting: its first answer tells when it is there."""

    door: Door
    pids: Sequence[int]
    """Its processes, without the client and without what they started themselves."""
    check: Callable[[], None]
    """Raises Ended when one of them is gone."""


def nothing() -> None:
    """What most subjects need before they start."""


@dataclass(frozen=True, slots=True)
class Subject:
    """`packages` are those that carry its name; the first one's version stands in the report."""

    serving: Callable[[str], AbstractContextManager[Running]]
    """Starts everything, for a job with this text, and ends it all when the block is left."""
    packages: Sequence[str] = ()
    prepare: Callable[[], None] = nothing
    """Runs before the clock of the first answer: what a machine does once, and not at each start."""
