"""What things of the contract are called in TypeScript, and which of them the SDK leaves out or writes by hand."""

import re

from google.protobuf.descriptor import Descriptor, EnumDescriptor, EnumValueDescriptor, FieldDescriptor

RENAMED = {
    # `Error` is JavaScript's own; the others read better without the words of the wire.
    "Error": "Failure",
    "TaskResult": "Task",
    "CreateTicketResponse": "Ticket",
    "CreateWebhookResponse": "NewWebhook",
    "GetServerInfoResponse": "ServerInfo",
    "RotateWebhookSecretResponse": "RotatedSecret",
}
BY_HAND = {
    "BatchOutcome": "holds an error, which becomes one of the SDK's",
    "TaskEvent": "is a union by kind",
}
LEFT_OUT = {
    "TaskRequest.schema_version": "the SDK knows which it speaks",
    "TaskResult.schema_version": "ditto",
    "TaskResult.status": "the same as state",
}
GENERIC = {"TaskResult.result_json": "Result"}
"""Fields whose JSON document is of the caller's type."""

RECEIVED_BY_HAND = {"SLA": ("Sla", "readSla", "../sla.js")}
SENT_BY_HAND = {
    "SLA": ("SlaInput", "writeSla", "../sla.js"),
    "TaskRequest": ("TaskSpec", "writeTaskSpec", "../spec.js"),
}
"""What the SDK says otherwise than the contract (money) or more shortly (a task): type, function, module."""

NEEDED = {"Schedule.schedule_id": "an update's request names it as well, so the contract lets it be empty there"}
"""Fields that a client must give although the contract does not require them everywhere."""

WIDTH = 120


def camel(name: str) -> str:
    """`task_id` as `taskId`."""
    head, *tail = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in tail)


def constant(name: str) -> str:
    """`TaskState` as `TASK_STATE`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def type_name(described: Descriptor | EnumDescriptor) -> str:
    """What a message or an enum is called."""
    return RENAMED.get(described.name, described.name)


def value_name(value: EnumValueDescriptor) -> str:
    """`TASK_STATE_OK` as `OK`."""
    return value.name.removeprefix(constant(value.type.name) + "_")


def is_duration(field: FieldDescriptor) -> bool:
    """Whether the field is a span of time."""
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Duration"


def is_timestamp(field: FieldDescriptor) -> bool:
    """Whether the field is a moment."""
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.Timestamp"


def place_of(field: FieldDescriptor) -> str:
    """The field with its message, such as `TaskResult.state`."""
    return ".".join(field.full_name.split(".")[-2:])


def left_out(field: FieldDescriptor) -> bool:
    """Whether the SDK does not show the field."""
    if place_of(field) in LEFT_OUT:
        return True
    return field.message_type is not None and field.message_type.name in BY_HAND


def member_name(field: FieldDescriptor, json_name: str) -> str:
    """What a field is called: its name in REST JSON in camel case, with the unit where it is a span of time."""
    return camel(json_name) + ("Ms" if is_duration(field) else "")
