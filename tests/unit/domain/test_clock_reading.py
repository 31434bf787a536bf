"""What counts as a clock that was set."""

from datetime import UTC, datetime, timedelta

import pytest

from aion.domain.clock_reading import LEAST_JUMP, ClockReading

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BEFORE = ClockReading(NOON, 100.0)
LITTLE = timedelta(microseconds=1)


@pytest.mark.parametrize("direction", [1, -1])
def test_a_clock_was_set_when_it_is_at_least_so_far_from_the_time_that_passed(direction):
    hour, jump = timedelta(hours=1), direction * LEAST_JUMP
    assert ClockReading(NOON + hour + jump, 3700.0).jump_since(BEFORE) == jump
    assert ClockReading(NOON + hour + jump - direction * LITTLE, 3700.0).jump_since(BEFORE) == timedelta()


def test_a_clock_that_only_went_on_was_not_set():
    assert ClockReading(NOON + timedelta(days=9), 100.0 + 9 * 86_400).jump_since(BEFORE) == timedelta()
