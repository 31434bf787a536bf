"""Prints a file descriptor as .proto text.

It knows what validate.proto uses (proto2 and proto3 messages, enums, maps, oneofs, options, extensions) and
refuses services and groups. Comments are not in a descriptor, so none come out. tools.third_party compiles
what is printed here and compares: an omission is an error there, never a silently weaker rule.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf import descriptor_pb2, text_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

FieldProto = descriptor_pb2.FieldDescriptorProto
MAX_TAG = 1 << 29


class NotPrintable(Exception):
    """The descriptor uses a construct that this printer does not know."""


def print_file(file: descriptor_pb2.FileDescriptorProto) -> str:
    """Return the .proto text of a descriptor."""
    return "\n".join(FilePrinter(file).lines()) + "\n"


def quoted(data: bytes) -> str:
    """Return bytes as a .proto string literal."""
    return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03o}" for b in data) + '"'


def literal(field: FieldDescriptor, value: Any) -> str:
    """Return one option's value in .proto syntax."""
    match field.type:
        case FieldDescriptor.TYPE_MESSAGE:
            return "{" + text_format.MessageToString(value, as_one_line=True) + "}"
        case FieldDescriptor.TYPE_ENUM if field.enum_type:
            return str(field.enum_type.values_by_number[value].name)
        case FieldDescriptor.TYPE_BOOL:
            return "true" if value else "false"
        case FieldDescriptor.TYPE_STRING:
            return quoted(value.encode())
        case FieldDescriptor.TYPE_BYTES:
            return quoted(value)
        case _:
            return str(value)


def options(message: Message) -> list[str]:
    """Return the set options as `name = value`."""
    found = []
    for field, value in message.ListFields():
        name = f"(.{field.full_name})" if field.is_extension else field.name
        found += [f"{name} = {literal(field, item)}" for item in (value if field.is_repeated else [value])]
    return found


def bracketed(items: list[str]) -> str:
    """Return options as they stand behind a field or an enum value."""
    return f" [{', '.join(items)}]" if items else ""


def block(head: str, body: Iterable[str]) -> Iterator[str]:
    """Yield a head with its body in braces."""
    yield head + " {"
    yield from ("  " + line for line in body)
    yield "}"


class FilePrinter:
    """Prints one file; holds what a field's text depends on: the file's syntax."""

    def __init__(self, file: descriptor_pb2.FileDescriptorProto) -> None:
        self._file = file
        self._proto3 = file.syntax == "proto3"
        if file.service:
            raise NotPrintable(f"{file.name}: services")

    def lines(self) -> Iterator[str]:
        """Yield the file line by line."""
        yield f'syntax = "{self._file.syntax or "proto2"}";'
        yield f"package {self._file.package};"
        public = set(self._file.public_dependency)
        for index, name in enumerate(self._file.dependency):
            yield f'import {"public " if index in public else ""}"{name}";'
        yield from (f"option {option};" for option in options(self._file.options))
        for message in self._file.message_type:
            yield from self._message(message)
        for enum in self._file.enum_type:
            yield from self._enum(enum)
        yield from self._extensions(self._file.extension)

    def _message(self, message: descriptor_pb2.DescriptorProto) -> Iterator[str]:
        return block(f"message {message.name}", self._message_body(message))

    def _message_body(self, message: descriptor_pb2.DescriptorProto) -> Iterator[str]:
        maps = {nested.name: nested for nested in message.nested_type if nested.options.map_entry}
        yield from (f"option {option};" for option in options(message.options))
        for enum in message.enum_type:
            yield from self._enum(enum)
        for nested in message.nested_type:
            if nested.name not in maps:
                yield from self._message(nested)
        printed: set[int] = set()
        for field in message.field:
            if not field.HasField("oneof_index") or field.proto3_optional:
                yield self._field(field, maps)
            elif field.oneof_index not in printed:
                printed.add(field.oneof_index)
                yield from self._oneof(message, field.oneof_index)
        for span in message.extension_range:
            last = "max" if span.end == MAX_TAG else str(span.end - 1)
            yield f"extensions {span.start} to {last}{bracketed(options(span.options))};"
        yield from (f"reserved {span.start} to {span.end - 1};" for span in message.reserved_range)
        yield from (f'reserved "{name}";' for name in message.reserved_name)
        yield from self._extensions(message.extension)

    def _oneof(self, message: descriptor_pb2.DescriptorProto, index: int) -> Iterator[str]:
        declared = message.oneof_decl[index]
        body = [f"option {option};" for option in options(declared.options)]
        members = (field for field in message.field if field.HasField("oneof_index") and field.oneof_index == index)
        return block(f"oneof {declared.name}", body + [self._field(field, {}, label=False) for field in members])

    def _enum(self, enum: descriptor_pb2.EnumDescriptorProto) -> Iterator[str]:
        body = [f"option {option};" for option in options(enum.options)]
        body += [f"{value.name} = {value.number}{bracketed(options(value.options))};" for value in enum.value]
        body += [f"reserved {span.start} to {span.end};" for span in enum.reserved_range]
        body += [f'reserved "{name}";' for name in enum.reserved_name]
        return block(f"enum {enum.name}", body)

    def _extensions(self, fields: Iterable[descriptor_pb2.FieldDescriptorProto]) -> Iterator[str]:
        for field in fields:
            yield from block(f"extend {field.extendee}", [self._field(field, {})])

    def _field(
        self,
        field: descriptor_pb2.FieldDescriptorProto,
        maps: dict[str, descriptor_pb2.DescriptorProto],
        *,
        label: bool = True,
    ) -> str:
        kind = type_name(field)
        if entry := maps.get(field.type_name.rpartition(".")[2]):
            kind, label = f"map<{type_name(entry.field[0])}, {type_name(entry.field[1])}>", False
        if self._proto3 and field.label == FieldProto.LABEL_OPTIONAL and not field.proto3_optional:
            label = False
        word = FieldProto.Label.Name(field.label).removeprefix("LABEL_").lower() + " " if label else ""
        extra = options(field.options)
        if field.HasField("default_value"):
            text = field.type in (FieldProto.TYPE_STRING, FieldProto.TYPE_BYTES)
            extra.append(f"default = {quoted(field.default_value.encode()) if text else field.default_value}")
        return f"{word}{kind} {field.name} = {field.number}{bracketed(extra)};"


def type_name(field: descriptor_pb2.FieldDescriptorProto) -> str:
    """Return a field's type as .proto text names it."""
    if field.type == FieldProto.TYPE_GROUP:
        raise NotPrintable(f"{field.name}: groups")
    return field.type_name or FieldProto.Type.Name(field.type).removeprefix("TYPE_").lower()
