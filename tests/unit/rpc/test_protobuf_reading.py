"""A message that holds too many values is known before it is parsed, whatever it hides them in."""

import pytest
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import SourceCodeInfo
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import ListValue, Struct

from aion.adapters.rpc.call import ProtobufPayload
from aion.adapters.rpc.protobuf_reading import MOST_STRAY, MOST_VALUES, _Walk, refuse_too_many_values
from aion.adapters.rpc.validation import Validation
from aion.domain.errors import MalformedRequest, ValidationFailed
from aion.v1 import tasks_pb2

MANY = 2000
TASK = tasks_pb2.TaskRequest.DESCRIPTOR
BATCH = tasks_pb2.SubmitBatchRequest.DESCRIPTOR
# Of these the contract bounds neither map nor list.
MAP, ITEMS, NUMBERS = Struct.DESCRIPTOR, ListValue.DESCRIPTOR, SourceCodeInfo.Location.DESCRIPTOR


def holds_too_many_values(data: bytes, descriptor: Descriptor, most: int) -> bool:
    try:
        refuse_too_many_values(data, descriptor, most)
    except MalformedRequest:
        return True
    return False


def sized(number: int, content: bytes) -> bytes:
    """A field with a length of four bytes."""
    length = bytes([len(content) >> shift & 0x7F | (0x80 if shift < 21 else 0) for shift in (0, 7, 14, 21)])
    return bytes([number << 3 | 2]) + length + content


CROWDED = {
    "fields of a message": (TASK, b"\x12\x00" * MANY),
    "numbers that nobody knows": (TASK, b"\xc0\x3e\x01" * MANY),
    "long numbers": (TASK, (b"\xc0\x3e" + b"\xff" * 9 + b"\x01") * MANY),
    "fixed ones": (TASK, b"\xc1\x3e12345678" * MANY),
    "small fixed ones": (TASK, b"\xc5\x3e1234" * MANY),
    "groups": (TASK, b"\x0b\x0c" * MANY),
    "empty messages": (ITEMS, b"\x0a\x00" * MANY),
    "entries of a map": (MAP, b"\x0a\x00" * MANY),
    "values side by side": (NUMBERS, sized(1, b"\x03" * MANY)),
    "fields of an inner message": (BATCH, sized(1, b"\x12\x00" * MANY)),
    "fields with the first number of two bytes": (TASK, b"\x80\x01\x01" * MANY),
    "texts with the first length of two bytes": (TASK, (b"\x12\x80\x01" + b"x" * 128) * MANY),
    "lengths in as many bytes as a number may have": (TASK, (b"\x12" + b"\x80" * 9 + b"\x00") * MANY),
    "an inner message before what is broken": (BATCH, sized(1, b"\x12\x00" * MANY) + b"\x0a\x7fx"),
}


@pytest.mark.parametrize(("descriptor", "data"), CROWDED.values(), ids=CROWDED)
def test_many_values_are_counted_in_every_form(descriptor, data):
    assert holds_too_many_values(data, descriptor, MANY - 1)
    assert not holds_too_many_values(data, descriptor, 2 * MANY + 2)


@pytest.mark.parametrize("form", CROWDED)
def test_each_value_is_counted_once(form):
    descriptor, data = CROWDED[form]
    around = {"values side by side": 1, "fields of an inner message": 1, "an inner message before what is broken": 2}
    values = MANY * (2 if form == "groups" else 1) + around.get(form, 0)
    assert holds_too_many_values(data, descriptor, values - 1)
    assert not holds_too_many_values(data, descriptor, values)


def test_values_side_by_side_are_counted_whatever_the_length_of_their_length():
    for length in (1 << 7, 1 << 14, (1 << 14) + 1):
        data = sized(1, b"\x03" * length)
        assert holds_too_many_values(data, NUMBERS, length)
        assert not holds_too_many_values(data, NUMBERS, length + 1)


