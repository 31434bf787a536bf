"""One field in three forms: its type, how it is read off the wire, how it is written to it."""

from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.descriptor import FieldDescriptor as F

from tools.openapi.contract import Contract, ContractUnfit, is_map
from tools.typescript.naming import (
    GENERIC,
    RECEIVED_BY_HAND,
    SENT_BY_HAND,
    camel,
    is_duration,
    is_timestamp,
    member_name,
    place_of,
    type_name,
)

LONGS = {F.TYPE_INT64, F.TYPE_UINT64, F.TYPE_SINT64, F.TYPE_FIXED64, F.TYPE_SFIXED64}
NUMBERS = {F.TYPE_INT32, F.TYPE_UINT32, F.TYPE_SINT32, F.TYPE_FIXED32, F.TYPE_SFIXED32, F.TYPE_DOUBLE, F.TYPE_FLOAT}


SHAPES = dict.fromkeys(LONGS, "bigint") | dict.fromkeys(NUMBERS, "number") | {F.TYPE_BOOL: "boolean"}


@dataclass(frozen=True, slots=True)
class Form:
    """`shape` is the type, `read` and `write` are templates of expressions over `{0}`; `needs` are names to import."""

    shape: str
    read: str = "{0}"
    write: str = "{0}"
    needs: tuple[str, ...] = ()


def name_of(contract: Contract, field: FieldDescriptor) -> str:
    """What the field is called in TypeScript."""
    return member_name(field, contract.json_form(field).name)


def wire_name(field: FieldDescriptor) -> str:
    """What the field is called in protoc-gen-es's messages."""
    return camel(field.name)


def form(contract: Contract, field: FieldDescriptor, *, sent: bool) -> Form:
    """The forms of one value of the field; `sent` says that a client writes it. Raises ContractUnfit."""
    if contract.json_form(field).embed:
        shape = GENERIC.get(place_of(field), "unknown")
        needs = ("convert.js:readJson",)
        return Form(f"{shape} | null", f"readJson<{shape}>({{0}})", "JSON.stringify({0})", needs)
    if is_timestamp(field):
        both = ("convert.js:readDate", "convert.js:writeDate")
        return Form("Date", "readDate({0})", f'writeDate({{0}}, "{field.name}")', both)
    if is_duration(field):
        both = ("convert.js:readMs", "convert.js:writeMs")
        return Form("number", "readMs({0})", f'writeMs({{0}}, "{field.name}")', both)
    if field.enum_type is not None:
        return _enum(field, field.enum_type, sent=sent)
    if field.message_type is not None:
        return _message(field.message_type, sent=sent)
    return _scalar(contract, field)


def _scalar(contract: Contract, field: FieldDescriptor) -> Form:
    if field.type in LONGS and contract.json_form(field).number:
        return Form("number", "Number({0})", "BigInt({0})")
    if field.type == F.TYPE_STRING:
        return Form(_words(contract, field))
    if field.type not in SHAPES:
        raise ContractUnfit(f"{field.full_name}: the TypeScript SDK has no form for this type yet; write one in tools/")
    return Form(SHAPES[field.type])


def map_shape(field: FieldDescriptor) -> str | None:
    """The type of a map of strings, None when the field is no map. Raises ContractUnfit for any other map."""
    if field.message_type is None or not is_map(field):
        return None
    entry = field.message_type.fields_by_name
    if any(entry[part].type != F.TYPE_STRING for part in ("key", "value")):
        raise ContractUnfit(f"{field.full_name}: the TypeScript SDK has a form for maps of strings only")
    return "Readonly<Record<string, string>>"


def _words(contract: Contract, field: FieldDescriptor) -> str:
    # Words that a newer server may add to: an editor offers them, the compiler takes others.
    rules = contract.rules(field)
    words = [f'"{word}"' for word in (getattr(rules.string, "in") if rules is not None else []) if word]
    return " | ".join([*words, "(string & {})"]) if words else "string"


def _enum(field: FieldDescriptor, enum: EnumDescriptor, *, sent: bool) -> Form:
    name, module = type_name(enum), _module(enum.file.name)
    needs = (f"{module}:type {name}", f"{module}:{'write' if sent else 'read'}{name}")
    return Form(name, f"read{name}({{0}})", f'write{name}({{0}}, "{field.name}")', needs)


def _message(message: Descriptor, *, sent: bool) -> Form:
    by_hand = SENT_BY_HAND if sent else RECEIVED_BY_HAND
    name, verb = type_name(message), "write" if sent else "read"
    own = (f"{name}Input" if sent else name, f"{verb}{name}", _module(message.file.name))
    shape, function, module = by_hand.get(message.name, own)
    call = f"{function}({{0}})"
    return Form(shape, call, call, (f"{module}:type {shape}", f"{module}:{function}"))


def empty_of(message: Descriptor) -> tuple[str, tuple[str, ...]]:
    """An expression that makes an empty message of this type, and what it needs."""
    place = f"../gen/aion/v1/{_module(message.file.name).removesuffix('.js')}_pb.js"
    return f"create({message.name}Schema)", ("@bufbuild/protobuf:create", f"{place}:{message.name}Schema")


def _module(proto: str) -> str:
    return proto.rpartition("/")[2].removesuffix(".proto") + ".js"
