"""How many values a protobuf message holds, found before it is parsed.

Parsing holds the event loop and fills memory: two bytes of a request can become a message of a hundred. A walk over
the heads of the fields is cheap, and over most requests there is none: they are too short to hold that many.
"""

from functools import cache
from typing import Final, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

MOST_VALUES: Final = 250_000
"""Values in one request, as JSON or in binary form: what takes a parser about a tenth of a second."""

_MORE: Final = 0x80
_VARINT, _SIZED = 0, 2
_FIXED: Final = {1: 8, 5: 4}
_NEVER_PACKED = frozenset({FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES, FieldDescriptor.TYPE_MESSAGE})


def holds_too_many_values(data: bytes, descriptor: Descriptor, most: int = MOST_VALUES) -> bool:
    """Whether there are more than `most`. What is broken is counted as far as it can be read: the parser refuses it."""
    if len(data) <= most:  # a value has a byte at least
        return False
    count, parts = 0, [_Part(0, len(data), descriptor)]
    while parts and count <= most:
        count += _walk(data, parts.pop(), parts, most - count)
    return count > most


class _Part(NamedTuple):
    """A message within the bytes."""

    at: int
    end: int
    descriptor: Descriptor


def _walk(data: bytes, part: _Part, parts: list[_Part], most: int) -> int:
    """How many values stand in a part itself, more than `most` or all; the messages among them become parts."""
    messages, packed = _shapes(part.descriptor)
    at, end, count = part.at, part.end, 0
    try:
        while at < end and count <= most:
            count += 1
            head, at = (data[at], at + 1) if data[at] < _MORE else _number(data, at)
            kind = head & 7
            if kind == _VARINT:
                while data[at] >= _MORE:
                    at += 1
                at += 1
            elif kind == _SIZED:
                size, at = (data[at], at + 1) if data[at] < _MORE else _number(data, at)
                if at + size > end:
                    break
                if size and (number := head >> 3) in messages:
                    parts.append(_Part(at, at + size, messages[number]))
                elif size and number in packed:
                    count += size
                at += size
            else:
                at += _FIXED.get(kind, 0)
    except IndexError:  # it ends in the middle of a number
        return count
    return count


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The number of several bytes that stands there (a varint), and where it ends."""
    value, shift = data[at] & 0x7F, 7
    while True:
        at += 1
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < _MORE:
            return value, at + 1
        shift += 7
        if shift > 63:
            raise IndexError("a number has at most ten bytes")


@cache
def _shapes(descriptor: Descriptor) -> tuple[dict[int, Descriptor], frozenset[int]]:
    """The fields that hold messages, and the lists whose values may stand side by side without heads."""
    messages = {f.number: f.message_type for f in descriptor.fields if f.message_type is not None}
    packed = frozenset(f.number for f in descriptor.fields if f.is_repeated and f.type not in _NEVER_PACKED)
    return messages, packed