def test_inner_messages_are_counted_also_when_those_around_them_are_as_many_as_may_be():
    two = sized(1, b"\x12\x00") * 2
    assert not holds_too_many_values(two, BATCH, 4)
    assert holds_too_many_values(two, BATCH, 3)
    assert holds_too_many_values(two, BATCH, 2)


@pytest.mark.parametrize(
    "data",
    [b"\x12" + b"\xff" * 5000, b"\xff" * 5000, sized(2, b"x" * 5000), b"\x1a\xff\xff\xff\x7f" + b"x" * 5000],
    ids=["an endless length", "an endless number", "one long text", "less than is announced"],
)
def test_what_is_broken_or_only_long_is_left_to_the_parser(data):
    assert not holds_too_many_values(data, TASK, MANY)


def test_a_request_with_too_many_values_is_refused():
    data = b"\x0a\x00" * (MOST_VALUES + 1)
    with pytest.raises(MalformedRequest, match=str(MOST_VALUES)):
        ProtobufPayload(data).decode(ListValue)
    assert len(ProtobufPayload(data[2:]).decode(ListValue).values) == MOST_VALUES


def entries(number: int, many: int) -> bytes:
    """A map with so many entries, each with a name of its own."""
    return b"".join(sized(number, b"\x0a\x06%06x" % entry) for entry in range(many))


@pytest.mark.parametrize(
    ("into", "few", "long"),
    [
        (tasks_pb2.TaskRequest, entries(8, 33), entries(8, 5000)),
        (tasks_pb2.TaskRequest, entries(4, 65), entries(4, 5000)),
        (tasks_pb2.SubmitBatchRequest, sized(1, b"") * 101, sized(1, b"") * 5000),
        (
            tasks_pb2.SubmitBatchRequest,
            sized(1, entries(8, 2)) + sized(1, entries(4, 65)),
            sized(1, entries(8, 2)) + sized(1, entries(4, 5000)),
        ),
    ],
    ids=["a map", "another map", "a list", "a map inside a list"],
)
def test_a_list_or_map_that_is_too_long_is_not_walked_to_its_end_and_refused_in_the_contracts_words(into, few, long):
    with pytest.raises(ValidationFailed) as said:
        Validation().check(asked(into, few))
    walk = _Walk(long, into.DESCRIPTOR, MOST_VALUES)
    with pytest.raises(ValidationFailed) as refused:
        walk.refuse()
    assert (refused.value.message, refused.value.violations) == (said.value.message, said.value.violations)
    assert 32 < walk.visited <= 110


def asked(into: type[Message], data: bytes) -> Message:
    return into.FromString(data)


def test_what_has_as_many_items_as_it_may_is_walked_to_its_end():
    full = entries(4, 64) + entries(8, 32)
    walk = _Walk(sized(1, full) * 100, BATCH, MOST_VALUES)
    walk.refuse()
    assert walk.visited == 100 * (1 + 2 * 96)


def test_what_stands_within_counts_with_what_stands_around_it_and_the_walk_ends_with_the_first_value_too_many():
    lists = sized(1, sized(6, b"\x0a\x00" * MANY)) * 2
    walk = _Walk(lists, ITEMS, 100)
    with pytest.raises(MalformedRequest, match="more than 100 values"):
        walk.refuse()
    assert walk.visited == 101


@pytest.mark.parametrize("stray", [b"\xc0\x3e\x01", b"\x12\x00", b"\x3a\x00"], ids=["unknown", "again", "merged"])
def test_of_values_without_a_place_only_some_are_looked_at(stray):
    walk = _Walk(stray * 80_000, TASK, MOST_VALUES)
    with pytest.raises(MalformedRequest, match=str(MOST_STRAY)):
        walk.refuse()
    assert MOST_STRAY < walk.visited <= MOST_STRAY + 2
    refuse_too_many_values(stray * MOST_STRAY, TASK, most=MOST_STRAY + 1)
