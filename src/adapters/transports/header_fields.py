"""Fields of a message that a header carries as well (`aion.v1.header`)."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from aion.adapters.transports.json.decoder import decoder
from aion.adapters.transports.json.form import message_type, type_of
from aion.adapters.transports.json.values import Misfit, scalar_parser
from aion.domain.errors import FieldViolation, ValidationFailed
from aion.v1 import options_pb2

RENEWED = "last-event-id"
"""A browser adds this one itself when it comes back to the same address, so it is the later word and need not agree."""

_PREFERENCE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(\"[^\"]*\"|[^;,\s]*))?[^,]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class HeaderField:
    """A field of a message that a header carries as well."""

    field: FieldDescriptor
    header: str

    @property
    def key(self) -> str:
        """The header's name in lower case."""
        return self.header.lower()

    def value(self, text: str) -> Any:
        """The field's value in a header; None when the header does not speak of the field. Raises ValidationFailed."""
        given = preference(text, self.field.name) if self.key == "prefer" else _unquoted(text)
        if given is None:
            return None
        try:
            if self.key == "prefer":
                return _seconds(given, self.field)
            return scalar_parser(self.field)(_as_text(_filled(given)))
        except Misfit as misfit:
            where = f"Prefer: {self.field.name}" if self.key == "prefer" else self.header
            raise ValidationFailed(
                f"{where} {misfit.description}", violations=(FieldViolation(where, misfit.description),)
            ) from None


@cache
def header_fields(descriptor: Descriptor) -> tuple[HeaderField, ...]:
    """The fields of a message that headers carry as well."""
    said = ((f, f.GetOptions().Extensions[options_pb2.header]) for f in descriptor.fields)
    return tuple(HeaderField(field, header) for field, header in said if header)


@cache
def waiting_field(descriptor: Descriptor) -> FieldDescriptor | None:
    """The field with which a client asks the answer to wait: the one that `Prefer` carries. None: it cannot ask."""
    return next((carried.field for carried in header_fields(descriptor) if carried.key == "prefer"), None)


def merge_headers(message: Message, headers: dict[str, str]) -> None:
    """Sets the fields that headers carry. Raises ValidationFailed when header and body (or query) disagree."""
    for carried in header_fields(type_of(message)):
        text = headers.get(carried.key)
        value = carried.value(text) if text is not None else None
        if value is None:
            continue
        name = carried.field.name
        is_message = carried.field.message_type is not None
        held = getattr(message, name)
        said_twice = bool(message.HasField(name) if is_message else held) and carried.key != RENEWED
        if said_twice and held != value:
            raise ValidationFailed(
                f"{name} and the header {carried.header} disagree; send one of them, or the same in both",
                violations=(
                    FieldViolation(name, f"must equal the header {carried.header}"),
                    FieldViolation(carried.header, f"must equal the field {name}"),
                ),
            )
        if is_message:
            held.CopyFrom(value)
        else:
            setattr(message, name, value)


def preference(text: str, name: str) -> str | None:
    """The value of a preference (RFC 7240), the first one if it stands twice; None when it is not there."""
    for part in text.split(","):
        match = _PREFERENCE.fullmatch(part)
        if match is not None and match.group(1).lower() == name:
            return (match.group(2) or "").strip('"')
    return None


def _seconds(text: str, field: FieldDescriptor) -> Any:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Misfit(f"must be whole seconds, such as {field.name}=5")
    return decoder(message_type(field))(f"{int(text)}s")


def _unquoted(text: str) -> str:
    # The Idempotency-Key draft writes the key as a structured string, most clients write it bare.
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _filled(text: str) -> str:
    if not text:
        raise Misfit("must not be empty; leave the header out instead")
    return text


def _as_text(value: str) -> str:
    # One key is one key by whatever door it comes, and the body and gRPC speak UTF-8.
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise Misfit("must be UTF-8") from None
