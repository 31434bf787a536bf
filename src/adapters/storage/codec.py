"""Tasks as rows, and back: the one place that knows how a task looks in its columns.

Whatever is encoded comes back equal; a property test holds it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson

from aion.adapters.storage.decision_codec import decode_decision, encode_candidates, encode_verdict
from aion.adapters.storage.json_columns import dump
from aion.adapters.storage.times import (
    from_us,
    span_or_none,
    span_us,
    span_us_or_none,
    time_or_none,
    to_us,
    us_or_none,
)
from aion.domain.attempts import Attempt, AttemptOutcome, Failure, Lease
from aion.domain.routing import Privacy
from aion.domain.tasks import Priority, Sla, Task, TaskState, Usage

ASKED_COLUMNS = (
    "tenant_id",
    "task_id",
    "principal",
    "intent",
    "input_json",
    "priority",
    "privacy",
    "budget_micros",
    "p95_us",
    "fingerprint",
    "decision",
    "engine",
    "candidates",
    "max_failures",
    "attempt_timeout_us",
    "create_us",
    "expire_us",
    "metadata",
    "traceparent",
    "queue_expire_us",
    "retry_of",
    "schedule_id",
    "held_until_us",
)
"""What was asked: written once."""

LIFE_COLUMNS = (
    "state",
    "start_us",
    "end_us",
    "not_before_us",
    "alone",
    "cancel_requested",
    "lease_owner",
    "lease_fence",
    "lease_expires_us",
    "attempts",
    "last_offset",
    "stream_from",
    "result_json",
    "failure",
    "latency_us",
    "tokens",
    "cost_micros",
    "fuel",
    "promise_kept",
)
"""Where it is in its life: written with each change."""

TASK_COLUMNS = ASKED_COLUMNS + LIFE_COLUMNS
PAYLOAD_COLUMNS = {"input_json": "", "candidates": "[]", "attempts": "[]", "result_json": None}
"""What lists leave out, and what stands there instead."""

_NO_METADATA = "{}"


def encode_asked(task: Task) -> tuple[Any, ...]:
    """The values of ASKED_COLUMNS."""
    sla = task.sla
    return (
        task.tenant,
        task.task_id,
        task.principal,
        task.intent,
        task.input_json,
        task.priority,
        sla.privacy,
        sla.budget_micros,
        span_us_or_none(sla.p95),
        task.fingerprint,
        encode_verdict(task.decision),
        task.decision.engine,
        encode_candidates(task.decision.candidates),
        task.max_failures,
        span_us(task.attempt_timeout),
        to_us(task.create_time),
        to_us(task.expire_time),
        dump(dict(task.metadata)) if task.metadata else _NO_METADATA,
        task.traceparent,
        us_or_none(task.queue_expire_time),
        task.retry_of or None,
        task.schedule_id or None,
        us_or_none(task.held_until),
    )


def encode_life(task: Task) -> tuple[Any, ...]:
    """The values of LIFE_COLUMNS."""
    lease, usage = task.lease, task.usage
    return (
        task.state,
        us_or_none(task.start_time),
        us_or_none(task.end_time),
        us_or_none(task.not_before),
        int(task.alone),
        int(task.cancel_requested),
        lease.owner if lease else None,
        lease.fence if lease else None,
        to_us(lease.expires) if lease else None,
        dump(task.attempts) if task.attempts else "[]",
        task.last_offset,
        task.stream_from,
        task.result_json,
        None if task.failure is None else dump(task.failure),
        span_us(usage.latency),
        usage.tokens,
        usage.cost_micros,
        usage.fuel,
        None if task.promise_kept is None else int(task.promise_kept),
    )


def decode_task(row: Sequence[Any]) -> Task:
    """The task of a row with TASK_COLUMNS."""
    (
        tenant, task_id, principal, intent, input_json, priority, privacy, budget_micros, p95_us, fingerprint,
        decision, _engine, candidates, max_failures, attempt_timeout_us, create_us, expire_us, metadata, traceparent,
        queue_expire_us, retry_of, schedule_id, held_until_us,
        state, start_us, end_us, not_before_us, alone, cancel_requested, lease_owner, lease_fence,
        lease_expires_us, attempts, last_offset, stream_from, result_json, failure, latency_us, tokens,
        cost_micros, fuel, promise_kept,
    ) = row  # fmt: skip
    return Task(
        tenant=tenant,
        task_id=task_id,
        principal=principal,
        intent=intent,
        input_json=input_json,
        priority=Priority(priority),
        sla=Sla(Privacy(privacy), budget_micros, span_or_none(p95_us)),
        fingerprint=fingerprint,
        decision=decode_decision(decision, candidates),
        max_failures=max_failures,
        attempt_timeout=timedelta(microseconds=attempt_timeout_us),
        create_time=from_us(create_us),
        expire_time=from_us(expire_us),
        metadata=orjson.loads(metadata),
        traceparent=traceparent,
        queue_expire_time=time_or_none(queue_expire_us),
        retry_of=retry_of or "",
        schedule_id=schedule_id or "",
        held_until=time_or_none(held_until_us),
        state=TaskState(state),
        start_time=time_or_none(start_us),
        end_time=time_or_none(end_us),
        not_before=time_or_none(not_before_us),
        alone=bool(alone),
        cancel_requested=bool(cancel_requested),
        lease=None if lease_owner is None else Lease(lease_owner, lease_fence, from_us(lease_expires_us)),
        attempts=tuple(_attempt(document) for document in orjson.loads(attempts)),
        last_offset=last_offset,
        stream_from=stream_from,
        result_json=result_json,
        failure=None if failure is None else _failure(orjson.loads(failure)),
        usage=Usage(timedelta(microseconds=latency_us), tokens, cost_micros, fuel),
        promise_kept=None if promise_kept is None else bool(promise_kept),
    )


def _failure(document: dict[str, Any]) -> Failure:
    return Failure(document["code"], document["message"], document["retryable"])


def _attempt(document: dict[str, Any]) -> Attempt:
    failure = document["failure"]
    return Attempt(
        number=document["number"],
        engine=document["engine"],
        start_time=from_us(document["start_time"]),
        outcome=AttemptOutcome(document["outcome"]),
        end_time=time_or_none(document["end_time"]),
        failure=None if failure is None else _failure(failure),
        fuel=document["fuel"],
        cost_micros=document.get("cost_micros", 0),  # rows of 0.1 have neither
        owner=document.get("owner", ""),
        digest=document.get("digest", ""),
    )
