"""How a field looks in JSON, read from the contract's own options. No field is known by its name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from aion.v1 import options_pb2

WELL_KNOWN = "google.protobuf."


@dataclass(frozen=True, slots=True)
class JsonForm:
    """The member that carries a field. `alias` is another name that a reader takes; a `hidden` field has no member."""

    name: str
    embed: bool = False
    always: bool = False
    number: bool = False
    alias: str = ""
    hidden: bool = False


Form = Callable[[FieldDescriptor], JsonForm]


def json_form(field: FieldDescriptor) -> JsonForm:
    """The form of one field: the protobuf JSON mapping with the contract's names, unless an option says otherwise."""
    options = field.GetOptions()
    said, hidden = options.Extensions[options_pb2.json], options.Extensions[options_pb2.rpc_only]
    return JsonForm(said.name or field.name, said.embed, said.always, said.number, hidden=hidden)


def protobuf_form(field: FieldDescriptor) -> JsonForm:
    """The form of one field in the protobuf JSON mapping, whatever the contract's options say: its reader takes both
    names.
    """
    return JsonForm(field.json_name, alias=field.name if field.name != field.json_name else "")


def type_of(message: Message | type[Message]) -> Descriptor:
    """The message's descriptor; the runtime's two classes of descriptors look the same."""
    return cast("Descriptor", message.DESCRIPTOR)


def entry_of(field: FieldDescriptor) -> tuple[FieldDescriptor, FieldDescriptor]:
    """Key and value of a map."""
    fields = message_type(field).fields_by_name
    return fields["key"], fields["value"]


def message_type(field: FieldDescriptor) -> Descriptor:
    """The type of a field that is known to hold messages."""
    assert field.message_type is not None
    return field.message_type


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry
