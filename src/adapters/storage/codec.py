"""Tasks as rows, and back: the one place that knows how a domain value looks in a column.

Whatever is encoded comes back equal; a property test holds it. Times lose nothing: Python's datetimes have
microseconds, and so have the columns.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from aion.domain.attempts import Attempt, AttemptOutcome, Failure, Lease
from aion.domain.routing import Candidate, Decision, Privacy, Refusal, RefusalReason, Route
from aion.domain.tasks import Priority, Sla, Task, TaskState, Usage

Row = tuple[Any, ...]

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

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_METADATA = "{}"
_MOST_ENCODED = 1_000
_encoded_candidates: dict[int, tuple[tuple[Candidate, ...], str]] = {}


def to_us(time: datetime) -> int:
    """Microseconds since 1970."""
    span = time - _EPOCH
    return span.days * 86_400_000_000 + span.seconds * 1_000_000 + span.microseconds


def from_us(us: int) -> datetime:
    """The time, aware, UTC."""
    return _EPOCH + timedelta(microseconds=us)


def span_us(span: timedelta) -> int:
    """Microseconds of a duration, exactly."""
    return span.days * 86_400_000_000 + span.seconds * 1_000_000 + span.microseconds


def encode_asked(task: Task) -> Row:
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
        None if sla.p95 is None else span_us(sla.p95),
        task.fingerprint,
        _dump(_decision_document(task.decision)),
        task.decision.engine,
        _encode_candidates(task.decision.candidates),
        task.max_failures,
        span_us(task.attempt_timeout),
        to_us(task.create_time),
        to_us(task.expire_time),
        _dump(dict(task.metadata)) if task.metadata else _NO_METADATA,
        task.traceparent,
        _to_us_or_none(task.queue_expire_time),
        task.retry_of or None,
        task.schedule_id or None,
        _to_us_or_none(task.held_until),
    )


def encode_life(task: Task) -> Row:
    """The values of LIFE_COLUMNS."""
    lease, usage = task.lease, task.usage
    return (
        task.state,
        _to_us_or_none(task.start_time),
        _to_us_or_none(task.end_time),
        _to_us_or_none(task.not_before),
        int(task.alone),
        int(task.cancel_requested),
        lease.owner if lease else None,
        lease.fence if lease else None,
        to_us(lease.expires) if lease else None,
        _dump(task.attempts) if task.attempts else "[]",
        task.last_offset,
        task.stream_from,
        task.result_json,
        None if task.failure is None else _dump(task.failure),
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
        sla=Sla(Privacy(privacy), budget_micros, _span_or_none(p95_us)),
        fingerprint=fingerprint,
        decision=_decision(orjson.loads(decision), orjson.loads(candidates)),
        max_failures=max_failures,
        attempt_timeout=timedelta(microseconds=attempt_timeout_us),
        create_time=from_us(create_us),
        expire_time=from_us(expire_us),
        metadata=orjson.loads(metadata),
        traceparent=traceparent,
        queue_expire_time=_from_us_or_none(queue_expire_us),
        retry_of=retry_of or "",
        schedule_id=schedule_id or "",
        held_until=_from_us_or_none(held_until_us),
        state=TaskState(state),
        start_time=_from_us_or_none(start_us),
        end_time=_from_us_or_none(end_us),
        not_before=_from_us_or_none(not_before_us),
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


def encode_list(items: Iterable[tuple[str, ...]]) -> str:
    """Tuples as one JSON list, for a statement that looks for many things at once."""
    return _dump(list(items))


def encode_scopes(scopes: frozenset[str]) -> str:
    """Scopes as a sorted list."""
    return _dump(sorted(scopes))


def decode_scopes(document: str) -> frozenset[str]:
    """The scopes of a stored list."""
    return frozenset(orjson.loads(document))


def _encode_candidates(candidates: tuple[Candidate, ...]) -> str:
    """As JSON. The router decides like requests alike, so that the very same tuple comes with many tasks."""
    known = _encoded_candidates.get(id(candidates))
    if known is not None and known[0] is candidates:
        return known[1]
    document = _dump(candidates)
    if len(_encoded_candidates) >= _MOST_ENCODED:
        _encoded_candidates.clear()
    _encoded_candidates[id(candidates)] = (candidates, document)
    return document


def _dump(document: Any) -> str:
    """JSON; dataclasses become objects with their fields' names, enumerations their values, times microseconds."""
    return orjson.dumps(document, _times, orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _times(value: Any) -> int:
    if isinstance(value, datetime):
        return to_us(value)
    if isinstance(value, timedelta):
        return span_us(value)
    raise TypeError(f"{type(value).__name__} has no place in a column")


def _to_us_or_none(time: datetime | None) -> int | None:
    return None if time is None else to_us(time)


def _from_us_or_none(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)


def _span_or_none(us: int | None) -> timedelta | None:
    return None if us is None else timedelta(microseconds=us)


def _failure(document: dict[str, Any]) -> Failure:
    return Failure(document["code"], document["message"], document["retryable"])


def _attempt(document: dict[str, Any]) -> Attempt:
    failure = document["failure"]
    return Attempt(
        number=document["number"],
        engine=document["engine"],
        start_time=from_us(document["start_time"]),
        outcome=AttemptOutcome(document["outcome"]),
        end_time=_from_us_or_none(document["end_time"]),
        failure=None if failure is None else _failure(failure),
        fuel=document["fuel"],
        cost_micros=document.get("cost_micros", 0),  # rows of 0.1 have neither
        owner=document.get("owner", ""),
        digest=document.get("digest", ""),
    )


def _decision_document(decision: Decision) -> dict[str, Any]:
    return {
        "engine": decision.engine,
        "route": decision.route,
        "chosen_by": decision.chosen_by,
        "reason": decision.reason,
        "policy_version": decision.policy_version,
        "decide_time": decision.decide_time,
        "engine_digest": decision.engine_digest,
        "digest_pinned": decision.digest_pinned,
        "client_pinned": decision.client_pinned,
    }


def _decision(document: dict[str, Any], candidates: list[dict[str, Any]]) -> Decision:
    return Decision(
        engine=document["engine"],
        route=Route(document["route"]),
        chosen_by=document["chosen_by"],
        reason=document["reason"],
        candidates=tuple(_candidate(candidate) for candidate in candidates),
        policy_version=document["policy_version"],
        decide_time=from_us(document["decide_time"]),
        engine_digest=document.get("engine_digest", ""),  # rows of 0.1 have neither
        digest_pinned=document.get("digest_pinned", False),
        client_pinned=document.get("client_pinned", False),
    )


def _candidate(document: dict[str, Any]) -> Candidate:
    return Candidate(
        engine=document["engine"],
        route=Route(document["route"]),
        refusals=tuple(
            Refusal(RefusalReason(refusal["reason"]), refusal["message"]) for refusal in document["refusals"]
        ),
        reason=document["reason"],
        rank=document["rank"],
        score=document["score"],
        expected_cost_micros=document["expected_cost_micros"],
        expected_latency=_span_or_none(document["expected_latency"]),
        digest=document.get("digest", ""),
        weight=document.get("weight"),
    )
