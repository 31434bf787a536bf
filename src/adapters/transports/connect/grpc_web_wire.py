"""gRPC-Web: gRPC's frames over any HTTP, with the trailers as a last frame of the body, so that scripts can read them.

Every answer is HTTP 200. The text form (base64) is for clients that read a stream by XMLHttpRequest; each frame is
encoded for itself, so that it can be read as soon as it has come.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from google.protobuf.message import Message

from aion.adapters.rpc.answers import Refused
from aion.adapters.rpc.errors import to_status
from aion.adapters.transports.connect.codecs import Codec
from aion.adapters.transports.connect.dialects import Reply, StreamDialect, bad_timeout
from aion.adapters.transports.connect.envelopes import seal_envelope

TRAILERS = 0b1000_0000
_UNITS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_DIGITS = 8
_PLAIN = " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""What stands in grpc-message as it is; the rest is percent-encoded UTF-8."""


@dataclass(frozen=True, slots=True)
class GrpcWeb:
    """gRPC-Web with one codec. `text`: the base64 form, which only answers in it."""

    codec: Codec
    text: bool = False
    transport: str = "grpc-web"
    encoding_header: str = "grpc-encoding"
    enveloped: bool = True

    @property
    def content_type(self) -> str:
        """The media type of the answer."""
        return f"application/grpc-web{'-text' if self.text else ''}+{self.codec.name}"

    def timeout(self, headers: Mapping[str, str]) -> float | None:
        """`grpc-timeout` in seconds. Raises MalformedRequest."""
        said = headers.get("grpc-timeout")
        if said is None:
            return None
        digits, unit = said[:-1], said[-1:]
        if unit not in _UNITS or not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
            raise bad_timeout("grpc-timeout", "must be at most eight digits and one of H, M, S, m, u, n, as in 5S")
        return int(digits) * _UNITS[unit]

    def answer(self, message: Message) -> Reply:
        """One message and the trailers."""
        return Reply(200, self.content_type, self.frame(message) + self.end(None))

    def refusal(self, refused: Refused) -> Reply:
        """The trailers alone."""
        return Reply(200, self.content_type, self.end(refused))

    def frame(self, message: Message) -> bytes:
        """One message of the stream."""
        return self._form(seal_envelope(0, self.codec.encode(message)))

    def end(self, refused: Refused | None) -> bytes:
        """The last frame: the trailers."""
        return self._form(seal_envelope(TRAILERS, _trailers(refused)))

    def _form(self, frame: bytes) -> bytes:
        return base64.b64encode(frame) if self.text else frame


def _trailers(refused: Refused | None) -> bytes:
    if refused is None:
        return b"grpc-status: 0\r\n"
    status = to_status(refused.error, refused.marks)
    details = base64.b64encode(status.SerializeToString()).decode().rstrip("=")
    return (
        f"grpc-status: {status.code}\r\n"
        f"grpc-message: {quote(status.message, safe=_PLAIN)}\r\n"
        f"grpc-status-details-bin: {details}\r\n"
    ).encode()


if TYPE_CHECKING:
    _: type[StreamDialect] = GrpcWeb
