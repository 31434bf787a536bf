"""Writes messages as component schemas: one set for what a client sends, one for what it gets.

A request refuses members that it does not know, so that a typing error is an error; an answer may grow, so
that an old client reads a newer server. Members that are always written are `required` in answers.
"""

import copy
from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from tools.openapi.contract import Contract, is_map, is_well_known
from tools.openapi.rules import tighten
from tools.openapi.scalars import LONGS, SCALARS, WELL_KNOWN

Schema = dict[str, Any]


def reference(component: str) -> Schema:
    """Return a reference to a component schema."""
    return {"$ref": f"#/components/schemas/{component}"}


def described(schema: Schema, **extra: Any) -> Schema:
    """Return the schema with more keywords; a bare `$ref` is wrapped, it takes none beside it."""
    extra = {keyword: value for keyword, value in extra.items() if value not in ("", None)}
    if not extra:
        return schema
    return {"allOf": [schema], **extra} if "$ref" in schema else {**schema, **extra}


class Schemas:
    """The component schemas of one direction, filled as they are referred to."""

    def __init__(self, contract: Contract, *, suffixed: Iterable[str] = ()) -> None:
        self._contract = contract
        self._suffixed = frozenset(suffixed)
        self.components: dict[str, Schema] = {}

    def reference(self, message: Descriptor) -> Schema:
        """Return a reference to the message's schema, written first if need be."""
        if is_well_known(message):
            return copy.deepcopy(WELL_KNOWN[message.name])
        component = self._component(message)
        if component not in self.components:
            self.components[component] = {}  # a message may contain itself
            self.components[component] = self.message(message)
        return reference(component)

    def message(self, message: Descriptor, without: frozenset[str] = frozenset()) -> Schema:
        """Return the schema of the message, without the fields that stand elsewhere (in the path)."""
        fields = [field for field in self._contract.of_rest(message) if field.name not in without]
        schema: Schema = {"type": "object"}
        if text := self._contract.comment(message.full_name):
            schema["description"] = text
        schema["properties"] = {self._contract.json_form(field).name: self.field(field) for field in fields}
        if required := [self._contract.json_form(field).name for field in fields if self._required(field)]:
            schema["required"] = required
        return schema

    def field(self, field: FieldDescriptor) -> Schema:
        """Return the schema of a member with its rules and its comment."""
        schema = self.value(field)
        tighten(schema, self._contract.rules(field))
        forget_enum_numbers(schema)
        return described(schema, description=self._contract.comment(field.full_name), nullable=self._nullable(field))

    def value(self, field: FieldDescriptor) -> Schema:
        """Return the bare schema of a field: a map, a list or one value."""
        if field.message_type and is_map(field):
            value = field.message_type.fields_by_name["value"]
            return {"type": "object", "additionalProperties": self._one(value)}
        return {"type": "array", "items": self._one(field)} if field.is_repeated else self._one(field)

    def _one(self, field: FieldDescriptor) -> Schema:
        form = self._contract.json_form(field)
        if form.embed:
            return {}
        if field.message_type:
            return self.reference(field.message_type)
        if field.enum_type:
            values = field.enum_type.values
            names, numbers = [value.name for value in values], [value.number for value in values]
            return {"type": "string", "enum": names, "x-enum-numbers": numbers}
        if field.type in LONGS:
            number, text = LONGS[field.type]
            return copy.deepcopy(number if form.number else text)
        return copy.deepcopy(SCALARS[field.type])

    def _component(self, message: Descriptor) -> str:
        return f"{message.full_name}.Input" if message.full_name in self._suffixed else str(message.full_name)

    def _required(self, field: FieldDescriptor) -> bool:
        raise NotImplementedError

    def _nullable(self, field: FieldDescriptor) -> bool | None:
        raise NotImplementedError


class RequestSchemas(Schemas):
    """What a client sends."""

    def message(self, message: Descriptor, without: frozenset[str] = frozenset()) -> Schema:
        """Return the schema, closed against members that are not there."""
        return super().message(message, without) | {"additionalProperties": False}

    def _required(self, field: FieldDescriptor) -> bool:
        return self._contract.required(field)

    def _nullable(self, field: FieldDescriptor) -> bool | None:
        return None


class AnswerSchemas(Schemas):
    """What a client gets."""

    def _required(self, field: FieldDescriptor) -> bool:
        return self._contract.json_form(field).always

    def _nullable(self, field: FieldDescriptor) -> bool | None:
        form = self._contract.json_form(field)
        single_message = field.message_type is not None and not field.is_repeated
        return True if form.always and (form.embed or single_message) else None


def forget_enum_numbers(schema: Schema) -> None:
    """Remove what only the rules needed to know."""
    for part in (schema, schema.get("items", {}), schema.get("additionalProperties", {})):
        if isinstance(part, dict):
            part.pop("x-enum-numbers", None)
