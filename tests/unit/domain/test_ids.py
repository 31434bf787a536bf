"""Ids sort by time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from aion.domain.ids import uuid7
from tests.sample_tasks import START


def test_an_id_is_a_uuid_of_version_seven():
    for random in (bytes(10), b"\xff" * 10, b"0123456789"):
        made = UUID(uuid7(START, random))
        assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_a_later_id_sorts_after_an_earlier_one():
    earlier = uuid7(START, b"\xff" * 10)
    later = uuid7(START + timedelta(milliseconds=1), bytes(10))
    assert earlier < later


def test_the_same_moment_gives_other_ids_for_other_randomness():
    assert uuid7(START, bytes(10)) != uuid7(START, bytes(9) + b"\x01")


def test_the_time_can_be_read_back():
    assert UUID(uuid7(START, b"0123456789")).int >> 80 == int(START.timestamp() * 1000)


def test_an_id_holds_seventy_four_bits_of_its_randomness():
    """RFC 9562: all of the UUID but the time, the version and the variant."""
    ids = {uuid7(START, (1 << bit).to_bytes(10, "big")) for bit in range(80)}
    assert len(ids | {uuid7(START, bytes(10))}) == 74 + 1


def test_a_clock_that_stands_before_1970_gives_ids_all_the_same():
    made = UUID(uuid7(datetime(1969, 12, 31, tzinfo=UTC), bytes(10)))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
