"""Messages of the contract as REST JSON, both ways, driven by the options that stand in the contract
(`aion.v1.json`).
"""

from typing import TypeVar

import orjson
from google.protobuf.message import Message

from aion.adapters.transports.json.decoder import decode_members
from aion.adapters.transports.json.encoder import encoder
from aion.adapters.transports.json.form import type_of
from aion.adapters.transports.json.reading import Unreadable, read_json
from aion.domain.errors import MalformedRequest

Decoded = TypeVar("Decoded", bound=Message)


def encode(message: Message) -> bytes:
    """The message as one JSON object."""
    return orjson.dumps(encoder(type_of(message))(message))


def decode(into: type[Decoded], data: bytes) -> Decoded:
    """The message that a JSON object holds. Raises MalformedRequest."""
    return decode_members(into, parse_object(data))


def parse_object(data: bytes) -> dict[str, object]:
    """The members of a JSON object (RFC 8259, UTF-8). Raises MalformedRequest."""
    if not data:
        raise MalformedRequest("the body is empty; send one JSON object")
    try:
        document = read_json(data)
    except Unreadable as error:
        raise MalformedRequest(f"the body {error}") from None
    if not isinstance(document, dict):
        kind = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(
            type(document), "a number"
        )
        raise MalformedRequest(f"the body is {kind}; send one JSON object")
    return document
