"""The contract as the generator reads it: descriptors, comments and options, from one plugin request."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    FieldDescriptor,
    FileDescriptor,
    MethodDescriptor,
)

REQUIRED = 2  # google.api.FieldBehavior
VERBS = ("get", "put", "post", "delete", "patch")
Path = tuple[int, ...]


class ContractUnfit(Exception):
    """The contract says something that REST or OpenAPI 3.0.3 cannot; the message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class JsonForm:
    """How one field looks in REST JSON (aion.v1.json)."""

    name: str
    embed: bool = False
    always: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """One REST route of a method (google.api.http)."""

    method: MethodDescriptor
    index: int
    verb: str
    path: str
    body: str
    response_body: str


class Contract:
    """Descriptors of one request with their comments and options."""

    def __init__(self, files: Sequence[descriptor_pb2.FileDescriptorProto]) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        self._comments: dict[str, str] = {}
        for file in files:
            self._pool.AddSerializedFile(file.SerializeToString())
            self._comments.update(comments(file))

    def file(self, name: str) -> FileDescriptor:
        """Return the file of this name."""
        return self._pool.FindFileByName(name)

    def enum(self, name: str) -> EnumDescriptor:
        """Return the enum of this full name."""
        try:
            return self._pool.FindEnumTypeByName(name)
        except KeyError:
            raise ContractUnfit(f"there is no enum {name}; name an existing one in buf.gen.yaml") from None

    def comment(self, full_name: str) -> str:
        """Return the leading comment as one line; empty when there is none."""
        return self._comments.get(full_name, "")

    def header_comment(self, file: FileDescriptor) -> str:
        """Return the comment that opens the file, as one line."""
        return self.comment(file.name)

    def option(self, descriptor: Any, extension_name: str) -> Any:
        """Return an option decoded with the request's own descriptors; None when unset or unknown to the
        request.
        """
        extension: Any  # the typed stubs know generated extensions only
        try:
            extension = self._pool.FindExtensionByName(extension_name)
        except KeyError:
            return None
        message_factory.GetMessageClassesForFiles([extension.file.name], self._pool)
        options_class = message_factory.GetMessageClass(extension.containing_type)
        options: Any = options_class.FromString(descriptor.GetOptions().SerializeToString())
        if extension.is_repeated:
            return list(options.Extensions[extension])
        return options.Extensions[extension] if options.HasExtension(extension) else None

    def json_form(self, field: FieldDescriptor) -> JsonForm:
        """Return how the field looks in REST JSON."""
        said = self.option(field, "aion.v1.json")
        if said is None:
            return JsonForm(field.name)
        return JsonForm(said.name or field.name, said.embed, said.always, said.number)

    def header(self, field: FieldDescriptor) -> str:
        """Return the REST header that carries the field as well; empty when none does."""
        return self.option(field, "aion.v1.header") or ""

    def of_rest(self, message: Descriptor) -> list[FieldDescriptor]:
        """Return the fields of the message that REST knows."""
        return [field for field in message.fields if not self.option(field, "aion.v1.rpc_only")]

    def rules(self, field: FieldDescriptor) -> Any:
        """Return the field's buf.validate rules, or None."""
        return self.option(field, "buf.validate.field")

    def required(self, field: FieldDescriptor) -> bool:
        """Return whether a request must carry the field."""
        rules = self.rules(field)
        behavior = self.option(field, "google.api.field_behavior") or []
        return REQUIRED in behavior or bool(rules is not None and rules.required)

    def bindings(self, method: MethodDescriptor) -> Iterator[Binding]:
        """Yield the method's REST routes, the main one first."""
        rule = self.option(method, "google.api.http")
        for index, route in enumerate([rule, *rule.additional_bindings] if rule is not None else []):
            verb = route.WhichOneof("pattern")
            if verb not in VERBS:
                raise ContractUnfit(f"{method.full_name}: use one of {', '.join(VERBS)} in google.api.http, not {verb}")
            yield Binding(method, index, verb, getattr(route, verb), route.body, route.response_body)


def is_map(field: FieldDescriptor) -> bool:
    """Return whether the field is a map."""
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def is_well_known(message: Descriptor) -> bool:
    """Return whether the message is one of protobuf's own, which have JSON forms of their own."""
    return bool(message.file.package == "google.protobuf")


def comments(file: descriptor_pb2.FileDescriptorProto) -> Iterator[tuple[str, str]]:
    """Yield full names with their leading comments."""
    said: dict[Path, str] = {
        tuple(place.path): " ".join(place.leading_comments.split())
        for place in file.source_code_info.location
        if place.leading_comments
    }

    def of_messages(messages: Iterable[Any], path: Path, scope: str) -> Iterator[tuple[str, Path]]:
        for index, message in enumerate(messages):
            here, name = (*path, index), f"{scope}.{message.name}"
            yield name, here
            yield from ((f"{name}.{field.name}", (*here, 2, n)) for n, field in enumerate(message.field))
            yield from of_messages(message.nested_type, (*here, 3), name)

    def of_enums(enums: Iterable[Any], path: Path, scope: str) -> Iterator[tuple[str, Path]]:
        for index, enum in enumerate(enums):
            here, name = (*path, index), f"{scope}.{enum.name}"
            yield name, here
            yield from ((f"{name}.{value.name}", (*here, 2, n)) for n, value in enumerate(enum.value))

    def of_services() -> Iterator[tuple[str, Path]]:
        for index, service in enumerate(file.service):
            name = f"{file.package}.{service.name}"
            yield name, (6, index)
            yield from ((f"{name}.{method.name}", (6, index, 2, n)) for n, method in enumerate(service.method))

    places = [
        (file.name, (12,)),
        *of_messages(file.message_type, (4,), file.package),
        *of_enums(file.enum_type, (5,), file.package),
        *of_services(),
    ]
    for found, at in places:
        if at in said:
            yield found, said[at]
