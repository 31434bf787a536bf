"""Tasks between the domain and the contract's messages, both ways. No decision is taken here."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from aion.domain.attempts import Attempt
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.domain.events import TaskEvent
from aion.domain.money import checked_micros, dollars_from_micros, micros_from_dollars
from aion.domain.routing import Candidate, Decision, Privacy
from aion.domain.tasks import Priority, Task
from aion.ports.usecases import RetryCommand, SubmitCommand, Submitted
from aion.v1 import decisions_pb2, events_pb2, lifecycle_pb2, tasks_pb2

SCHEMA_VERSION = "1.0"
_PRIORITIES = {"": Priority.NORMAL, "low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH}
_HAPPENED = (
    "state", "status", "create_time", "start_time", "end_time", "attempts", "result_json", "error", "last_offset",
    "promise_kept", "cancel_requested",
)  # fmt: skip
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_command(request: tasks_pb2.TaskRequest, fingerprint: bytes) -> SubmitCommand:
    """What the request asks for. Raises BudgetInvalid and ValidationFailed, which protovalidate cannot say."""
    # An unset submessage is not looked into: reading from one costs as much as the rest.
    sla = request.sla if request.HasField("sla") else None
    return SubmitCommand(
        intent=request.intent,
        fingerprint=fingerprint,
        task_id=request.task_id,
        params=dict(request.params),
        params_json=request.params_json,
        preferred_engine=request.preferred_engine,
        priority=_PRIORITIES[request.priority],
        privacy=Privacy(sla.privacy) if sla and sla.privacy else None,
        budget_micros=_budget(sla) if sla else None,
        p95=timedelta(milliseconds=sla.p95_ms) if sla and sla.p95_ms else None,
        metadata=dict(request.metadata),
        expire_time=_time(request, "expire_time"),
        idempotency_key=request.request_id,
        wait=request.wait.ToTimedelta() if request.HasField("wait") else timedelta(),
        not_before=_time(request, "not_before"),
        max_queue_time=request.max_queue_time.ToTimedelta() if request.HasField("max_queue_time") else None,
        validate_only=request.validate_only,
    )


def to_retry(request: tasks_pb2.RetryRequest, fingerprint: bytes) -> RetryCommand:
    """Which task is to be done again."""
    return RetryCommand(
        request.task_id, fingerprint, request.new_task_id, request.request_id, validate_only=request.validate_only
    )


def to_answer(submitted: Submitted) -> tasks_pb2.TaskResult:
    """What a call that wanted a new task answers. What was only validated has no state: nothing happened to it."""
    message = to_message(submitted.task, replayed=submitted.replayed)
    if submitted.validated:
        _clear(message, _HAPPENED)
    return message


def _clear(message: Message, fields: Iterable[str]) -> None:
    for field in fields:
        message.ClearField(field)


def to_message(task: Task, *, replayed: bool = False) -> tasks_pb2.TaskResult:
    """The whole task."""
    message = to_summary(task)
    message.replayed = replayed
    if task.result_json is not None:
        message.result_json = task.result_json
    message.attempts.extend(_attempt(attempt) for attempt in task.attempts)
    message.decision.CopyFrom(to_decision(task.decision))
    return message


def to_summary(task: Task) -> tasks_pb2.TaskResult:
    """The task as lists show it: without result, attempts and decision."""
    usage = task.usage
    message = tasks_pb2.TaskResult(
        schema_version=SCHEMA_VERSION,
        task_id=task.task_id,
        intent=task.intent,
        status=task.state.name,
        engine=tasks_pb2.Engine(
            route=task.decision.route.value,
            chosen_by=task.decision.chosen_by,
            reason=task.decision.reason,
            name=task.decision.engine,
        ),
        usage=tasks_pb2.Usage(
            latency_ms=round(usage.latency / _MILLISECOND),
            tokens=usage.tokens,
            cost_usd=dollars_from_micros(usage.cost_micros),
            cost_micros=usage.cost_micros,
            fuel=usage.fuel,
        ),
        state=lifecycle_pb2.TaskState.ValueType(task.state),
        create_time=_stamp(task.create_time),
        expire_time=_stamp(task.expire_time),
        last_offset=task.last_offset,
        metadata=task.metadata,
        priority=task.priority.name.lower(),
        cancel_requested=task.cancel_requested,
    )
    if task.start_time is not None:
        message.start_time.CopyFrom(_stamp(task.start_time))
    if task.end_time is not None:
        message.end_time.CopyFrom(_stamp(task.end_time))
    if task.failure is not None:
        message.error.code = task.failure.code
        message.error.message = task.failure.message
    if task.promise_kept is not None:
        message.promise_kept = task.promise_kept
    if task.not_before is not None:
        message.not_before.CopyFrom(_stamp(task.not_before))
    if task.queue_expire_time is not None:
        message.queue_expire_time.CopyFrom(_stamp(task.queue_expire_time))
    if task.retry_of:
        message.retry_of = task.retry_of
    if task.schedule_id:
        message.schedule_id = task.schedule_id
    return message


def to_event(event: TaskEvent) -> events_pb2.TaskEvent:
    """One event of the log."""
    return events_pb2.TaskEvent(
        offset=event.offset,
        attempt=event.attempt,
        kind=events_pb2.EventKind.ValueType(event.kind),
        text=event.text,
        data_json=event.data_json,
        discard_from=event.discard_from,
        create_time=_stamp(event.time),
    )


def to_decision(decision: Decision) -> decisions_pb2.Decision:
    """The decision with every candidate."""
    return decisions_pb2.Decision(
        engine=decision.engine,
        route=decision.route.value,
        chosen_by=decision.chosen_by,
        reason=decision.reason,
        candidates=_candidates(decision.candidates),
        policy_version=decision.policy_version,
        decide_time=_stamp(decision.decide_time),
        engine_digest=decision.engine_digest,
        digest_pinned=decision.digest_pinned,
    )


def _candidates(candidates: Iterable[Candidate]) -> list[decisions_pb2.Candidate]:
    return [
        decisions_pb2.Candidate(
            engine=candidate.engine,
            route=candidate.route.value,
            eligible=candidate.eligible,
            refusals=[
                decisions_pb2.Refusal(
                    reason=decisions_pb2.RefusalReason.ValueType(refusal.reason), message=refusal.message
                )
                for refusal in candidate.refusals
            ],
            rank=candidate.rank,
            score=candidate.score,
            expected_cost_micros=candidate.expected_cost_micros,
            expected_latency_ms=round((candidate.expected_latency or timedelta()) / _MILLISECOND),
            reason=candidate.reason,
            digest=candidate.digest,
            weight=candidate.weight,
        )
        for candidate in candidates
    ]


def _attempt(attempt: Attempt) -> lifecycle_pb2.Attempt:
    message = lifecycle_pb2.Attempt(
        number=attempt.number,
        engine=attempt.engine,
        outcome=lifecycle_pb2.AttemptOutcome.ValueType(attempt.outcome),
        start_time=_stamp(attempt.start_time),
        error_code=attempt.failure.code if attempt.failure else "",
        error_message=attempt.failure.message if attempt.failure else "",
        fuel=attempt.fuel,
        digest=attempt.digest,
    )
    if attempt.end_time is not None:
        message.end_time.CopyFrom(_stamp(attempt.end_time))
    return message


def _budget(sla: tasks_pb2.SLA) -> int | None:
    if sla.HasField("budget_micros"):
        if sla.budget_usd:
            raise ValidationFailed(
                "sla.budget_usd and sla.budget_micros are both set; give the budget in one of them",
                violations=(FieldViolation("sla.budget_usd", "must be unset when budget_micros is set"),),
            )
        return checked_micros(sla.budget_micros, "sla.budget_micros")
    return micros_from_dollars(sla.budget_usd, "sla.budget_usd") or None


def _time(request: tasks_pb2.TaskRequest, field: Literal["expire_time", "not_before"]) -> datetime | None:
    if not request.HasField(field):
        return None
    stamp: Timestamp = getattr(request, field)
    try:
        return stamp.ToDatetime(UTC)
    except (ValueError, OverflowError) as cause:
        raise ValidationFailed(
            f"{field} is not a time between years 1 and 9999",
            violations=(FieldViolation(field, "must be an RFC 3339 time"),),
        ) from cause


def _stamp(time: datetime) -> Timestamp:
    # Timestamp.FromDatetime costs ten times as much, and a task has several times.
    since = time - _EPOCH
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1000)
