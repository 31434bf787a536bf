"""How far ahead a clock may be, by what was seen of it."""

from datetime import UTC, datetime, timedelta

from aion.domain.clock_doubt import HOLD, LEAST_DOUBTED, ClockDoubt
from aion.domain.clock_reading import ClockReading

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY, SECOND, NOTHING = timedelta(days=1), timedelta(seconds=1), timedelta()
CERTAIN = ClockDoubt(ClockReading(NOON, 100.0))


def read(doubt: ClockDoubt, *, passed: timedelta = NOTHING, jump: timedelta = NOTHING) -> ClockDoubt:
    reading = doubt.reading
    return doubt.after(ClockReading(reading.now + passed + jump, reading.monotonic + passed.total_seconds()))


def test_what_was_skipped_is_doubted_and_the_time_that_passes_is_believed():
    ahead = read(CERTAIN, jump=DAY)
    assert (ahead.ahead, ahead.believed) == (DAY, NOON)
    assert read(ahead, passed=SECOND).believed == NOON + SECOND


def test_an_hour_later_the_clock_is_believed():
    ahead = read(CERTAIN, jump=DAY)
    assert read(ahead, passed=HOLD - SECOND).ahead == DAY
    assert read(ahead, passed=HOLD).believed == NOON + DAY + HOLD
    assert read(read(ahead, passed=HOLD), jump=LEAST_DOUBTED).ahead == LEAST_DOUBTED


def test_each_jump_ahead_is_doubted_for_an_hour_of_its_own_together_with_those_before_it():
    twice = read(read(CERTAIN, jump=DAY), passed=HOLD / 2, jump=DAY)
    assert twice.ahead == 2 * DAY
    assert read(twice, passed=HOLD - SECOND).ahead == 2 * DAY
    assert read(twice, passed=HOLD).ahead == NOTHING


def test_a_clock_that_is_set_back_by_a_part_is_doubted_for_the_rest_and_no_longer():
    partly = read(read(CERTAIN, jump=2 * DAY), passed=HOLD / 2, jump=-DAY)
    assert (partly.ahead, partly.believed) == (DAY, NOON + HOLD / 2)
    assert read(partly, passed=HOLD / 2).ahead == NOTHING
    assert read(partly, jump=-DAY).ahead == NOTHING


def test_a_clock_that_is_set_back_or_ahead_by_little_is_believed():
    for jump in (-DAY, LEAST_DOUBTED - SECOND):
        assert read(CERTAIN, jump=jump).believed == NOON + jump
    assert read(CERTAIN, jump=LEAST_DOUBTED).believed == NOON
    assert read(read(CERTAIN, jump=-DAY), jump=DAY).ahead == DAY, "which of the two was right is not known"
