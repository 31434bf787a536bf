"""What is said over a WebSocket: the frames of both sides (`aion.v1.json`), each one JSON object in a text frame.

A client's frame has a `type`; one that begins a call has an `id` of the client's choice, which its answers carry.
The request inside is left as it is: the pipeline decodes it by the contract's descriptors, as it does for REST.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import orjson

from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.call import Decoded, Marks
from aion.adapters.transports.http.problems import problem_of
from aion.adapters.transports.json.decoder import decode_members
from aion.adapters.transports.json.reading import Unreadable, read_json
from aion.adapters.transports.stream_events import StreamEvent
from aion.domain.errors import FieldViolation, MalformedRequest

SUBPROTOCOL: Final = "aion.v1.json"
_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class Kind(StrEnum):
    """The types of a client's frames."""

    AUTH = "auth"
    SUBMIT = "submit"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    CANCEL = "cancel"
    PING = "ping"


_OWN: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.AUTH: ("token",),
    Kind.SUBMIT: ("id", "request", "subscribe", "traceparent"),
    Kind.SUBSCRIBE: ("id", "traceparent"),
    Kind.UNSUBSCRIBE: ("id",),
    Kind.CANCEL: ("id", "traceparent"),
    Kind.PING: (),
}
"""The members of a frame itself. Those of SUBSCRIBE and CANCEL besides are their request's."""

_FLAT: Final = frozenset({Kind.SUBSCRIBE, Kind.CANCEL})


class BadFrame(Exception):
    """A frame that cannot be understood; `call_id` is the call that it wanted to begin, when that much is clear."""

    def __init__(self, error: MalformedRequest, call_id: str = "") -> None:
        super().__init__(error.message)
        self.error = error
        self.call_id = call_id


@dataclass(frozen=True, slots=True)
class FramePayload:
    """The request of a frame, not yet decoded."""

    members: Mapping[str, object]
    size: int

    def decode(self, into: type[Decoded]) -> Decoded:
        """The message. Raises MalformedRequest."""
        return decode_members(into, self.members)


@dataclass(frozen=True, slots=True)
class ClientFrame:
    """A frame of the client. `token` is a secret."""

    kind: Kind
    call_id: str = ""
    payload: FramePayload = field(default_factory=lambda: FramePayload({}, 0))
    subscribe: bool = False
    traceparent: str = ""
    token: str = field(default="", repr=False)


def parse(text: str) -> ClientFrame:
    """The client's frame. Raises BadFrame."""
    data = text.encode()
    try:
        members = read_json(data)
    except Unreadable as cause:
        raise _bad("", f"the frame {cause}") from None
    if not isinstance(members, dict):
        raise _bad("", "the frame is no JSON object; send one")
    call_id = _call_id(members)
    try:
        kind = Kind(members.get("type", ""))
    except ValueError:
        raise _bad("type", f"must be one of {', '.join(Kind)}", call_id) from None
    if "id" in _OWN[kind] and not call_id:
        raise _bad("id", "must be 1 to 64 of A-Z a-z 0-9 _ . : -, as a string of your choice")
    own = {name: members.pop(name) for name in ("type", *_OWN[kind]) if name in members}
    if members and kind not in _FLAT:
        raise _bad(next(iter(members)), f"is no member of {kind}; it has {', '.join(_OWN[kind]) or 'none'}", call_id)
    return _frame(kind, own, members, call_id, len(data))


def _frame(kind: Kind, own: dict[str, Any], members: dict[str, Any], call_id: str, size: int) -> ClientFrame:
    subscribe, traceparent, token = own.get("subscribe"), own.get("traceparent"), own.get("token")
    if subscribe is not None and not isinstance(subscribe, bool):
        raise _bad("subscribe", "must be true or false", call_id)
    if traceparent is not None and not isinstance(traceparent, str):
        raise _bad("traceparent", "must be a string", call_id)
    if kind is Kind.AUTH and (not isinstance(token, str) or not token):
        raise _bad("token", "must be an API key or a ticket")
    if kind is Kind.SUBMIT:
        members = own.get("request", {})
        if not isinstance(members, dict):
            raise _bad("request", "must be a JSON object, as REST takes it for POST /v1/tasks", call_id)
    return ClientFrame(
        kind,
        call_id,
        FramePayload(members, size),
        subscribe=bool(subscribe),
        traceparent=traceparent or "",
        token=token or "",
    )


def _call_id(members: Mapping[str, object]) -> str:
    said = members.get("id")
    return said if isinstance(said, str) and _ID.fullmatch(said) else ""


def _bad(member: str, sentence: str, call_id: str = "") -> BadFrame:
    message = f"{member} {sentence}" if member else sentence
    return BadFrame(MalformedRequest(message, violations=(FieldViolation(member, sentence),)), call_id)


def ready_frame(marks: Marks, limits: Mapping[str, int | float]) -> bytes:
    """The first frame of the server."""
    return _written("ready", "", data=orjson.dumps({"protocol": SUBPROTOCOL, **limits}), marks=marks)


def answer_frame(name: str, call_id: str, marks: Marks, document: bytes = b"") -> bytes:
    """The answer to a call: `accepted`, `validated` and `task` with a task, `subscribed` without."""
    return _written(name, call_id, data=document, marks=marks)


def event_frame(call_id: str, event: StreamEvent) -> bytes:
    """One event of a subscription, with the name, the offset and the document that it has over SSE."""
    return _written(event.name, call_id, event.offset, event.data)


def refused_frame(refused: Refused, call_id: str = "") -> bytes:
    """The problem of a call or, without an id, of the connection."""
    return _written("refused", call_id, data=orjson.dumps(problem_of(refused)))


def bare_frame(name: str, call_id: str = "") -> bytes:
    """A frame that says its name: `unsubscribed`, `pong`, `heartbeat`, `draining`."""
    return _written(name, call_id)


def _written(
    name: str, call_id: str, offset: int | None = None, data: bytes = b"", marks: Marks | None = None
) -> bytes:
    parts = [b'{"type":"%b"' % name.encode()]
    if call_id:
        parts.append(b'"id":"%b"' % call_id.encode())
    if offset is not None:
        parts.append(b'"offset":%d' % offset)
    if marks is not None:
        parts.append(b'"request_id":"%b","trace_id":"%b"' % (marks.request_id.encode(), marks.trace_id.encode()))
    if data:
        parts.append(b'"data":' + data)
    return b",".join(parts) + b"}"
