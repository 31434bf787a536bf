"""What a change of a schedule leaves behind: its revision, its times, and when it is looked at again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from aion.domain import schedules
from aion.domain.schedules import CatchUp, Firing, Schedule
from tests.sample_schedules import HOUR, MINUTE, at, definition, new_schedule
from tests.sample_tasks import START

SECOND = timedelta(seconds=1)


def every_minute(after: datetime) -> Iterator[datetime]:
    begin = after.replace(second=0, microsecond=0)
    return (begin + number * MINUTE for number in count(1))


def due(**changes: object) -> Schedule:
    return new_schedule(next_fire_time=START, wake_time=START, **changes)


def test_each_change_by_a_client_raises_the_revision_by_one_and_says_when():
    now = START + HOUR
    paused = schedules.paused(due(tries=3), "a rest", now)
    assert (paused.revision, paused.update_time, paused.tries) == (2, now, 0)
    assert (paused.definition.paused, paused.definition.pause_note) == (True, "a rest")
    resumed = schedules.resumed(paused, every_minute, now + SECOND)
    assert (resumed.revision, resumed.update_time, resumed.tries) == (3, now + SECOND, 0)
    assert (resumed.next_fire_time, resumed.wake_time) == (now + MINUTE, now + MINUTE)
    other = schedules.defined(resumed, definition(cron="*/2 * * * *"), every_minute, now + 2 * SECOND)
    assert (other.revision, other.update_time) == (4, now + 2 * SECOND)


def test_a_definition_that_pauses_has_no_next_time():
    held = schedules.defined(due(), definition(paused=True), every_minute, START)
    assert (held.next_fire_time, held.wake_time) == (None, None)


def test_a_definition_that_ends_a_pause_begins_with_the_next_time_from_now():
    paused = schedules.defined(due(), definition(paused=True), every_minute, START)
    again = schedules.defined(paused, definition(), every_minute, START + HOUR)
    assert again.next_fire_time == START + HOUR + MINUTE


@pytest.mark.parametrize(
    "changes",
    [{"cron": "0 * * * *"}, {"time_zone": "Europe/Berlin"}, {"start_time": START}, {"end_time": START + 9 * HOUR}],
    ids=lambda changes: next(iter(changes)),
)
def test_all_that_its_times_depend_on_makes_a_new_next_time(changes):
    after = schedules.defined(due(), definition(**changes), every_minute, START + HOUR)
    assert after.next_fire_time == START + HOUR + MINUTE


def test_a_time_that_fired_late_does_not_turn_back_the_last_one():
    held = due(last_fire_time=START + HOUR)
    after = schedules.fired(held, at(START, START + MINUTE), "t1", START + HOUR)
    assert (after.last_fire_time, after.fired, after.last_task_id) == (START + HOUR, 1, "t1")


def test_a_schedule_that_is_over_is_not_looked_at_again():
    after = schedules.fired(due(), at(START, None), "t1", START)
    assert (after.next_fire_time, after.wake_time) == (None, None)


def test_skipping_forgets_the_tries_and_counts_on():
    after = schedules.skipped(due(tries=2, skipped=5), START, 3, "missed", following=START + MINUTE, now=START)
    assert (after.skipped, after.tries, after.wake_time) == (8, 0, START + MINUTE)


def test_what_is_triggered_by_hand_counts_and_leaves_its_times_alone():
    after = schedules.fired(due(fired=2), Firing("nightly", "uid"), "t9", START)
    assert (after.fired, after.last_task_id, after.last_fire_time) == (3, "t9", None)
    assert (after.next_fire_time, after.revision) == (START, 1)


def test_a_definition_has_no_time_before_one_that_fired_whatever_the_clock_says():
    assert schedules.first_time(definition(), every_minute, START, START + HOUR) == START + HOUR + MINUTE
    assert schedules.first_time(definition(), every_minute, START + HOUR, START) == START + HOUR + MINUTE
    assert schedules.first_time(definition(paused=True), every_minute, START) is None


def test_a_window_shorter_than_what_counts_as_on_time_takes_nothing_away():
    for catch_up in CatchUp:
        held = due(definition=definition(catch_up=catch_up, catch_up_window=SECOND))
        assert schedules.next_unmissed(held, every_minute, START + schedules.ON_TIME) == START


def test_the_latest_time_that_is_on_time_is_found_without_looking_for_missed_ones():
    asked: list[datetime] = []

    def watched(after: datetime) -> Iterator[datetime]:
        asked.append(after)
        return every_minute(after)

    now = START + 600 * HOUR + 5 * SECOND
    held = due(definition=definition(catch_up=CatchUp.LATEST))
    assert schedules.next_unmissed(held, watched, now) == START + 600 * HOUR
    assert len(asked) == 2


@pytest.mark.parametrize("late", [timedelta(0), 30 * SECOND, 17 * MINUTE + SECOND, 40 * HOUR])
def test_the_latest_time_is_the_last_one_up_to_now(late):
    assert schedules.latest(every_minute, START, START + late) == START + late // MINUTE * MINUTE


def test_the_latest_time_is_found_among_times_that_come_to_an_end():
    def three(after: datetime) -> Iterator[datetime]:
        return (time for time in (START, START + MINUTE, START + 2 * MINUTE) if time > after)

    assert schedules.latest(three, START, START + HOUR) == START + 2 * MINUTE


def test_a_submission_is_known_by_its_schedule_and_by_what_it_is_for():
    held = due()
    assert held.mark_of("a") == due().mark_of("a")
    assert len({held.mark_of("a"), held.mark_of("b"), replace(held, uid="another").mark_of("a")}) == 3


def test_the_latest_time_is_found_when_it_falls_on_now_and_times_lie_apart_unevenly():
    times = (START, START + MINUTE, START + 4 * MINUTE)

    def uneven(after: datetime) -> Iterator[datetime]:
        return (time for time in times if time > after)

    assert schedules.latest(uneven, START, START + 4 * MINUTE) == START + 4 * MINUTE
    assert schedules.latest(uneven, START, START + 4 * MINUTE - SECOND) == START + MINUTE
