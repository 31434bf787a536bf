"""Tasks, events and a decision as a store would give them: what the scripted use cases answer with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aion.domain.attempts import Attempt, AttemptOutcome
from aion.domain.errors import TaskNotFound
from aion.domain.events import EventKind, TaskEvent
from aion.domain.routing import Candidate, Decision, Privacy, Refusal, RefusalReason, Route
from aion.domain.tasks import Priority, Sla, Task, TaskState, Usage

TIME = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)

DECISION = Decision(
    engine="module:summarize@1.0.0",
    route=Route.LOCAL,
    chosen_by="ai-router",
    reason="the cheapest that is allowed",
    candidates=(
        Candidate("module:summarize@1.0.0", Route.LOCAL, (), "free and near", rank=1, score=1.5),
        Candidate(
            "model:gpt-x",
            Route.API,
            (Refusal(RefusalReason.PRIVACY, "privacy is local-only"),),
            "refused",
        ),
    ),
    policy_version="sha256:00",
    decide_time=TIME,
)


def a_task(task_id: str = "t-1", **changes: Any) -> Task:
    """An accepted task."""
    task = Task(
        tenant="acme",
        task_id=task_id,
        principal="svc",
        intent="summarize",
        input_json="{}",
        priority=Priority.NORMAL,
        sla=Sla(Privacy.LOCAL_ONLY),
        fingerprint=b"0" * 32,
        decision=DECISION,
        max_failures=1,
        attempt_timeout=timedelta(seconds=1),
        create_time=TIME,
        expire_time=TIME + timedelta(hours=1),
    )
    return replace(task, **changes)


def an_ended_task(task_id: str = "t-1", **changes: Any) -> Task:
    """A task that ended OK."""
    return a_task(
        task_id,
        state=TaskState.OK,
        start_time=TIME,
        end_time=TIME + timedelta(milliseconds=523),
        attempts=(Attempt(1, "module:summarize@1.0.0", TIME, AttemptOutcome.OK, TIME + timedelta(milliseconds=500)),),
        last_offset=4,
        result_json='{"summary":"..."}',
        usage=Usage(latency=timedelta(milliseconds=523), tokens=1423, cost_micros=1800),
        **changes,
    )


def an_event(offset: int, kind: EventKind = EventKind.TOKEN, **facts: Any) -> TaskEvent:
    """One event of the log."""
    return TaskEvent(offset, 1, kind, TIME, **facts)


def no_such_task(task_id: str) -> TaskNotFound:
    """What a store says of a task that is not there."""
    return TaskNotFound(f"there is no task {task_id}")
