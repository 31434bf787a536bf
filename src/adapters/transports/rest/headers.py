"""Request headers: read once, and the fields of a message that a header carries as well (`aion.v1.header`).

A header that may stand once and stands twice is refused: two proxies could each believe another one.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from aion.adapters.transports.http.answers import Scope
from aion.adapters.transports.json.decoder import decoder
from aion.adapters.transports.json.form import message_type, type_of
from aion.adapters.transports.json.values import Misfit, scalar_parser
from aion.domain.errors import FieldViolation, MalformedRequest, ValidationFailed
from aion.v1 import options_pb2

ONCE = frozenset(
    {
        "authorization",
        "x-api-key",
        "content-type",
        "content-encoding",
        "idempotency-key",
        "last-event-id",
        "traceparent",
        "x-request-id",
    }
)
RENEWED = "last-event-id"
"""A browser adds this one itself when it comes back to the same address, so it is the later word and need not agree."""

TWICE = "\n"
"""Joins the values of a header that stands twice but may not: a byte that no header value holds."""

_PREFERENCE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*(\"[^\"]*\"|[^;,\s]*))?[^,]*", re.ASCII)


def header_map(scope: Scope) -> dict[str, str]:
    """All headers, names in lower case; a list header that stands several times is joined (RFC 9110)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name in headers:
            joint = TWICE if name in ONCE else ", "
            headers[name] = f"{headers[name]}{joint}{value}"
        else:
            headers[name] = value
    return headers


def refuse_doubles(headers: dict[str, str]) -> None:
    """Raises MalformedRequest when a header stands twice that may stand once."""
    for name in ONCE & headers.keys():
        if TWICE in headers[name]:
            raise MalformedRequest(
                f"the header {name} stands twice; send it once",
                violations=(FieldViolation(name, "must stand once"),),
            )


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
