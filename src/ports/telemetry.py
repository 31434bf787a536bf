"""What AION tells about itself while it works. Every method is cheap and never raises."""

from datetime import timedelta
from typing import Protocol

from aion.domain.attempts import AttemptResult
from aion.domain.leased import LeasedTask
from aion.domain.tasks import Task, TaskState


class Span(Protocol):
    """One timed piece of work in a trace."""

    @property
    def traceparent(self) -> str:
        """The W3C header that makes another span its child."""
        ...

    def end(self, error: str = "") -> None:
        """Ends it, with the reason when it failed."""
        ...


class StoreObserver(Protocol):
    """Told of what a store does, whoever asked for it."""

    def committed(self, writes: int, seconds: float) -> None:
        """One commit of several writes; in the thread that commits."""
        ...

    def ended(self, task: Task) -> None:
        """A task reached its end, by a worker, a cancel or a clock; after the commit, in the event loop."""
        ...


class Observer(Protocol):
    """Told of what happens to tasks; turns it into metrics, traces and logs."""

    def accepted(self, task: Task) -> None:
        """A task was accepted (not replayed)."""
        ...

    def attempt_began(self, task: LeasedTask) -> Span:
        """A worker starts an attempt; the span joins the trace of the call that submitted the task."""
        ...

    def step(self, name: str, parent: str) -> Span:
        """A part of an attempt begins, such as `engine` or `settle`; `parent` is the attempt's traceparent."""
        ...

    def attempt_ended(self, task: LeasedTask, result: AttemptResult, state: TaskState, took: timedelta) -> None:
        """An attempt was settled; `state` is the task's afterwards."""
        ...

    def lease_lost(self, task: LeasedTask, why: str) -> None:
        """A worker found that it no longer holds a lease and stopped the work."""
        ...

    def trouble(self, where: str, error: BaseException) -> None:
        """Something unexpected happened in the background; it is logged with its cause and the work goes on."""
        ...
