"""What a protobuf message holds too much of, found before it is parsed.

Parsing holds the event loop and fills memory: two bytes of a request can become a message of a hundred. A walk over
the heads of the fields is cheap, and over most requests there is none: they are too short to hold that many. The walk
ends where a list or a map has more items than the contract allows, so that it is never longer than what may pass.
"""

from collections import deque
from functools import cache
from typing import Final, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from aion.adapters.rpc.counting import Bound, bound_of
from aion.domain.errors import FieldViolation, MalformedRequest, ValidationFailed

MOST_VALUES: Final = 250_000
"""Values in one request, as JSON or in binary form: what takes a parser about a tenth of a second."""

MOST_STRAY: Final = 10_000
"""Values for which the contract has no place: a newer client has a few of them."""

_MORE: Final = 0x80
_VARINT, _SIZED = 0, 2
_FIXED: Final = {1: 8, 5: 4}
_NEVER_PACKED = frozenset({FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES, FieldDescriptor.TYPE_MESSAGE})


def refuse_too_many_values(data: bytes, descriptor: Descriptor, most: int = MOST_VALUES) -> None:
    """Raises ValidationFailed for a list or a map with more items than it may have, as it is when the message has been
    parsed, and MalformedRequest for more than `most` values in all. What is broken is counted as far as it can be read:
    the parser refuses it.
    """
    if len(data) > most:  # a value has a byte at least
        _Walk(data, descriptor, most).refuse()


class _Part(NamedTuple):
    """A message within the bytes, and how its fields are called from outside."""

    at: int
    end: int
    descriptor: Descriptor
    path: str


class _Walk:
    """From head to head. `visited` is how many values it has seen."""

    def __init__(self, data: bytes, descriptor: Descriptor, most: int) -> None:
        self.visited = 0
        self._data = data
        self._most = most
        self._strays = 0
        self._parts = deque([_Part(0, len(data), descriptor, "")])

    def refuse(self) -> None:
        """Raises what refuses the message."""
        while self._parts:
            self._look_at(self._parts.popleft())
            if self.visited > self._most:
                raise MalformedRequest(
                    f"the request has more than {self._most} values; send fewer, or send them as text"
                )

    def _look_at(self, part: _Part) -> None:
        """Counts the values that stand in a part itself, all or one too many; the messages among them become parts."""
        data, shape = self._data, _shape(part.descriptor)
        at, end, count, most = part.at, part.end, 0, self._most - self.visited
        times: dict[int, int] = {}
        try:
            while at < end and count <= most:
                count += 1
                head, at = (data[at], at + 1) if data[at] < _MORE else _number(data, at)
                number, kind = head >> 3, head & 7
                times[number] = nth = times.get(number, 0) + 1
                if nth > shape.room.get(number, 0):
                    self._over(part, number, count)
                if kind == _VARINT:
                    while data[at] >= _MORE:
                        at += 1
                    at += 1
                elif kind == _SIZED:
                    size, at = (data[at], at + 1) if data[at] < _MORE else _number(data, at)
                    if at + size > end:
                        break
                    if size and number in shape.messages:
                        inside = shape.messages[number]
                        self._parts.append(_Part(at, at + size, inside, _path(part, number, nth)))
                    elif size and number in shape.packed:
                        count += size
                    at += size
                else:
                    at += _FIXED.get(kind, 0)
        except IndexError:  # it ends in the middle of a number
            pass
        self.visited += count

    def _over(self, part: _Part, number: int, count: int) -> None:
        """A value that stands once more often than there is room for it."""
        if (bound := _shape(part.descriptor).bounds.get(number)) is not None:
            self.visited += count
            field = part.path + part.descriptor.fields_by_number[number].name
            raise ValidationFailed(f"{field} {bound.sentence}", violations=(FieldViolation(field, bound.sentence),))
        self._strays += 1
        if self._strays > MOST_STRAY:
            self.visited += count
            raise MalformedRequest(
                f"the request has more than {MOST_STRAY} values that are unknown here, or stand again where one may; "
                "send the protobuf message of this method"
            )


def _path(part: _Part, number: int, nth: int) -> str:
    """How the fields of a message are called from outside, which stands in a part as the nth of its kind."""
    field = part.descriptor.fields_by_number[number]
    return f"{part.path}{field.name}[{nth - 1}]." if field.is_repeated else f"{part.path}{field.name}."


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


class _Shape(NamedTuple):
    """What a message may hold, by the numbers of its fields: how often each may stand, those whose number the contract
    bounds, those that hold messages, and the lists whose values may stand side by side without heads.
    """

    room: dict[int, int]
    bounds: dict[int, Bound]
    messages: dict[int, Descriptor]
    packed: frozenset[int]


@cache
def _shape(descriptor: Descriptor) -> _Shape:
    bounds = {f.number: bound for f in descriptor.fields if (bound := bound_of(f)) is not None}
    return _Shape(
        room={f.number: bounds[f.number].most if f.number in bounds else _room(f) for f in descriptor.fields},
        bounds=bounds,
        messages={f.number: f.message_type for f in descriptor.fields if f.message_type is not None},
        packed=frozenset(f.number for f in descriptor.fields if f.is_repeated and f.type not in _NEVER_PACKED),
    )


def _room(field: FieldDescriptor) -> int:
    return MOST_VALUES if field.is_repeated else 1
