"""What happens to tasks, as metrics, spans and log lines: the Observer port over this folder."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from aion.adapters.telemetry.logging import TRACE_ID
from aion.adapters.telemetry.metrics import Metrics
from aion.adapters.telemetry.tracing import Tracer, UnrecordedSpan
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.leased import LeasedTask
from aion.domain.schedules import Schedule
from aion.domain.tasks import Task, TaskState
from aion.ports.schedules import ScheduleObserver
from aion.ports.telemetry import Observer, Span, StoreObserver

log = structlog.stdlib.get_logger("aion.tasks")


class TelemetryObserver:
    """Counts, traces and logs. A task that goes well leaves no line above debug."""

    def __init__(self, metrics: Metrics, tracer: Tracer) -> None:
        self._metrics = metrics
        self._tracer = tracer

    def accepted(self, task: Task) -> None:
        """Counts the task by its intent."""
        self._metrics.accepted.add(task.intent)

    def attempt_began(self, task: LeasedTask) -> Span:
        """Joins the trace of the call that submitted the task, if that is recorded."""
        span = self._tracer.start("attempt", task.traceparent, _attributes(task))
        return span or UnrecordedSpan(task.traceparent)

    def step(self, name: str, parent: str) -> Span:
        """A child of the attempt's span, if that is recorded."""
        return self._tracer.start(name, parent) or UnrecordedSpan(parent)

    def attempt_ended(self, task: LeasedTask, result: AttemptResult, state: TaskState, took: timedelta) -> None:
        """Counts the attempt; logs what failed."""
        self._metrics.attempts.observe(took.total_seconds(), task.engine, result.outcome.name)
        if result.outcome in (AttemptOutcome.FAILED, AttemptOutcome.TIMEOUT, AttemptOutcome.LOST):
            failure = result.failure
            log.warning(
                "attempt failed",
                **_names(task),
                attempt=task.fence,
                engine=task.engine,
                outcome=result.outcome.name,
                code=failure.code if failure else "",
                why=failure.message if failure else "",
                state=state.name,
            )

    def ended(self, task: Task) -> None:
        """Counts the task by its state, and the events of its log."""
        self._metrics.ended.add(task.intent, task.state.name)
        self._metrics.events.add(amount=task.last_offset)

    def committed(self, writes: int, seconds: float) -> None:
        """Counts one group commit."""
        self._metrics.committed(writes, seconds)

    def lease_lost(self, task: LeasedTask, why: str) -> None:
        """Counts and logs it."""
        self._metrics.leases_lost.add()
        log.warning("lease lost", **_names(task), why=why)

    def schedule_fired(self, schedule: Schedule, lag: timedelta) -> None:
        """Counts it by how late it was."""
        self._metrics.schedules_fired.observe(lag.total_seconds())

    def schedule_skipped(self, schedule: Schedule, count: int, cause: str) -> None:
        """Counts the times and logs them: a task that somebody expects is not there."""
        self._metrics.schedules_skipped.add(cause, amount=count)
        log.warning(
            "times of a schedule were skipped",
            tenant=schedule.tenant,
            schedule_id=schedule.schedule_id,
            count=count,
            cause=cause,
        )

    def trouble(self, where: str, error: BaseException) -> None:
        """Counts it by place and logs it with its cause."""
        self._metrics.trouble.add(where)
        log.error("trouble in the background", where=where, exc_info=error)


def _names(task: LeasedTask) -> Mapping[str, str]:
    return {
        "tenant": task.tenant,
        "task_id": task.task_id,
        "intent": task.intent,
        "trace_id": task.traceparent[TRACE_ID],
    }


def _attributes(task: LeasedTask) -> Mapping[str, str | int]:
    return {
        "aion.tenant": task.tenant,
        "aion.task_id": task.task_id,
        "aion.intent": task.intent,
        "aion.engine": task.engine,
        "aion.attempt": task.fence,
    }


if TYPE_CHECKING:
    _observer: type[Observer] = TelemetryObserver
    _store_observer: type[StoreObserver] = TelemetryObserver
    _schedule_observer: type[ScheduleObserver] = TelemetryObserver
