"""The Connect protocol: unary calls as plain HTTP, streams as envelopes, errors as JSON with google.rpc details.

A unary error has the HTTP status of its code. A stream is 200 whatever happens; its last envelope says how it ended.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from google.protobuf import json_format
from google.protobuf.message import Message
from grpc import StatusCode

from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.errors import HTTP_OF_CODE, code_of, to_status
from aion.adapters.transports.connect.codecs import Codec
from aion.adapters.transports.connect.dialects import Dialect, Reply, StreamDialect, bad_timeout
from aion.adapters.transports.connect.envelopes import seal_envelope
from aion.domain.errors import FieldViolation, MalformedRequest

END_OF_STREAM = 0b10
_MILLISECONDS = 10
"""The protocol's bound: a timeout has at most ten digits."""


def connect_code(code: StatusCode) -> str:
    """The code's name on this wire."""
    return "canceled" if code is StatusCode.CANCELLED else code.name.lower()


def error_of(refused: Refused) -> dict[str, object]:
    """The refusal as Connect's error; each detail is base64 for programs, and plain (`debug`) for people."""
    status = to_status(refused.error, refused.marks)
    return {
        "code": connect_code(code_of(refused.error)),
        "message": status.message,
        "details": [_detail(packed) for packed in status.details],
    }


def _detail(packed: Any) -> dict[str, object]:
    return {
        "type": packed.TypeName(),
        "value": base64.b64encode(packed.value).decode().rstrip("="),
        "debug": {name: value for name, value in json_format.MessageToDict(packed).items() if name != "@type"},
    }


def connect_timeout(headers: Mapping[str, str]) -> float | None:
    """`connect-timeout-ms` in seconds; also checks the protocol's version. Raises MalformedRequest."""
    version = headers.get("connect-protocol-version", "1")
    if version != "1":
        raise MalformedRequest(
            "the header connect-protocol-version must be 1",
            violations=(FieldViolation("connect-protocol-version", "must be 1"),),
        )
    text = headers.get("connect-timeout-ms")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MILLISECONDS):
        raise bad_timeout("connect-timeout-ms", "must be whole milliseconds, at most ten digits")
    return int(text) / 1000


@dataclass(frozen=True, slots=True)
class ConnectUnary:
    """A unary call: the message is the body."""

    codec: Codec
    transport: str = "connect"
    encoding_header: str = "content-encoding"
    enveloped: bool = False
    text: bool = False

    def timeout(self, headers: Mapping[str, str]) -> float | None:
        """The seconds that the client gives the call. Raises MalformedRequest."""
        return connect_timeout(headers)

    def answer(self, message: Message) -> Reply:
        """The answer of a unary call."""
        return Reply(200, f"application/{self.codec.name}", self.codec.encode(message))

    def refusal(self, refused: Refused) -> Reply:
        """The error, always as JSON."""
        status = HTTP_OF_CODE[code_of(refused.error)]
        return Reply(status, "application/json", orjson.dumps(error_of(refused)))


@dataclass(frozen=True, slots=True)
class ConnectStream:
    """A streaming call: each message in an envelope, the last one of JSON."""

    codec: Codec
    transport: str = "connect"
    encoding_header: str = "connect-content-encoding"
    enveloped: bool = True
    text: bool = False

    @property
    def content_type(self) -> str:
        """The media type of the stream."""
        return f"application/connect+{self.codec.name}"

    def timeout(self, headers: Mapping[str, str]) -> float | None:
        """The seconds that the client gives the call. Raises MalformedRequest."""
        return connect_timeout(headers)

    def answer(self, message: Message) -> Reply:
        """One message and its end."""
        return Reply(200, self.content_type, self.frame(message) + self.end(None))

    def refusal(self, refused: Refused) -> Reply:
        """No message, and the end that says why."""
        return Reply(200, self.content_type, self.end(refused))

    def frame(self, message: Message) -> bytes:
        """One message of the stream."""
        return seal_envelope(0, self.codec.encode(message))

    def end(self, refused: Refused | None) -> bytes:
        """The last frame: how the stream ended."""
        return seal_envelope(END_OF_STREAM, orjson.dumps({} if refused is None else {"error": error_of(refused)}))


if TYPE_CHECKING:
    _unary: type[Dialect] = ConnectUnary
    _stream: type[StreamDialect] = ConnectStream
