"""Every field of a task's request is kept by a schedule or refused by name: a new one cannot get lost silently."""

from datetime import timedelta

import orjson
import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from aion.adapters.rpc.schedule_messages import SET_BY_CLOCK, to_message, to_new, to_update
from aion.adapters.storage.schedule_codec import CHANGING_COLUMNS, decode_schedule, encode_changing, encode_key
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.domain.schedules import CatchUp, Schedule
from aion.v1 import schedules_pb2, tasks_pb2
from tests.sample_schedules import new_schedule

READ_AND_NOT_KEPT = {"schema_version"}
"""It says how the request was written; a schedule is answered in the shape of whoever reads it."""

VALID = {"intent": "summarize", "priority": "high", "privacy": "hybrid", "preferred_engine": "module:a@1.0.0"}
SAID_OTHERWISE = {"budget_usd": "budget_micros"}


def _filled(field: FieldDescriptor, into: Message) -> None:
    """Gives a field a value that is not its default."""
    held = getattr(into, field.name)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        held["a"] = "b"
    elif field.message_type is not None and "seconds" in field.message_type.fields_by_name:
        held.seconds = 7
    elif field.message_type is not None:
        for one in field.message_type.fields:
            if one.name not in SAID_OTHERWISE:
                _filled(one, held)
    else:
        setattr(into, field.name, VALID.get(field.name, "text" if isinstance(held, str) else type(held)(7)))


def _names(descriptor: Descriptor) -> list[str]:
    return [field.name for field in descriptor.fields]


def stored(schedule: Schedule) -> Schedule:
    """It, after the store has kept it."""
    return decode_schedule((*encode_key(schedule), *encode_changing(schedule)))


@pytest.mark.parametrize("name", _names(tasks_pb2.TaskRequest.DESCRIPTOR))
def test_every_field_of_a_request_is_kept_or_refused_by_name(name):
    task = tasks_pb2.TaskRequest(intent="summarize", priority="normal")
    _filled(tasks_pb2.TaskRequest.DESCRIPTOR.fields_by_name[name], task)
    asked = schedules_pb2.CreateScheduleRequest(
        schedule=schedules_pb2.Schedule(schedule_id="nightly", cron="@daily", task=task)
    )
    if name in SET_BY_CLOCK:
        with pytest.raises(ValidationFailed) as refused:
            to_new(asked)
        assert [violation.field for violation in refused.value.violations] == [f"schedule.task.{name}"]
        return
    kept = to_message(stored(new_schedule(definition=to_new(asked).definition))).task
    if name in READ_AND_NOT_KEPT:
        task.ClearField(name)
    assert kept == task


def test_a_budget_in_dollars_is_kept_in_micro_dollars():
    task = tasks_pb2.TaskRequest(intent="summarize", sla=tasks_pb2.SLA(budget_usd=0.5))
    asked = schedules_pb2.Schedule(schedule_id="nightly", cron="@daily", task=task)
    kept = to_message(
        stored(new_schedule(definition=to_new(schedules_pb2.CreateScheduleRequest(schedule=asked)).definition))
    )
    assert kept.task.sla.budget_micros == 500_000


def test_a_schedule_that_says_nothing_of_missed_times_catches_up_for_an_hour():
    asked = schedules_pb2.Schedule(schedule_id="nightly", cron="@daily", task=tasks_pb2.TaskRequest(intent="summarize"))
    definition = to_new(schedules_pb2.CreateScheduleRequest(schedule=asked)).definition
    assert (definition.catch_up, definition.catch_up_window) == (CatchUp.LATEST, timedelta(hours=1))


def test_a_new_schedule_needs_an_id():
    asked = schedules_pb2.Schedule(cron="@daily", task=tasks_pb2.TaskRequest(intent="summarize"))
    with pytest.raises(ValidationFailed) as refused:
        to_new(schedules_pb2.CreateScheduleRequest(schedule=asked))
    assert refused.value.violations[0].field == "schedule.schedule_id"


def test_a_request_without_a_schedule_is_told_so():
    for convert, request in (
        (to_new, schedules_pb2.CreateScheduleRequest()),
        (to_update, schedules_pb2.UpdateScheduleRequest(schedule_id="nightly")),
    ):
        with pytest.raises(ValidationFailed) as refused:
            convert(request)
        assert refused.value.violations == (FieldViolation("schedule", "must be set"),)


def test_what_is_wrong_with_the_task_is_named_by_the_way_to_it():
    task = tasks_pb2.TaskRequest(intent="summarize", sla=tasks_pb2.SLA(budget_usd=0.5, budget_micros=7))
    asked = schedules_pb2.Schedule(schedule_id="nightly", cron="@daily", task=task)
    with pytest.raises(ValidationFailed) as refused:
        to_new(schedules_pb2.CreateScheduleRequest(schedule=asked))
    assert [violation.field for violation in refused.value.violations] == ["schedule.task.sla.budget_usd"]


@pytest.mark.parametrize("said", ["", "nightly"])
def test_the_id_of_the_request_names_the_schedule_that_is_updated(said):
    asked = schedules_pb2.Schedule(schedule_id=said, cron="@daily", task=tasks_pb2.TaskRequest(intent="summarize"))
    command = to_update(schedules_pb2.UpdateScheduleRequest(schedule_id="nightly", schedule=asked))
    assert command.schedule_id == "nightly"


def test_an_update_whose_ids_disagree_is_refused():
    asked = schedules_pb2.Schedule(schedule_id="other", cron="@daily", task=tasks_pb2.TaskRequest(intent="summarize"))
    with pytest.raises(ValidationFailed) as refused:
        to_update(schedules_pb2.UpdateScheduleRequest(schedule_id="nightly", schedule=asked))
    assert refused.value.violations[0].field == "schedule.schedule_id"


def test_the_template_is_stored_as_a_document_and_not_as_a_message():
    row = dict(zip(CHANGING_COLUMNS, encode_changing(new_schedule()), strict=True))
    assert orjson.loads(row["task"])["intent"] == "summarize"
