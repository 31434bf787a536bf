"""A message that holds too many values is known before it is parsed, whatever it hides them in."""

import pytest

from aion.adapters.rpc.call import ProtobufPayload
from aion.adapters.rpc.protobuf_reading import MOST_VALUES, holds_too_many_values
from aion.domain.errors import MalformedRequest
from aion.v1 import tasks_pb2

MANY = 2000
TASK = tasks_pb2.TaskRequest.DESCRIPTOR
BATCH = tasks_pb2.SubmitBatchRequest.DESCRIPTOR
LIST = tasks_pb2.ListTasksRequest.DESCRIPTOR


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
    "empty messages": (BATCH, b"\x0a\x00" * MANY),
    "entries of a map": (TASK, b"\x22\x00" * MANY),
    "values side by side": (LIST, sized(3, b"\x03" * MANY)),
    "fields of an inner message": (BATCH, sized(1, b"\x12\x00" * MANY)),
    "fields with the first number of two bytes": (TASK, b"\x80\x01\x01" * MANY),
    "texts with the first length of two bytes": (TASK, (b"\x12\x80\x01" + b"x" * 128) * MANY),
    "lengths in as many bytes as a number may have": (TASK, (b"\x12" + b"\x80" * 9 + b"\x00") * MANY),
    "an inner message before what is broken": (BATCH, sized(1, b"\x22\x00" * MANY) + b"\x0a\x7fx"),
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
        data = sized(3, b"\x03" * length)
        assert holds_too_many_values(data, LIST, length)
        assert not holds_too_many_values(data, LIST, length + 1)


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
        ProtobufPayload(data).decode(tasks_pb2.SubmitBatchRequest)
    assert len(ProtobufPayload(data[2:]).decode(tasks_pb2.SubmitBatchRequest).requests) == MOST_VALUES
