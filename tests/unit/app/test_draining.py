"""The time to drain is one, however many steps share it."""

from datetime import timedelta

from aion.app.draining import LAST_MOMENT, DrainTime
from tests.manual_clock import ManualClock


def test_the_time_runs_once_the_drain_begins_and_every_step_gets_what_is_left():
    clock = ManualClock()
    time = DrainTime(clock, timedelta(seconds=20))
    clock.advance(timedelta(hours=1))
    assert time.left() == 20
    time.begin()
    clock.advance(timedelta(seconds=15))
    time.begin()
    assert time.left() == 5
    clock.advance(timedelta(seconds=15))
    assert time.left() == LAST_MOMENT


def test_three_late_steps_and_a_hand_back_take_less_than_the_promised_two_seconds():
    assert 4 * LAST_MOMENT <= 2
