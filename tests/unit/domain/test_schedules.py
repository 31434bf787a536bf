"""The decisions about times are pure: a schedule, its times and a moment go in, the next schedule comes out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from aion.domain import schedules
from aion.domain.schedules import CatchUp, Definition, Schedule, TaskTemplate
from tests.sample_schedules import at

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def every_minute(after: datetime) -> Iterator[datetime]:
    """A calendar: each full minute, for ever."""
    time = after.replace(second=0, microsecond=0)
    while True:
        time += MINUTE
        yield time


def hourly(after: datetime) -> Iterator[datetime]:
    """Another one: each full hour."""
    return (time for time in every_minute(after) if time.minute == 0)


def definition(**changes: Any) -> Definition:
    return Definition(cron="* * * * *", task=TaskTemplate("echo"), **changes)


def schedule(next_fire: datetime | None = NOON, said: Definition | None = None, **changes: Any) -> Schedule:
    values: dict[str, Any] = {
        "tenant": "acme",
        "schedule_id": "nightly",
        "uid": "u1",
        "fingerprint": b"f",
        "definition": said or definition(),
        "principal": "service",
        "scopes": frozenset({"intent:*:run"}),
        "create_time": NOON - HOUR,
        "update_time": NOON - HOUR,
        "next_fire_time": next_fire,
        "wake_time": next_fire,
        **changes,
    }
    return Schedule(**values)


def upcoming(late: timedelta, **changes: Any) -> datetime | None:
    """The first time that is not skipped, so late after noon."""
    return schedules.next_unmissed(schedule(said=definition(**changes)), every_minute, NOON + late)


def test_a_schedule_that_is_not_due_misses_nothing():
    for held in (schedule(), schedule(None)):
        with pytest.raises(ValueError, match="is not due"):
            schedules.next_unmissed(held, every_minute, NOON - MINUTE)


# 12.4: A time is missed when it could not be submitted within ten seconds. LATEST fires the latest missed time once,
# ALL each one, oldest first, NONE none; never one that lies further back than `catch_up_window`.
@pytest.mark.parametrize(
    ("catch_up", "late", "skipped"),
    [
        (CatchUp.LATEST, timedelta(milliseconds=5), 0),
        (CatchUp.LATEST, 3 * MINUTE, 3),  # the fourth is the latest
        (CatchUp.LATEST, 3 * MINUTE + timedelta(seconds=30), 3),
        (CatchUp.LATEST, 2 * HOUR, 120),
        (CatchUp.LATEST, 1000 * HOUR + timedelta(seconds=59), 60_000),
        (CatchUp.ALL, 3 * MINUTE, 0),
        (CatchUp.ALL, 2 * HOUR, 60),  # those within the hour of the window fire
        (CatchUp.NONE, timedelta(milliseconds=5), 0),
        (CatchUp.NONE, schedules.ON_TIME, 0),
        (CatchUp.NONE, timedelta(seconds=30), 1),
        (CatchUp.NONE, 3 * MINUTE + timedelta(seconds=30), 4),
        (CatchUp.NONE, 3 * MINUTE, 3),  # the fourth is on time
    ],
)
def test_missed_times_are_skipped_as_the_catch_up_says(catch_up, late, skipped):
    assert upcoming(late, catch_up=catch_up) == NOON + skipped * MINUTE


@pytest.mark.parametrize("catch_up", list(CatchUp))
def test_a_time_that_is_less_than_ten_seconds_late_was_not_missed(catch_up):
    def every_second(after: datetime) -> Iterator[datetime]:
        return (after.replace(microsecond=0) + n * timedelta(seconds=1) for n in count(1))

    held = schedule(said=definition(catch_up=catch_up))
    assert schedules.next_unmissed(held, every_second, NOON + timedelta(seconds=9)) == NOON


@pytest.mark.parametrize("catch_up", list(CatchUp))
def test_when_all_times_that_are_left_were_missed_for_good_none_is_next(catch_up):
    assert upcoming(2 * HOUR, catch_up=catch_up, end_time=NOON + 30 * MINUTE) is None


def test_the_latest_time_is_found_by_halving_and_not_by_counting():
    asked = []

    def watched(after: datetime) -> Iterator[datetime]:
        for time in every_minute(after):
            asked.append(time)
            yield time

    now = NOON + timedelta(days=3650) + timedelta(seconds=7)
    assert schedules.latest(watched, NOON, now) == now - timedelta(seconds=7)
    assert len(asked) < 100


def test_times_of_a_schedule_that_fall_on_now_are_not_over():
    assert schedules.latest(every_minute, NOON, NOON + 4 * MINUTE) == NOON + 4 * MINUTE
    assert schedules.latest(every_minute, NOON, NOON + MINUTE) == NOON + MINUTE
    assert schedules.latest(every_minute, NOON, NOON) == NOON


def test_a_time_at_the_edge_of_the_window_is_within_it():
    assert upcoming(5 * MINUTE, catch_up=CatchUp.ALL, catch_up_window=5 * MINUTE) == NOON
    assert upcoming(5 * MINUTE, catch_up=CatchUp.ALL, catch_up_window=4 * MINUTE) == NOON + MINUTE
    beyond_the_edge = 5 * MINUTE + timedelta(microseconds=1)
    assert upcoming(beyond_the_edge, catch_up=CatchUp.ALL, catch_up_window=5 * MINUTE) == NOON + MINUTE


def test_the_last_time_before_the_end_is_followed_by_none():
    held = schedule(said=definition(end_time=NOON + 2 * MINUTE))
    assert schedules.first_after(held, every_minute, NOON) == NOON + MINUTE
    assert schedules.first_after(held, every_minute, NOON + MINUTE) is None


def test_a_schedule_begins_with_its_start_time_and_not_before():
    said = definition(start_time=NOON + HOUR)
    assert schedules.first_time(said, every_minute, NOON) == NOON + HOUR
    between = definition(start_time=NOON + HOUR + timedelta(seconds=1, microseconds=5))
    assert schedules.first_time(between, every_minute, NOON) == NOON + HOUR + MINUTE
    assert schedules.first_time(said, every_minute, NOON + 2 * HOUR) == NOON + 2 * HOUR + MINUTE


def test_a_start_time_that_is_over_is_no_time_to_come():
    assert schedules.first_time(definition(start_time=NOON), every_minute, NOON) == NOON + MINUTE


def test_a_schedule_ends_before_its_end_time():
    assert schedules.first_time(definition(end_time=NOON + MINUTE), every_minute, NOON) is None
    assert schedules.first_time(definition(end_time=NOON + 2 * MINUTE), every_minute, NOON) == NOON + MINUTE


def test_a_time_that_was_fired_is_counted_and_the_schedule_goes_on():
    after = schedules.fired(schedule(last_refusal="QUEUE_FULL", tries=2), at(NOON, NOON + MINUTE), "t1", NOON)
    assert (after.fired, after.last_task_id, after.last_fire_time) == (1, "t1", NOON)
    assert (after.next_fire_time, after.wake_time) == (NOON + MINUTE, NOON + MINUTE)
    assert (after.last_refusal, after.tries) == ("", 0)


def test_with_more_to_catch_up_it_goes_to_the_end_of_the_line():
    now = NOON + HOUR
    after = schedules.fired(schedule(), at(NOON, NOON + MINUTE), "t1", now)
    assert (after.next_fire_time, after.wake_time) == (NOON + MINUTE, now)


def test_skipped_times_are_counted_with_the_reason():
    after = schedules.skipped(schedule(), NOON, 7, "missed", following=NOON + 7 * MINUTE, now=NOON)
    assert (after.skipped, after.last_refusal, after.fired) == (7, "missed", 0)
    assert after.next_fire_time == NOON + 7 * MINUTE


def test_a_refused_time_is_tried_again_after_a_pause_that_doubles():
    held, pauses = schedule(), []
    for _ in range(7):
        held = schedules.postponed(held, NOON, "QUEUE_FULL", NOON)
        assert held.wake_time is not None
        pauses.append((held.wake_time - NOON).total_seconds())
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert (held.next_fire_time, held.last_refusal) == (NOON, "QUEUE_FULL")


def test_a_refused_time_is_never_tried_again_before_it_has_come():
    held = schedules.postponed(schedule(), NOON, "QUEUE_FULL", NOON - HOUR)
    assert held.wake_time == NOON


def test_what_happened_to_a_time_changes_nothing_of_a_schedule_that_was_redefined_meanwhile():
    redefined = schedule(NOON + HOUR)
    assert schedules.skipped(redefined, NOON, 1, "missed", following=None, now=NOON) is redefined
    assert schedules.postponed(redefined, NOON, "QUEUE_FULL", NOON) is redefined
    fired = schedules.fired(redefined, at(NOON, NOON + MINUTE), "t1", NOON)
    assert (fired.fired, fired.last_task_id, fired.next_fire_time) == (1, "t1", NOON + HOUR)


def test_pausing_takes_the_next_time_away_and_doing_it_again_changes_nothing():
    paused = schedules.paused(schedule(), "holidays", NOON)
    assert (paused.next_fire_time, paused.wake_time, paused.revision) == (None, None, 2)
    assert schedules.paused(paused, "holidays", NOON + HOUR) is paused
    assert schedules.paused(paused, "still", NOON + HOUR).definition.pause_note == "still"


def test_resuming_goes_on_with_the_next_time_from_now_and_what_passed_is_not_counted():
    resumed = schedules.resumed(schedules.paused(schedule(), "holidays", NOON), every_minute, NOON + HOUR)
    assert (resumed.next_fire_time, resumed.skipped) == (NOON + HOUR + MINUTE, 0)
    assert resumed.definition == definition()
    assert schedules.resumed(resumed, every_minute, NOON + 2 * HOUR) is resumed


def test_a_clock_that_jumped_back_gives_no_time_that_has_fired():
    fired = schedules.fired(schedule(), at(NOON, NOON + MINUTE), "t1", NOON)
    back = NOON - 10 * MINUTE
    resumed = schedules.resumed(schedules.paused(fired, "", back), every_minute, back)
    assert resumed.next_fire_time == NOON + MINUTE


def test_a_new_definition_with_the_same_times_keeps_the_time_that_waits():
    waiting = schedule(tries=3, wake_time=NOON + MINUTE)
    said = replace(waiting.definition, task=TaskTemplate("story"))
    after = schedules.defined(waiting, said, every_minute, NOON + HOUR)
    assert (after.next_fire_time, after.wake_time, after.tries) == (NOON, NOON, 0)
    assert (after.revision, after.etag) == (2, "2")


def test_a_new_definition_with_other_times_begins_now():
    said = replace(definition(), cron="0 * * * *")
    after = schedules.defined(schedule(), said, hourly, NOON + MINUTE)
    assert after.next_fire_time == NOON + HOUR


def test_the_task_of_a_time_has_one_id_whatever_the_schedule_says_by_now():
    held = schedule()
    redefined = schedules.defined(held, replace(held.definition, cron="0 * * * *"), hourly, NOON)
    assert held.task_id_at(NOON) == redefined.task_id_at(NOON)
    assert held.task_id_at(NOON) != held.task_id_at(NOON + MINUTE)
    assert held.task_id_at(NOON) != replace(held, uid="u2").task_id_at(NOON)
    assert held.task_id_at(NOON) != replace(held, tenant="other").task_id_at(NOON)
