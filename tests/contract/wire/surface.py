"""The wire surface as text: every message, field, enum value, service and binding, each with a line of its own.

`python -m tests.contract.wire.surface` writes surface.txt anew. Lines are only added; one that goes or changes breaks
clients, and a reviewer sees it here.
"""

from collections.abc import Iterator
from pathlib import Path

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from aion.adapters.rpc.methods import methods
from aion.v1 import (
    catalog_pb2,
    decisions_pb2,
    errors_pb2,
    events_pb2,
    lifecycle_pb2,
    options_pb2,
    server_pb2,
    tasks_pb2,
)
from tests.e2e.transcoding import bindings, rule_of

GOLDEN = Path(__file__).with_name("surface.txt")
FILES = (tasks_pb2, lifecycle_pb2, events_pb2, decisions_pb2, catalog_pb2, server_pb2, errors_pb2, options_pb2)
TYPES = {
    value: name.removeprefix("TYPE_").lower()
    for name, value in vars(FieldDescriptor).items()
    if name.startswith("TYPE_")
}


def surface() -> str:
    """The whole text."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    for module in FILES:
        file = module.DESCRIPTOR
        yield f"# {file.name}"
        for message in file.message_types_by_name.values():
            yield from _message(message)
        for enum in file.enum_types_by_name.values():
            yield from _enum(enum)
        for extension in file.extensions_by_name.values():
            yield f"extend {extension.containing_type.full_name} {_field(extension)}"
    yield "# services"
    for path, method in methods().items():
        response = method.response.DESCRIPTOR.full_name
        answers = f"stream {response}" if method.streams else response
        yield f"rpc {path} ({method.request.DESCRIPTOR.full_name}) -> {answers} scope {method.scope}"
        shown = rule_of(method).response_body
        for verb, template, body in bindings(method):
            yield f"  {verb} {template}{f' body {body}' if body else ''}{f' response {shown}' if shown else ''}"


def _message(message: Descriptor) -> Iterator[str]:
    yield f"message {message.full_name}"
    for field in message.fields:
        yield f"  {_field(field)}"


def _field(field: FieldDescriptor) -> str:
    options = field.GetOptions()
    said = [f"json({str(options.Extensions[options_pb2.json]).strip()})".replace("\n", " ")]
    words = [
        f"{field.number}",
        field.name,
        _type(field),
        *(["optional"] if field.has_presence and field.message_type is None and field.containing_oneof else []),
        *(["required"] if field_behavior_pb2.REQUIRED in options.Extensions[field_behavior_pb2.field_behavior] else []),
        *(said if options.HasExtension(options_pb2.json) else []),
        *(["call_only"] if options.Extensions[options_pb2.call_only] else []),
        *([f"header({options.Extensions[options_pb2.header]})"] if options.HasExtension(options_pb2.header) else []),
        *(["rpc_only"] if options.Extensions[options_pb2.rpc_only] else []),
    ]
    return " ".join(words)


def _type(field: FieldDescriptor) -> str:
    if field.message_type is not None:
        if field.message_type.GetOptions().map_entry:
            key, value = (_type(field.message_type.fields_by_name[name]) for name in ("key", "value"))
            return f"map<{key},{value}>"
        name = field.message_type.full_name
    elif field.enum_type is not None:
        name = field.enum_type.full_name
    else:
        name = TYPES[field.type]
    return f"repeated {name}" if field.is_repeated else name


def _enum(enum: EnumDescriptor) -> Iterator[str]:
    yield f"enum {enum.full_name}"
    for value in enum.values:
        yield f"  {value.number} {value.name}"


if __name__ == "__main__":
    GOLDEN.write_text(surface(), encoding="utf-8")
