"""Requests made from descriptors: mostly what the contract's rules allow, here and there what they do not."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from aion.adapters.transports.header_fields import waiting_field
from aion.contract import validate_pb2
from tests.fuzz import values
from tests.fuzz.known import Known, kind_of

DEEPEST = 4
ALWAYS, REQUIRED, USUAL, OUTPUT = 1.0, 0.97, 0.3, 0.03
"""How often a field is set: one that must be, one that may be, one that only answers set."""

FEWER = (1.0, 0.8, 0.25, 0.2, 0.2)
"""Of those that may be, by depth: the deeper one is, the more are beside it, and each can break something."""

_BITS = {
    FieldDescriptor.TYPE_INT32: (32, True),
    FieldDescriptor.TYPE_SINT32: (32, True),
    FieldDescriptor.TYPE_SFIXED32: (32, True),
    FieldDescriptor.TYPE_UINT32: (32, False),
    FieldDescriptor.TYPE_FIXED32: (32, False),
    FieldDescriptor.TYPE_INT64: (64, True),
    FieldDescriptor.TYPE_SINT64: (64, True),
    FieldDescriptor.TYPE_SFIXED64: (64, True),
    FieldDescriptor.TYPE_UINT64: (64, False),
    FieldDescriptor.TYPE_FIXED64: (64, False),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a field takes: `words` break no rule as far as the contract says, `wild` most likely do."""

    field: FieldDescriptor
    often: float
    words: tuple[Any, ...] = ()
    wild: tuple[Any, ...] = ()
    most: int = 3
    plans: "tuple[Plan, ...]" = ()

    @property
    def is_map(self) -> bool:
        """Whether it is a map; `plans` are then those of key and value."""
        return bool(self.plans)


@dataclass(frozen=True, slots=True)
class Author:
    """Writes requests. `wildness` is the share of values that break a rule."""

    rng: Random
    known: Known
    wildness: float = 0.08

    def write(self, kind: type[Message], depth: int = 0) -> Message:
        """A request of this kind."""
        message = kind()
        for plan in plans_of(_descriptor(kind)):
            often = plan.often if plan.often > USUAL else plan.often * FEWER[depth]
            if self.rng.random() < often:
                self._set(message, plan, depth)
        return message

    def _set(self, message: Message, plan: Plan, depth: int) -> None:
        name = plan.field.name
        if plan.is_map:
            key, value = plan.plans
            for _ in range(self._count(plan)):
                place = self._scalar(key) or "k"
                if value.field.message_type is None:
                    getattr(message, name)[place] = self._scalar(value)
                else:
                    getattr(message, name)[place].SetInParent()
        elif plan.field.is_repeated:
            held = getattr(message, name)
            held.extend(self._one(plan, depth) for _ in range(self._count(plan)))
        elif plan.field.message_type is not None:
            one = self._one(plan, depth)
            getattr(message, name).CopyFrom(one)
        else:
            setattr(message, name, self._scalar(plan))

    def _count(self, plan: Plan) -> int:
        share = self.rng.random()
        if share < 0.9:
            return self.rng.randint(1, min(plan.most, 3))
        return 0 if share < 0.97 else plan.most + 1

    def _one(self, plan: Plan, depth: int) -> Any:
        if plan.field.message_type is None:
            return self._scalar(plan)
        kind = GetMessageClass(plan.field.message_type)
        if plan.words:
            seconds, nanos = self._scalar(plan)
            return kind(seconds=seconds, nanos=nanos)
        return kind() if depth >= DEEPEST else self.write(kind, depth + 1)

    def _scalar(self, plan: Plan) -> Any:
        rng, name = self.rng, plan.field.name
        wild = rng.random() < self.wildness
        if plan.field.type == FieldDescriptor.TYPE_STRING and not wild and self.known.knows(name):
            return self.known.pick(rng, name, plan.words)
        return rng.choice(plan.wild if wild and plan.wild else plan.words)


def _descriptor(kind: type[Message]) -> Descriptor:
    descriptor: Descriptor = kind.DESCRIPTOR
    return descriptor


@cache
def plans_of(descriptor: Descriptor) -> tuple[Plan, ...]:
    """A plan for every field of a message."""
    waits = waiting_field(descriptor)
    return tuple(_plan(field, waits=waits is not None and waits.name == field.name) for field in descriptor.fields)


def _plan(field: FieldDescriptor, *, waits: bool = False) -> Plan:
    behaviours = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    often = ALWAYS if field.name == "page_size" else USUAL  # without it pages are long, take time and say the same
    if field_behavior_pb2.REQUIRED in behaviours:
        often = REQUIRED
    elif field_behavior_pb2.OUTPUT_ONLY in behaviours:
        often = OUTPUT
    rules: Any = field.GetOptions().Extensions[validate_pb2.field]  # type: ignore[attr-defined] # made from a descriptor
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        entry = field.message_type.fields_by_name
        plans = (_plan(entry["key"]), _plan(entry["value"]))
        return Plan(field, often, most=int(rules.map.max_pairs) or 3, plans=plans)
    most = 3
    if field.is_repeated:
        most = int(rules.repeated.max_items) or 3
        rules = rules.repeated.items
    words, wild = _values(field, rules)
    if waits:  # nobody has the time to wait for long
        words = tuple(span for span in words if span < (1, 0))
    return Plan(field, often, words, wild, most)


def _values(field: FieldDescriptor, rules: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if field.message_type is not None:
        known: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
            "google.protobuf.Duration": (values.SPANS, values.WILD_SPANS),
            "google.protobuf.Timestamp": (values.TIMES, values.WILD_TIMES),
        }
        return known.get(field.message_type.full_name, ((), ()))
    if field.enum_type is not None:
        numbers = tuple(value.number for value in field.enum_type.values)
        return numbers, (*numbers, -1, max(numbers) + 1, 99, 2**31 - 1, -(2**31))
    if field.type in _BITS:
        bits, signed = _BITS[field.type]
        every = values.whole_numbers(bits, signed=signed)
        # Most lists are asked for short pages: long ones take their time, and say the same.
        words = tuple(number for number in every if number >= 0) if field.name != "page_size" else values.PAGE_SIZES
        if rules.int32.HasField("lte"):
            most = rules.int32.lte
            return (*(number for number in words if number < most), most), (*every, most + 1)
        return words, every
    by_type: dict[int, Callable[[], tuple[tuple[Any, ...], tuple[Any, ...]]]] = {
        FieldDescriptor.TYPE_STRING: lambda: _texts(field, rules.string),
        FieldDescriptor.TYPE_BYTES: lambda: ((b"", b"\x00\xff"), (b"x" * 5000,)),
        FieldDescriptor.TYPE_BOOL: lambda: ((False, True), ()),
        FieldDescriptor.TYPE_DOUBLE: lambda: (values.REALS, values.WILD_REALS),
        FieldDescriptor.TYPE_FLOAT: lambda: (values.REALS, values.WILD_REALS),
    }
    return by_type[field.type]()


def _texts(field: FieldDescriptor, rules: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kind = kind_of(field.name)
    words = tuple(getattr(rules, "in")) or values.GOOD.get(kind) or values.PLAIN
    if rules.pattern:
        words = tuple(word for word in words if re.search(rules.pattern, word)) or words
    # Twice, so that what is nearly right comes as often as what is far off.
    near = values.NEAR.get(kind, ())
    return words, (*near, *near, *values.WILD)
