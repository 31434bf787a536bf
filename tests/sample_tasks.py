"""Tasks and writes for tests: every value has a default, a test names what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aion.domain.attempts import NO_TURN, AttemptOutcome, AttemptResult, Failure
from aion.domain.events import EventKind, NewEvent
from aion.domain.identity import SystemScope
from aion.domain.leased import LeasedTask
from aion.domain.routing import Candidate, Decision, Privacy, Refusal, RefusalReason, Route
from aion.domain.schedules import Firing
from aion.domain.tasks import Priority, Sla, Task
from aion.domain.writes import Accept, Append, Claim, EagerLease, IdempotencyKey, LeaseRef, Settle

START = datetime(2026, 1, 1, tzinfo=UTC)
SCOPE = SystemScope("a test acts as the worker")
LEASE = timedelta(seconds=10)
OK = AttemptResult(AttemptOutcome.OK, result_json='{"summary":"short"}', fuel=7)
FAILED = AttemptResult(AttemptOutcome.FAILED, failure=Failure("MODULE_FAILED", "it trapped"))
LOST = AttemptResult(AttemptOutcome.LOST)
WITHOUT_A_TURN = AttemptResult(AttemptOutcome.LOST, failure=Failure(NO_TURN, "all lanes are taken"))


def new_task(task_id: str = "task-1", tenant: str = "acme", now: datetime = START, **changes: Any) -> Task:
    """A PENDING task."""
    good = Candidate(
        "module:summarize@1.0.0", Route.LOCAL, (), "rank 1: local, free", 1, 2.5, 0, timedelta(milliseconds=3)
    )
    refused = Candidate(
        "model:gpt",
        Route.API,
        (Refusal(RefusalReason.PRIVACY, "privacy is local-only"),),
        "privacy is local-only",
        expected_cost_micros=1200,
    )
    values: dict[str, Any] = {
        "tenant": tenant,
        "task_id": task_id,
        "principal": "service",
        "intent": "summarize",
        "input_json": '{"text":"Ein Text."}',
        "priority": Priority.NORMAL,
        "sla": Sla(Privacy.LOCAL_ONLY),
        "fingerprint": b"fingerprint",
        "decision": Decision(good.engine, Route.LOCAL, "ai-router", "the best of 2", (good, refused), "v1", now),
        "max_failures": 0,
        "attempt_timeout": timedelta(seconds=2),
        "create_time": now,
        "expire_time": now + timedelta(hours=1),
        **changes,
    }
    return Task(**values)


def accept(
    task: Task,
    key: IdempotencyKey | None = None,
    eager: EagerLease | None = None,
    max_pending: int = 1000,
    firing: Firing | None = None,
) -> Accept:
    """Accepts a task."""
    return Accept(task, key, eager, max_pending, firing)


def key(name: str = "key-1", principal: str = "service", fingerprint: bytes = b"fingerprint") -> IdempotencyKey:
    """An idempotency key of create-task."""
    return IdempotencyKey(principal, "create-task", name, fingerprint)


def eager(owner: str = "worker-1", engines: frozenset[str] | None = None) -> EagerLease:
    """Asks for an eager start."""
    return EagerLease(owner, LEASE, engines)


def claim(limit: int = 1, owner: str = "worker-1") -> Claim:
    """Asks for work."""
    return Claim(owner, limit, LEASE)


def lease_of(task: Task | LeasedTask) -> LeaseRef:
    """The lease of the task's latest attempt."""
    return LeaseRef(task.tenant, task.task_id, task.fence)


def tokens(task: Task | LeasedTask, *texts: str) -> Append:
    """Adds tokens under the task's latest fence."""
    return Append(lease_of(task), tuple(NewEvent(EventKind.TOKEN, text) for text in texts))


def settle(task: Task | LeasedTask, result: AttemptResult = OK, *texts: str) -> Settle:
    """Ends the task's latest attempt, with last tokens."""
    return Settle(lease_of(task), result, tuple(NewEvent(EventKind.TOKEN, text) for text in texts))
