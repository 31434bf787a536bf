"""Tasks between the domain and the contract's messages, both ways. No decision is taken here."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from aion.adapters.rpc.decision_messages import DecisionMessages
from aion.adapters.rpc.time_messages import set_time
from aion.domain.attempts import Attempt
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.domain.events import TaskEvent
from aion.domain.money import checked_micros, dollars_from_micros, micros_from_dollars
from aion.domain.routing import Privacy
from aion.domain.tasks import Priority, Task
from aion.ports.usecases import RetryCommand, SubmitCommand, Submitted
from aion.v1 import events_pb2, lifecycle_pb2, tasks_pb2

SCHEMA_VERSION = "1.0"
_PRIORITIES = {"": Priority.NORMAL, "low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH}
_HAPPENED = (
    "state", "status", "create_time", "start_time", "end_time", "attempts", "result_json", "error", "last_offset",
    "promise_kept", "cancel_requested",
)  # fmt: skip
_MILLISECOND = timedelta(milliseconds=1)
_DECISIONS = DecisionMessages()


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
    _DECISIONS.write(task.decision, message.decision)
    return message


def to_summary(task: Task) -> tasks_pb2.TaskResult:
    """The task as lists show it: without result, attempts and decision."""
    message = tasks_pb2.TaskResult(
        schema_version=SCHEMA_VERSION,
        task_id=task.task_id,
        intent=task.intent,
        status=task.state.name,
        state=lifecycle_pb2.TaskState.ValueType(task.state),
        last_offset=task.last_offset,
        metadata=task.metadata,
        priority=task.priority.name.lower(),
        cancel_requested=task.cancel_requested,
        error=None if task.failure is None else tasks_pb2.Error(code=task.failure.code, message=task.failure.message),
        promise_kept=task.promise_kept,
        retry_of=task.retry_of,
        schedule_id=task.schedule_id,
    )
    # What is filled in its place is not copied there, which costs more than to make it.
    engine, usage = message.engine, message.usage
    engine.route = task.decision.route.value
    engine.chosen_by = task.decision.chosen_by
    engine.reason = task.decision.reason
    engine.name = task.decision.engine
    usage.latency_ms = round(task.usage.latency / _MILLISECOND)
    usage.tokens = task.usage.tokens
    usage.cost_usd = dollars_from_micros(task.usage.cost_micros)
    usage.cost_micros = task.usage.cost_micros
    usage.fuel = task.usage.fuel
    set_time(message.create_time, task.create_time)
    set_time(message.expire_time, task.expire_time)
    if task.start_time is not None:
        set_time(message.start_time, task.start_time)
    if task.end_time is not None:
        set_time(message.end_time, task.end_time)
    if task.not_before is not None:
        set_time(message.not_before, task.not_before)
    if task.queue_expire_time is not None:
        set_time(message.queue_expire_time, task.queue_expire_time)
    return message


def write_event(message: events_pb2.TaskEvent, event: TaskEvent) -> None:
    """Makes the message this event of a log; what is filled in its place is not copied there."""
    message.offset = event.offset
    message.attempt = event.attempt
    message.kind = events_pb2.EventKind.ValueType(event.kind)
    message.text = event.text
    message.data_json = event.data_json
    message.discard_from = event.discard_from
    set_time(message.create_time, event.time)


def _attempt(attempt: Attempt) -> lifecycle_pb2.Attempt:
    message = lifecycle_pb2.Attempt(
        number=attempt.number,
        engine=attempt.engine,
        outcome=lifecycle_pb2.AttemptOutcome.ValueType(attempt.outcome),
        error_code=attempt.failure.code if attempt.failure else "",
        error_message=attempt.failure.message if attempt.failure else "",
        fuel=attempt.fuel,
        digest=attempt.digest,
    )
    set_time(message.start_time, attempt.start_time)
    if attempt.end_time is not None:
        set_time(message.end_time, attempt.end_time)
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
