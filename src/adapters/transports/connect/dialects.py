"""What Connect and gRPC-Web have in common for the server: a dialect says how calls, answers and refusals are written.

The media type of a request chooses its dialect. https://connectrpc.com/docs/protocol and the gRPC-Web document of
grpc/grpc describe them; only what a server of unary and server-streaming calls needs is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message

from aion.adapters.rpc.answers import Refused
from aion.adapters.transports.connect.codecs import Codec
from aion.domain.errors import FieldViolation, MalformedRequest


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole HTTP answer."""

    status: int
    content_type: str
    body: bytes


class Dialect(Protocol):
    """One protocol with one codec, as unary calls need it."""

    @property
    def transport(self) -> str:
        """Its name in metrics and traces."""
        ...

    @property
    def codec(self) -> Codec:
        """How messages are written."""
        ...

    @property
    def encoding_header(self) -> str:
        """The header that names the compression of messages."""
        ...

    @property
    def enveloped(self) -> bool:
        """Whether flags and length stand before messages."""
        ...

    @property
    def text(self) -> bool:
        """Whether bodies are base64."""
        ...

    def timeout(self, headers: Mapping[str, str]) -> float | None:
        """The seconds that the client gives the call. Raises MalformedRequest."""
        ...

    def answer(self, message: Message) -> Reply:
        """The answer of a unary call."""
        ...

    def refusal(self, refused: Refused) -> Reply:
        """The answer of a call that is refused before its first message."""
        ...


class StreamDialect(Dialect, Protocol):
    """One protocol with one codec, as streams need it as well."""

    @property
    def content_type(self) -> str:
        """The media type of the stream."""
        ...

    def frame(self, message: Message) -> bytes:
        """One message of the stream."""
        ...

    def end(self, refused: Refused | None) -> bytes:
        """The last frame: how the stream ended."""
        ...


def bad_timeout(header: str, description: str) -> MalformedRequest:
    """The refusal of a timeout that cannot be read."""
    return MalformedRequest(f"the header {header} {description}", violations=(FieldViolation(header, description),))
