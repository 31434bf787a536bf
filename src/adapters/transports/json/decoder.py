"""JSON to messages, strictly: one closure a message type, compiled from its descriptor when it is first met. `form`
says how fields look: as the contract's options say (REST), or as the protobuf JSON mapping has them (Connect).

A member that the contract does not name is refused, with the names that look like it; so is a
value of another type. Null means unset, 64-bit integers may be strings: that is the protobuf JSON mapping. What the
contract says *about* values is not checked here but in the pipeline, for every transport alike.
"""

import difflib
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, TypeVar

import orjson
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from aion.adapters.rpc.counting import bound_of
from aion.adapters.transports.json.form import WELL_KNOWN, Form, JsonForm, entry_of, is_map, json_form, type_of
from aion.adapters.transports.json.times import parse_duration, parse_timestamp
from aion.adapters.transports.json.values import Misfit, key_parser, scalar_parser
from aion.domain.errors import FieldViolation, MalformedRequest

Decoded = TypeVar("Decoded", bound=Message)
Parse = Callable[[Any], Any]
"""A JSON value, of whatever type, to what protobuf's runtime takes."""

_LONGEST_NAME = 64
"""No field's name is longer: what is longer looks like none of them, and to compare it would take long."""

_decoders: dict[tuple[str, Form], Parse] = {}


def decode_members(into: type[Decoded], members: Mapping[str, object], form: Form = json_form) -> Decoded:
    """The message with these members. Raises MalformedRequest that names the field."""
    try:
        message: Decoded = decoder(type_of(into), form)(members)
    except Misfit as misfit:
        raise MalformedRequest(
            f"{misfit.path} {misfit.description}" if misfit.path else misfit.description,
            violations=(FieldViolation(misfit.path, misfit.description),),
        ) from None
    return message


def decoder(descriptor: Descriptor, form: Form = json_form) -> Parse:
    """What turns a JSON object into a message of this type; it raises Misfit."""
    key = (descriptor.full_name, form)
    if key not in _decoders:
        _decoders[key] = lambda value: _decoders[key](value)  # noqa: PLW0108 # looked up when called
        is_known = descriptor.full_name.startswith(WELL_KNOWN)
        _decoders[key] = _well_known(descriptor) if is_known else _compile(descriptor, form)
    return _decoders[key]


def _compile(descriptor: Descriptor, form: Form) -> Parse:
    message_class = GetMessageClass(descriptor)
    fields = _members(descriptor, form)
    choices = [frozenset(f.name for f in oneof.fields) for oneof in descriptor.oneofs if len(oneof.fields) > 1]
    known = _Known(descriptor, tuple(said.name for field in descriptor.fields if not (said := form(field)).hidden))

    def decode(value: Any) -> Message:
        if type(value) is not dict:
            raise Misfit(f"must be a JSON object, not {_kind(value)}")
        given: dict[str, Any] = {}
        for name, member in value.items():
            entry = fields.get(name)
            if entry is None:
                raise Misfit(known.missing(name), name)
            if member is None:
                continue
            if entry[0] in given:
                raise Misfit("stands twice, by both of its names; give it once", name)
            try:
                given[entry[0]] = entry[1](member)
            except Misfit as misfit:
                raise misfit.under(name) from None
        for choice in choices:
            if len(both := sorted(choice & given.keys())) > 1:
                raise Misfit(f"must be unset when {both[0]} is set", both[1])
        return message_class(**given)

    return decode


def _members(descriptor: Descriptor, form: Form) -> dict[str, tuple[str, Parse]]:
    """Every name of a member: the field that it sets, and how it is read."""
    fields: dict[str, tuple[str, Parse]] = {}
    for field in descriptor.fields:
        said = form(field)
        if said.hidden:
            continue
        fields[said.name] = (field.name, _field(field, said, form))
        if said.alias:
            fields[said.alias] = fields[said.name]
    return fields


class _Known:
    """The members of one message, for the sentence that refuses another."""

    def __init__(self, descriptor: Descriptor, names: tuple[str, ...]) -> None:
        self._names = names
        shown = ((field.json_name, json_form(field)) for field in descriptor.fields)
        self._camel = {name: said.name for name, said in shown if not said.hidden}

    def missing(self, name: str) -> str:
        close: list[str] = []
        if name in self._camel:
            close = [self._camel[name]]
        elif len(name) <= _LONGEST_NAME:
            close = difflib.get_close_matches(name, self._names, n=3)
        if close:
            return f"is not a field here; did you mean {' or '.join(close)}?"
        return f"is not a field here; the fields are {', '.join(self._names) or 'none'}"


def _field(field: FieldDescriptor, said: JsonForm, form: Form) -> Parse:
    if is_map(field):
        return _map(field, form, _enough(field))
    one = _document if said.embed else _value(field, form)
    return _list(one, _enough(field)) if field.is_repeated else one


def _enough(field: FieldDescriptor) -> int | None:
    """How many items of a list or a map are looked at: with one more than the contract allows it is refused by the
    contract, and millions would only take time.
    """
    bound = bound_of(field)
    return None if bound is None else bound.most + 1


def _list(one: Parse, enough: int | None) -> Parse:
    def parse(value: Any) -> list[Any]:
        if type(value) is not list:
            raise Misfit(f"must be a JSON array, not {_kind(value)}")
        parsed = []
        for index, item in enumerate(value[:enough]):
            try:
                parsed.append(one(item))
            except Misfit as misfit:
                raise misfit.under(f"[{index}]") from None
        return parsed

    return parse


def _map(field: FieldDescriptor, form: Form, enough: int | None) -> Parse:
    key_field, value_field = entry_of(field)
    key, one = key_parser(key_field), _value(value_field, form)

    def parse(value: Any) -> dict[Any, Any]:
        if type(value) is not dict:
            raise Misfit(f"must be a JSON object, not {_kind(value)}")
        parsed = {}
        for name, item in islice(value.items(), enough):
            try:
                parsed[key(name)] = one(item)
            except Misfit as misfit:
                raise misfit.under(f'["{name}"]') from None
        return parsed

    return parse


def _value(field: FieldDescriptor, form: Form) -> Parse:
    return decoder(field.message_type, form) if field.message_type is not None else scalar_parser(field)


def _document(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        raise Misfit("is nested too deeply; flatten the document") from None


def _well_known(descriptor: Descriptor) -> Parse:
    texts: dict[str, Callable[[str], Message]] = {
        "google.protobuf.Timestamp": parse_timestamp,
        "google.protobuf.Duration": parse_duration,
    }
    reader = texts.get(descriptor.full_name)
    message_class = GetMessageClass(descriptor)

    def parse_text(value: Any) -> Message:
        assert reader is not None
        try:
            # What is no text has not the reader's form: its sentence shows one.
            return reader(value if type(value) is str else "")
        except ValueError as error:
            raise Misfit(str(error)) from None

    def parse_other(value: Any) -> Message:
        try:
            return json_format.ParseDict(value, message_class())
        except json_format.ParseError as error:
            raise Misfit(f"is not a {descriptor.full_name}: {error}") from None

    return parse_text if reader is not None else parse_other


def _kind(value: object) -> str:
    return {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(
        type(value), "a number"
    )
