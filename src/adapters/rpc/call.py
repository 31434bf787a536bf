"""What a transport saw of one call, and what the pipeline makes of it.

Every call makes several of these, so they are tuples with names: a frozen dataclass costs twice as much to make.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message

from aion.adapters.rpc.methods import Method
from aion.adapters.rpc.protobuf_reading import refuse_too_many_values
from aion.domain.errors import MalformedRequest
from aion.domain.identity import Caller, Identity

Decoded = TypeVar("Decoded", bound=Message)


class Payload(Protocol):
    """A request as it came over the wire, not yet decoded."""

    @property
    def size(self) -> int:
        """Its size in bytes."""
        ...

    def decode(self, into: type[Decoded]) -> Decoded:
        """The message. Raises MalformedRequest."""
        ...


@dataclass(frozen=True, slots=True)
class ProtobufPayload:
    """A protobuf message in binary form. Unknown fields are dropped: they are a newer client's."""

    data: bytes

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return len(self.data)

    def decode(self, into: type[Decoded]) -> Decoded:
        """The message, without the fields that this contract does not know. Also raises ValidationFailed, for a list or
        a map that is too long to be parsed.
        """
        refuse_too_many_values(self.data, _descriptor(into))
        message = into()
        try:
            message.ParseFromString(self.data)
        except DecodeError as cause:
            raise MalformedRequest(
                f"the request is not a {into.DESCRIPTOR.full_name}; send the protobuf message of this method"
            ) from cause
        message.DiscardUnknownFields()
        return message


def _descriptor(kind: type[Message]) -> Descriptor:
    return cast("Descriptor", kind.DESCRIPTOR)  # the runtime's two classes of descriptors look the same


class Call(NamedTuple):
    """One call as a transport saw it.

    `headers` are HTTP headers or gRPC metadata, names in lower case. `certificate_names` come from a client certificate
    that TLS has verified. `timeout` is in seconds, None without a deadline. `ticket` is a stream ticket, from a
    transport that takes one; `opened` when it has opened the connection that carries this call.
    """

    method: Method
    payload: Payload
    transport: str
    headers: Mapping[str, str] = MappingProxyType({})
    certificate_names: tuple[str, ...] = ()
    peer: str = ""
    timeout: float | None = None
    ticket: str = ""
    opened: bool = False


class Marks(NamedTuple):
    """What every answer and every error of a call carries."""

    request_id: str
    traceparent: str

    @property
    def trace_id(self) -> str:
        """The W3C trace id: 32 hex digits."""
        return self.traceparent[3:35]


class Admitted(NamedTuple):
    """A decoded call of a known caller, as handlers get it."""

    caller: Caller
    identity: Identity
    request: Message
    fingerprint: bytes
