"""Messages as Connect and gRPC-Web carry them: protobuf in binary, or in the protobuf JSON mapping.

This is not the JSON of REST: members are in lowerCamelCase, 64-bit integers are strings, embedded documents stay
strings. That mapping is part of the protocols, so that generated clients of any language understand it.
"""

from typing import TYPE_CHECKING, Protocol, TypeVar

import orjson
from google.protobuf import json_format
from google.protobuf.message import Message

from aion.adapters.rpc.call import ProtobufPayload
from aion.adapters.transports.json.codec import parse_object
from aion.adapters.transports.json.decoder import decode_members
from aion.adapters.transports.json.form import protobuf_form

Decoded = TypeVar("Decoded", bound=Message)


class Codec(Protocol):
    """One form of messages. `name` is what stands in media types."""

    @property
    def name(self) -> str:
        """`proto` or `json`."""
        ...

    def decode(self, into: type[Decoded], data: bytes) -> Decoded:
        """The message. Raises MalformedRequest."""
        ...

    def encode(self, message: Message) -> bytes:
        """Its bytes."""
        ...


class BinaryCodec:
    """Protobuf's binary form; fields that this contract does not know are a newer client's and are dropped."""

    name = "proto"

    def decode(self, into: type[Decoded], data: bytes) -> Decoded:
        """The message. Raises MalformedRequest."""
        return ProtobufPayload(data).decode(into)

    def encode(self, message: Message) -> bytes:
        """Its bytes."""
        return message.SerializeToString()


class JsonCodec:
    """The protobuf JSON mapping; members that this contract does not know are refused, as over REST."""

    name = "json"

    def decode(self, into: type[Decoded], data: bytes) -> Decoded:
        """The message. Raises MalformedRequest."""
        # Not json_format's own parser: several times slower, and lax where REST is strict.
        return decode_members(into, parse_object(data), protobuf_form)

    def encode(self, message: Message) -> bytes:
        """Its bytes."""
        return orjson.dumps(json_format.MessageToDict(message))


CODECS: dict[str, Codec] = {codec.name: codec for codec in (BinaryCodec(), JsonCodec())}

if TYPE_CHECKING:
    _: tuple[type[Codec], ...] = (BinaryCodec, JsonCodec)
