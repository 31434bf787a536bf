"""Times and spans agree with protobuf's own JSON mapping."""

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.transports.json.times import duration_text, parse_duration, parse_timestamp, timestamp_text

nanos = st.sampled_from([0, 1, 500_000_000, 678_000_000, 1_000, 999_999_999, 120_000]) | st.integers(0, 999_999_999)


@given(st.integers(-62_135_596_800, 253_402_300_799), nanos)
def test_a_time_is_written_as_protobuf_writes_it_and_read_back(seconds, nanos):
    stamp = Timestamp(seconds=seconds, nanos=nanos)
    assert timestamp_text(stamp) == stamp.ToJsonString()
    assert parse_timestamp(timestamp_text(stamp)) == stamp


@given(st.integers(0, 315_576_000_000), nanos, st.sampled_from([1, -1]))
def test_a_span_is_written_as_protobuf_writes_it_and_read_back(seconds, nanos, sign):
    span = Duration(seconds=sign * seconds, nanos=sign * nanos)
    assert duration_text(span) == span.ToJsonString()
    assert parse_duration(duration_text(span)) == span


@pytest.mark.parametrize(
    "text", ["", "2030-01-01", "2030-01-01T00:00:00", "2030-01-01 00:00:00Z", "now", "2030-13-01T00:00:00Z"]
)
def test_other_texts_are_no_time(text):
    with pytest.raises(ValueError, match="RFC 3339"):
        parse_timestamp(text)


@pytest.mark.parametrize("text", ["", "3", "s", "1.s", "1e3s", "3 s", "0.0000000001s", "+1s"])
def test_other_texts_are_no_span(text):
    with pytest.raises(ValueError, match="seconds with an s"):
        parse_duration(text)
