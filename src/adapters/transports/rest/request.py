"""One REST request as the pipeline's payload: body, path, query and headers become one message, when the pipeline asks.

So a caller is authenticated before AION parses a byte of what it sent.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from aion.adapters.transports.header_fields import merge_headers
from aion.adapters.transports.http.answers import Scope
from aion.adapters.transports.http.bodies import Body
from aion.adapters.transports.http.headers import TWICE, refuse_doubles
from aion.adapters.transports.http.problems import NotAcceptable, UnsupportedMediaType
from aion.adapters.transports.json.codec import parse_object
from aion.adapters.transports.json.decoder import decode_members
from aion.adapters.transports.json.form import type_of
from aion.domain.errors import FieldViolation, MalformedRequest, ValidationFailed

Decoded = TypeVar("Decoded", bound=Message)
EVENTS = "text/event-stream"
_NEVER = re.compile(r"q\s*=\s*0(\.0{0,3})?")
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Shape:
    """What the contract says about the requests of one operation. `ticket`: the query parameter for a stream ticket."""

    has_body: bool
    body_required: bool
    streams: bool
    check_query: Callable[[Scope], None]
    body_field: str = ""
    ticket: str = ""


def ticket_of(scope: Scope, shape: Shape) -> str:
    """The stream ticket in the query; empty without one. Two are no ticket."""
    if not shape.ticket or not scope["query_string"]:
        return ""
    query = parse_qsl(scope["query_string"].decode("latin-1"))
    return TWICE.join(value for name, value in query if name == shape.ticket)


@dataclass(frozen=True, slots=True)
class RestPayload:
    """A request, not yet decoded."""

    scope: Scope
    headers: dict[str, str]
    body: Body
    shape: Shape

    @property
    def size(self) -> int:
        """The body's size in bytes."""
        return self.body.size

    def decode(self, into: type[Decoded]) -> Decoded:
        """The message. Raises MalformedRequest and ValidationFailed. The body is let go."""
        refuse_doubles(self.headers)
        if self.shape.streams:
            refuse_unacceptable(self.headers.get("accept", "*/*"))
        members = self._body()
        self._add(members, self._query(type_of(into)), "query")
        self._add(members, self.scope.get("path_params", {}), "path")
        message = decode_members(into, members)
        merge_headers(message, self.headers)
        return message

    def _body(self) -> dict[str, object]:
        data = self.body.data_once()
        if not self.shape.has_body or (not data and not self.shape.body_required):
            return {}
        refuse_other_media(self.headers)
        document = parse_object(data)
        return {self.shape.body_field: document} if self.shape.body_field else document

    def _query(self, descriptor: Descriptor) -> dict[str, object]:
        if not self.scope["query_string"]:
            return {}
        self.shape.check_query(self.scope)
        members: dict[str, object] = {}
        for name, text in parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True):
            if name == self.shape.ticket:
                continue
            field = descriptor.fields_by_name[name]
            value = _BOOLEANS.get(text, text) if field.type == FieldDescriptor.TYPE_BOOL else text
            if field.is_repeated:
                held = members.setdefault(name, [])
                assert isinstance(held, list)
                held.append(value)
            elif name in members:
                raise ValidationFailed(
                    f"the query gives {name} twice; give it once",
                    violations=(FieldViolation(name, "must stand once"),),
                )
            else:
                members[name] = value
        return members

    @staticmethod
    def _add(members: dict[str, object], more: dict[str, object], place: str) -> None:
        for name, value in more.items():
            if name in members:
                raise MalformedRequest(
                    f"{name} stands in the {place}; leave it out of the body",
                    violations=(FieldViolation(name, f"must stand in the {place} only"),),
                )
            members[name] = value


def refuse_other_media(headers: dict[str, str]) -> None:
    """Raises UnsupportedMediaType unless the body is declared as plain JSON in UTF-8."""
    media, _, parameters = headers.get("content-type", "").partition(";")
    if media.strip().lower() != "application/json":
        said = f"is {media.strip()!r}" if media.strip() else "is missing"
        raise UnsupportedMediaType(
            f"the Content-Type {said}; send application/json",
            violations=(FieldViolation("Content-Type", "must be application/json"),),
        )
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(
                f"the charset {value.strip()} is not taken; send UTF-8",
                violations=(FieldViolation("Content-Type", "charset must be utf-8"),),
            )
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType(
            f"the Content-Encoding {headers['content-encoding']!r} is not taken; send the body as it is",
            violations=(FieldViolation("Content-Encoding", "must be absent"),),
        )


def refuse_unacceptable(accept: str) -> None:
    """Raises NotAcceptable when the client does not take events (RFC 9110). Plain answers ignore the header."""
    if accept == "*/*" or not accept.strip():
        return
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media in (EVENTS, "text/*", "*/*") and not any(_NEVER.fullmatch(p) for p in parameters):
            return
    raise NotAcceptable(
        f"this path answers with {EVENTS}; accept it, or */*",
        violations=(FieldViolation("Accept", f"must allow {EVENTS}"),),
    )
