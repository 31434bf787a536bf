"""How a field looks in REST JSON, read from the contract's own options. No field is known by its name."""

from dataclasses import dataclass

from google.protobuf.descriptor import FieldDescriptor

from aion.v1 import options_pb2

WELL_KNOWN = "google.protobuf."


@dataclass(frozen=True, slots=True)
class JsonForm:
    """The member that carries a field."""

    name: str
    embed: bool
    always: bool
    number: bool


def json_form(field: FieldDescriptor) -> JsonForm:
    """The form of one field: the protobuf JSON mapping with the contract's names, unless an option says otherwise."""
    said = field.GetOptions().Extensions[options_pb2.json]
    return JsonForm(said.name or field.name, said.embed, said.always, said.number)


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry
