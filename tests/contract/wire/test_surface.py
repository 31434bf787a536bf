"""The wire surface never changes unnoticed, and what the blueprint fixed never changes at all."""

import pytest

from aion.v1 import errors_pb2, lifecycle_pb2, tasks_pb2
from tests.contract.wire.surface import GOLDEN, surface

BLUEPRINT = {
    "TaskRequest": [
        (1, "schema_version", "string"),
        (2, "task_id", "string"),
        (3, "intent", "string"),
        (4, "params", "map<string,string>"),
        (5, "preferred_engine", "string"),
        (6, "priority", "string"),
        (7, "sla", "aion.v1.SLA"),
        (8, "metadata", "map<string,string>"),
    ],
    "SLA": [(1, "budget_usd", "double"), (2, "p95_ms", "int32"), (3, "privacy", "string")],
    "Usage": [(1, "latency_ms", "int64"), (2, "tokens", "int64"), (3, "cost_usd", "double")],
    "Engine": [(1, "route", "string"), (2, "chosen_by", "string"), (3, "reason", "string")],
    "Error": [(1, "code", "string"), (2, "message", "string")],
    "TaskResult": [
        (1, "schema_version", "string"),
        (2, "task_id", "string"),
        (3, "intent", "string"),
        (4, "status", "string"),
        (5, "engine", "aion.v1.Engine"),
        (6, "result_json", "string"),
        (7, "usage", "aion.v1.Usage"),
        (8, "error", "aion.v1.Error"),
    ],
    "TaskId": [(1, "task_id", "string")],
}
BLUEPRINT_RPCS = {
    "Submit": ("aion.v1.TaskRequest", "aion.v1.TaskResult", False),
    "Stream": ("aion.v1.TaskRequest", "aion.v1.TaskResult", True),
    "StatusById": ("aion.v1.TaskId", "aion.v1.TaskResult", False),
}


def test_the_surface_is_the_one_that_is_written_down():
    """Written anew with `python -m tests.contract.wire.surface`, when only lines were added."""
    assert surface() == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("message", BLUEPRINT)
def test_the_blueprints_messages_keep_their_fields(message):
    fields = tasks_pb2.DESCRIPTOR.message_types_by_name[message].fields_by_number
    lines = surface().split(f"message aion.v1.{message}\n", 1)[1]
    for number, name, kind in BLUEPRINT[message]:
        assert fields[number].name == name
        assert f"  {number} {name} {kind}" in lines.split("\nmessage ", 1)[0]


@pytest.mark.parametrize("rpc", BLUEPRINT_RPCS)
def test_the_blueprints_service_keeps_its_rpcs(rpc):
    method = tasks_pb2.DESCRIPTOR.services_by_name["AionTasks"].methods_by_name[rpc]
    assert (method.input_type.full_name, method.output_type.full_name, method.server_streaming) == BLUEPRINT_RPCS[rpc]
    assert not method.client_streaming


def test_the_blueprints_package_is_kept():
    assert tasks_pb2.DESCRIPTOR.package == "aion.v1"


@pytest.mark.parametrize("enum", [lifecycle_pb2.TaskState, errors_pb2.ErrorReason])
def test_zero_is_never_sent(enum):
    assert enum.Name(0).endswith("_UNSPECIFIED")
