"""Schedules between the domain and the contract's messages, both ways. No decision is taken here."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from google.api import field_behavior_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from aion.adapters.rpc.fingerprint import fingerprint
from aion.adapters.rpc.task_messages import to_command
from aion.domain.errors import FieldViolation, InvalidRequest, ValidationFailed
from aion.domain.schedules import (
    DEFAULT_CATCH_UP_WINDOW,
    CatchUp,
    Definition,
    Overlap,
    Schedule,
    TaskTemplate,
)
from aion.ports.schedule_usecases import ScheduleCommand
from aion.v1 import schedules_pb2, tasks_pb2

_MILLISECOND = timedelta(milliseconds=1)
SET_BY_CLOCK = ("task_id", "request_id", "wait", "expire_time", "not_before", "validate_only")
"""What shapes one task or one call, and so has no place in a template."""

_OUTPUT = tuple(
    field.name
    for field in schedules_pb2.Schedule.DESCRIPTOR.fields
    if field_behavior_pb2.OUTPUT_ONLY in field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
)


def to_new(request: schedules_pb2.CreateScheduleRequest) -> ScheduleCommand:
    """What the request asks for. Raises ValidationFailed and BudgetInvalid."""
    command = _to_command(request.schedule, has_schedule=request.HasField("schedule"))
    if not command.schedule_id:
        raise _refused("schedule.schedule_id", "must be set")
    return command


def to_update(request: schedules_pb2.UpdateScheduleRequest) -> ScheduleCommand:
    """What the request asks for. Raises ValidationFailed and BudgetInvalid."""
    command = _to_command(request.schedule, has_schedule=request.HasField("schedule"))
    if command.schedule_id not in ("", request.schedule_id):
        raise _refused("schedule.schedule_id", "must be empty or equal to the request's schedule_id")
    return replace(command, schedule_id=request.schedule_id)


def to_message(schedule: Schedule) -> schedules_pb2.Schedule:
    """The whole schedule."""
    said = schedule.definition
    message = schedules_pb2.Schedule(
        schedule_id=schedule.schedule_id,
        cron=said.cron,
        time_zone=said.time_zone,
        task=_to_request(said.task),
        catch_up=schedules_pb2.CatchUp.ValueType(said.catch_up),
        overlap=schedules_pb2.Overlap.ValueType(said.overlap),
        paused=said.paused,
        pause_note=said.pause_note,
        last_task_id=schedule.last_task_id,
        fired=schedule.fired,
        skipped=schedule.skipped,
        last_refusal=schedule.last_refusal,
        etag=schedule.etag,
    )
    message.catch_up_window.FromTimedelta(said.catch_up_window)
    for name, time in (
        ("start_time", said.start_time),
        ("end_time", said.end_time),
        ("create_time", schedule.create_time),
        ("update_time", schedule.update_time),
        ("next_fire_time", schedule.next_fire_time),
        ("last_fire_time", schedule.last_fire_time),
    ):
        if time is not None:
            getattr(message, name).FromDatetime(time)
    return message


def _to_command(message: schedules_pb2.Schedule, *, has_schedule: bool) -> ScheduleCommand:
    if not has_schedule:
        raise _refused("schedule", "must be set")
    definition = Definition(
        cron=" ".join(message.cron.split()),
        task=_to_template(message),
        time_zone=message.time_zone,
        catch_up=CatchUp(message.catch_up or CatchUp.LATEST),
        catch_up_window=(
            message.catch_up_window.ToTimedelta() if message.HasField("catch_up_window") else DEFAULT_CATCH_UP_WINDOW
        ),
        overlap=Overlap(message.overlap or Overlap.SKIP),
        paused=message.paused,
        pause_note=message.pause_note,
        start_time=_time(message, "start_time"),
        end_time=_time(message, "end_time"),
    )
    return ScheduleCommand(message.schedule_id, definition, _mark(message), message.etag)


def _to_template(message: schedules_pb2.Schedule) -> TaskTemplate:
    if not message.HasField("task"):
        raise _refused("schedule.task", "must be set")
    given = {field.name for field, _ in message.task.ListFields()}
    forbidden = [name for name in SET_BY_CLOCK if name in given]
    if forbidden:
        found = tuple(FieldViolation(f"schedule.task.{name}", "must be unset in a schedule") for name in forbidden)
        raise ValidationFailed("; ".join(f"{one.field} {one.description}" for one in found), violations=found)
    try:
        command = to_command(message.task, b"")
    except InvalidRequest as refusal:
        raise refusal.under("schedule.task") from refusal.__cause__
    return TaskTemplate(
        intent=command.intent,
        params=command.params,
        params_json=command.params_json,
        preferred_engine=command.preferred_engine,
        priority=command.priority,
        privacy=command.privacy,
        budget_micros=command.budget_micros,
        p95=command.p95,
        metadata=command.metadata,
        max_queue_time=message.task.max_queue_time.ToTimedelta() if message.task.HasField("max_queue_time") else None,
    )


def _to_request(task: TaskTemplate) -> tasks_pb2.TaskRequest:
    request = tasks_pb2.TaskRequest(
        intent=task.intent,
        params=task.params,
        params_json=task.params_json,
        preferred_engine=task.preferred_engine,
        priority=task.priority.name.lower(),
        metadata=task.metadata,
    )
    if task.privacy is not None:
        request.sla.privacy = task.privacy.value
    if task.budget_micros is not None:
        request.sla.budget_micros = task.budget_micros
    if task.p95 is not None:
        request.sla.p95_ms = round(task.p95 / _MILLISECOND)
    if task.max_queue_time is not None:
        request.max_queue_time.FromTimedelta(task.max_queue_time)
    return request


def _mark(message: schedules_pb2.Schedule) -> bytes:
    """The fingerprint of what a client says about a schedule."""
    said: Message = schedules_pb2.Schedule()
    said.CopyFrom(message)
    for name in (*_OUTPUT, "etag"):
        said.ClearField(name)
    return fingerprint(said)


def _time(message: schedules_pb2.Schedule, name: str) -> datetime | None:
    if not message.HasField(name):  # type: ignore[arg-type] # one of two literal names
        return None
    stamp: Timestamp = getattr(message, name)
    try:
        return stamp.ToDatetime(UTC)
    except (ValueError, OverflowError) as cause:
        raise _refused(f"schedule.{name}", "must be a time between years 1 and 9999") from cause


def _refused(field: str, rule: str) -> ValidationFailed:
    return ValidationFailed(f"{field} {rule}", violations=(FieldViolation(field, rule),))
