"""What became of values, on its way back: from the writer's thread, which knows it, to the event loop, where they wait.

All that was committed together is told together: first the signals, then the answers. Who has stopped waiting is told
nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from aion.adapters.storage.transaction import Notices, Transaction
from aion.domain.errors import OutcomeUnknown, StoreUnavailable
from aion.domain.writes import Accept
from aion.ports.signals import Signals
from aion.ports.telemetry import StoreObserver


class Job(NamedTuple):
    """One value on its way: its name, what it does, who waits for it, and what it makes, if it makes a task."""

    name: str
    step: Callable[[Transaction], Any]
    answer: "asyncio.Future[Any]"
    accepts: Accept | None


@dataclass(frozen=True, slots=True)
class Failed:
    """The outcome of a value that is refused, or was not written."""

    error: Exception


class Outcomes:
    """Those that are not delivered yet. The writer's thread fills it and has it delivered."""

    def __init__(self, loop: asyncio.AbstractEventLoop, signals: Signals, observer: StoreObserver | None) -> None:
        self._loop = loop
        self._signals = signals
        self._observer = observer
        self._answers: list[tuple[Job, Any]] = []
        self._notices: list[Notices] = []

    def stand(self, jobs: Sequence[Job], outcomes: Sequence[Any], notices: Notices) -> None:
        """These were committed, and this is to be told of them."""
        self._notices.append(notices)
        self._answers.extend(zip(jobs, outcomes, strict=True))

    def doubt(self, jobs: Sequence[Job], outcomes: Sequence[Any], broken: Exception) -> None:
        """Whether these were committed is unknown; what was refused before stays refused."""
        self._answers.extend(pair for pair in zip(jobs, outcomes, strict=True) if isinstance(pair[1], Failed))
        self.refuse_the_rest(jobs, unknown, broken)

    def refuse(self, jobs: Sequence[Job], error: Callable[[Exception], Exception], broken: Exception) -> None:
        """These were not written."""
        self._answers.extend((job, Failed(error(broken))) for job in jobs)

    def refuse_the_rest(self, jobs: Sequence[Job], error: Callable[[Exception], Exception], broken: Exception) -> None:
        """Those of them that have no outcome yet get this one."""
        answered = {id(job) for job, _ in self._answers}
        self.refuse([job for job in jobs if id(job) not in answered], error, broken)

    def deliver(self) -> None:
        """Hands them over to the event loop."""
        answers, self._answers = self._answers, []
        notices, self._notices = self._notices, []
        self._loop.call_soon_threadsafe(self._tell, answers, notices)

    def _tell(self, answers: Sequence[tuple[Job, Any]], notices: Sequence[Notices]) -> None:
        signals = self._signals
        for notice in notices:
            for tenant, task_id in notice.changed:
                signals.task_changed(tenant, task_id)
            for tenant, task_id in notice.canceled:
                signals.cancel_requested(tenant, task_id)
            if notice.work_arrived:
                signals.work_arrived()
            if self._observer is not None:
                for task in notice.ended:
                    self._observer.ended(task)
        for job, outcome in answers:
            if job.answer.done():
                continue
            if isinstance(outcome, Failed):
                job.answer.set_exception(outcome.error)
            else:
                job.answer.set_result(outcome)


def unavailable(broken: Exception) -> Exception:
    """Nothing was written."""
    error = StoreUnavailable("the store cannot write now; nothing was written, try again")
    error.__cause__ = broken
    return error


def unknown(broken: Exception) -> Exception:
    """It may have been written, or not."""
    error = OutcomeUnknown("the commit failed, its outcome is unknown: retry with the same key")
    error.__cause__ = broken
    return error


def itself(broken: Exception) -> Exception:
    """The value's own fault."""
    return broken
