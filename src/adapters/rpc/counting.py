"""How many items the contract lets lists and maps have (buf.validate), checked by their length alone.

The validator looks at every item before it says that there are too many, and takes a tenth of a millisecond for some:
a request of 4 MiB would hold the event loop for minutes.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from aion.contract import validate_pb2
from aion.domain.errors import FieldViolation


class Bound(NamedTuple):
    """How many items a list or a map may have, and what is said of one with more."""

    most: int
    sentence: str


def bound_of(field: FieldDescriptor) -> Bound | None:
    """What the contract says of a list or a map; None when it does not say how many items that may have."""
    # The module is made from a descriptor when it is imported, so it has no types.
    rules = field.GetOptions().Extensions[validate_pb2.field]  # type: ignore[attr-defined]
    if rules.map.HasField("max_pairs"):
        most = int(rules.map.max_pairs)
        return Bound(most, f"map must be at most {most} entries")
    if rules.repeated.HasField("max_items"):
        most = int(rules.repeated.max_items)
        return Bound(most, f"must contain no more than {most} item(s)")
    return None


class _Bound(NamedTuple):
    """A field that may hold so many items at most (None: any number), or has such fields inside."""

    name: str
    most: int | None
    sentence: str
    repeated: bool
    inside: "tuple[_Bound, ...]"


def too_many(message: Message) -> tuple[FieldViolation, ...]:
    """Every list and map with more items than the contract allows; what such a one holds is not looked at."""
    bounds = _bounds(cast("Descriptor", message.DESCRIPTOR))  # the runtime's two classes of descriptors look the same
    return tuple(_found(message, bounds, "")) if _is_crowded(message, bounds) else ()


def _is_crowded(message: Message, bounds: tuple[_Bound, ...]) -> bool:
    """Whether there is anything to be found: this is asked for every request, and nearly always in vain."""
    for name, most, _, repeated, inside in bounds:
        if repeated:
            items = getattr(message, name)
            if most is not None and len(items) > most:
                return True
            if inside and any(_is_crowded(item, inside) for item in items):
                return True
        elif message.HasField(name) and _is_crowded(getattr(message, name), inside):
            return True
    return False


def _found(message: Message, bounds: tuple[_Bound, ...], path: str) -> Iterator[FieldViolation]:
    for bound in bounds:
        if not bound.repeated:
            if message.HasField(bound.name):
                yield from _found(getattr(message, bound.name), bound.inside, f"{path}{bound.name}.")
            continue
        items = getattr(message, bound.name)
        if bound.most is not None and len(items) > bound.most:
            yield FieldViolation(f"{path}{bound.name}", bound.sentence)
        elif bound.inside:
            for index, item in enumerate(items):
                yield from _found(item, bound.inside, f"{path}{bound.name}[{index}].")


@cache
def _bounds(descriptor: Descriptor) -> tuple[_Bound, ...]:
    found = (_bound(field) for field in descriptor.fields)
    return tuple(bound for bound in found if bound is not None)


def _bound(field: FieldDescriptor) -> _Bound | None:
    bound, kind = bound_of(field), field.message_type
    is_leaf = kind is None or kind.GetOptions().map_entry or kind.full_name.startswith("google.protobuf.")
    inside = () if is_leaf else _bounds(kind)
    if bound is None:
        return _Bound(field.name, None, "", field.is_repeated, inside) if inside else None
    return _Bound(field.name, bound.most, bound.sentence, field.is_repeated, inside)
