"""What a message or a command leaves unsaid: found by walking its own description, so that a field that is new to the
contract or to a command is found, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message


def unset(message: Message) -> set[str]:
    """The paths of the fields that are not set in a message, or in those inside it. What stands in a list is looked at
    together: a field is set when one of the items has it.
    """
    return set(_unset([message], message.DESCRIPTOR.fields, ""))


def _unset(messages: Sequence[Message], among: Sequence[FieldDescriptor], path: str) -> Iterator[str]:
    for field in among:
        held = [value for message in messages for one, value in message.ListFields() if one.name == field.name]
        if not held:
            yield f"{path}{field.name}"
        elif _is_looked_into(field):
            inside = [item for value in held for item in value] if field.is_repeated else held
            yield from _unset(inside, field.message_type.fields, f"{path}{field.name}.")


def _is_looked_into(field: FieldDescriptor) -> bool:
    """Times, spans, statuses and maps are values, not messages of this contract."""
    return field.message_type is not None and field.message_type.full_name.startswith("aion.") and not _is_map(field)


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type.GetOptions().map_entry


def unsaid(value: Any) -> set[str]:
    """The paths of what is at its default, or empty, in what a use case is asked."""
    return set(_unsaid(value, ""))


def _unsaid(value: Any, path: str) -> Iterator[str]:
    for field in fields(value):
        held = getattr(value, field.name)
        if not held or held == _default_of(field):
            yield f"{path}{field.name}"
        elif is_dataclass(held):
            yield from _unsaid(held, f"{path}{field.name}.")


def _default_of(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def under(name: str, paths: set[str]) -> set[str]:
    """The same fields of a message that stands in a field of another."""
    return {f"{name}.{path}" for path in paths}
