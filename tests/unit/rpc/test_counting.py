"""Too many items are refused by their number alone, in the words of the contract's rules."""

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.struct_pb2 import ListValue

from aion.adapters.rpc.counting import too_many
from aion.adapters.rpc.methods import methods
from aion.adapters.rpc.validation import Validation
from aion.contract import validate_pb2
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.v1 import schedules_pb2, tasks_pb2, webhooks_pb2

CROWD = {str(number): "" for number in range(65)}


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (tasks_pb2.TaskRequest(intent="echo", params=CROWD), "params"),
        (tasks_pb2.ListTasksRequest(states=range(1, 8)), "states"),
        (tasks_pb2.SubmitBatchRequest(requests=[tasks_pb2.TaskRequest(intent="echo")] * 101), "requests"),
        (
            tasks_pb2.SubmitBatchRequest(requests=[{"intent": "echo"}, {"intent": "echo", "metadata": CROWD}]),
            "requests[1].metadata",
        ),
        (
            schedules_pb2.CreateScheduleRequest(schedule={"cron": "@daily", "task": {"params": CROWD}}),
            "schedule.task.params",
        ),
    ],
    ids=["a map", "a list", "messages", "inside a list", "inside messages"],
)
def test_it_says_what_the_validator_would_say(request_, field):
    violations = Validation()._validator.collect_violations(request_)
    said = {violation.proto.message for violation in violations}
    [found] = too_many(request_)
    assert found.field == field
    assert found.description in said
    with pytest.raises(ValidationFailed) as refused:
        Validation().check(request_)
    assert refused.value.violations == (found,)


def test_what_is_as_many_as_allowed_is_not_too_many():
    assert too_many(tasks_pb2.TaskRequest(intent="echo", params=dict(list(CROWD.items())[:64]))) == ()
    assert too_many(webhooks_pb2.CreateWebhookRequest()) == ()


def test_only_what_is_too_many_is_named():
    full, crowded = dict(list(CROWD.items())[:64]), dict(list(CROWD.items())[:33])
    [found] = too_many(tasks_pb2.TaskRequest(intent="echo", params=full, metadata=crowded))
    assert found == FieldViolation("metadata", "map must be at most 32 entries")


def test_a_value_of_any_depth_has_no_bound_of_this_contract():
    """It may hold itself: to look for bounds inside it would have no end."""
    assert too_many(ListValue(values=[{"list_value": {"values": [{"number_value": 1}]}}])) == ()


def test_items_are_not_looked_at_when_there_are_too_many():
    """The validator takes a tenth of a millisecond for one of these: a request of 4 MiB has four million."""
    asked = tasks_pb2.ListTasksRequest.FromString(b"\x1a\x80\x80\x80\x01" + b"x" * (2 << 20))
    with pytest.raises(ValidationFailed) as refused:
        Validation().check(asked)
    assert refused.value.violations == (FieldViolation("states", "must contain no more than 6 item(s)"),)


@pytest.mark.parametrize("path", sorted(methods()))
def test_every_list_and_map_of_a_request_has_a_bound(path):
    assert list(unbounded(methods()[path].request.DESCRIPTOR)) == []


def unbounded(descriptor: Descriptor):
    """The lists and maps to which the contract gives no bound."""
    for field in descriptor.fields:
        rules = field.GetOptions().Extensions[validate_pb2.field]
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        if field.is_repeated and not (rules.map.max_pairs if is_map else rules.repeated.max_items):
            yield field.full_name
        if field.message_type is not None and not is_map and not field.message_type.full_name.startswith("google."):
            yield from unbounded(field.message_type)
