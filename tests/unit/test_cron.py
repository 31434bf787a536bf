"""The times of cron expressions, most of all where clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from aion.adapters.cron import CronCalendar
from aion.domain.errors import ScheduleInvalid
from aion.ports.schedules import Counted

PARIS, NEW_YORK, LORD_HOWE = "Europe/Paris", "America/New_York", "Australia/Lord_Howe"
YEARS = range(2026, 2041)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def times(cron: str, zone: str, after: datetime, count: int) -> list[datetime]:
    return list(islice(CronCalendar().times_after(cron, zone, after), count))


def walls(cron: str, zone: str, after: datetime, count: int) -> list[str]:
    """The same, as the clocks on the wall of that zone show it."""
    found = times(cron, zone, after, count)
    return [f"{time.astimezone(ZoneInfo(zone)):%m-%d %H:%M%z}" for time in found]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("30 6 * * MON-FRI", ["01-01 06:30", "01-02 06:30", "01-05 06:30"]),
        ("30 6 * * mon-fri", ["01-01 06:30", "01-02 06:30", "01-05 06:30"]),
        ("*/20 9 * * *", ["01-01 09:00", "01-01 09:20", "01-01 09:40"]),
        ("5,35 0-1 * * *", ["01-01 00:05", "01-01 00:35", "01-01 01:05"]),
        ("0 0 1-7/3 FEB,MAR *", ["02-01 00:00", "02-04 00:00", "02-07 00:00"]),
        ("0 0 * * 7", ["01-04 00:00", "01-11 00:00", "01-18 00:00"]),
        ("0 0 * * 0", ["01-04 00:00", "01-11 00:00", "01-18 00:00"]),
        ("0 0 L * *", ["01-31 00:00", "02-28 00:00", "03-31 00:00"]),
        ("0 0 LW * *", ["01-30 00:00", "02-27 00:00", "03-31 00:00"]),
        ("0 0 * * 5L", ["01-30 00:00", "02-27 00:00", "03-27 00:00"]),
        ("0 0 * * MON#2", ["01-12 00:00", "02-09 00:00", "03-09 00:00"]),
        ("@hourly", ["01-01 01:00", "01-01 02:00", "01-01 03:00"]),
        ("@daily", ["01-02 00:00", "01-03 00:00", "01-04 00:00"]),
        ("@weekly", ["01-04 00:00", "01-11 00:00", "01-18 00:00"]),
        ("@monthly", ["02-01 00:00", "03-01 00:00", "04-01 00:00"]),
        ("@yearly", ["01-01 00:00", "01-01 00:00", "01-01 00:00"]),
        # As cron has it: with both days given, either will do; unless one begins with a star, then both must fit.
        ("0 0 13 * FRI", ["01-02 00:00", "01-09 00:00", "01-13 00:00"]),
        ("0 0 */13 * FRI", ["02-27 00:00", "03-27 00:00", "05-01 00:00"]),
        ("0 0 29 2 *", ["02-29 00:00", "02-29 00:00", "02-29 00:00"]),
    ],
)
def test_the_forms_of_cron_are_understood(cron, expected):
    assert [f"{time:%m-%d %H:%M}" for time in times(cron, "", utc(2026, 1, 1), 3)] == expected


@pytest.mark.parametrize(
    ("cron", "named"),
    [
        ("0 0 31 2 *", "day-of-month"),
        ("0 0 30,31 FEB *", "day-of-month"),
        ("0 0 31 4,6,9,11 *", "day-of-month"),
        ("60 * * * *", "minute"),
        ("* 24 * * *", "hour"),
        ("* * 0 * *", "day-of-month"),
        ("* * * 13 *", "month"),
        ("* * * * FOO", "day-of-week"),
        ("*/0 * * * *", "minute"),
        ("5-1 * * * *", "minute"),
        ("1,,2 * * * *", "minute"),
        ("1/2/3 * * * *", "minute"),
        ("² * * * *", "minute"),
        ("0 5 * * \u017fun", "day-of-week"),
        ("0 5 * * fr\u0131", "day-of-week"),
        ("@hourly\u017f", "@daily"),
        ("* * * *", "five"),
        ("0 * * * * *", "five"),
        ("@reboot", "@daily"),
        ("   ", "five"),
    ],
)
def test_an_expression_that_is_wrong_or_never_comes_is_refused_with_the_field_named(cron, named):
    with pytest.raises(ScheduleInvalid, match=named) as refused:
        CronCalendar().check(cron, "")
    assert [violation.field for violation in refused.value.violations] == ["schedule.cron"]


@pytest.mark.parametrize(
    ("cron", "rule"),
    [
        ("61 6 * * *", "minute must be 0 to 59"),
        ("* 24 * * *", "hour must be 0 to 23"),
        ("* * 0 * *", "day-of-month must be 1 to 31"),
        ("* * * 13 *", "month must be 1 to 12 or JAN to DEC"),
        ("* * * * FOO", "day-of-week must be 0 to 7 or SUN to SAT"),
        ("0 0 31 2 *", "its day-of-month must be one that its months have"),
        ("0 0 29 2 *", ""),
        ("0 0 32 2 *", "day-of-month must be 1 to 31"),
    ],
)
def test_a_field_that_is_wrong_is_told_what_it_may_be(cron, rule):
    if not rule:
        CronCalendar().check(cron, "")
        return
    with pytest.raises(ScheduleInvalid) as refused:
        CronCalendar().check(cron, "")
    assert refused.value.violations[0].description.startswith(rule)


@pytest.mark.parametrize("zone", ["Europe", "../etc/passwd", "localtime", "europe/paris", "Mars/Base", "Europe/Paris "])
def test_a_time_zone_that_the_iana_database_does_not_name_is_refused(zone):
    with pytest.raises(ScheduleInvalid, match="no time zone") as refused:
        CronCalendar().check("@daily", zone)
    assert [violation.field for violation in refused.value.violations] == ["schedule.time_zone"]


@pytest.mark.parametrize("zone", ["", "UTC", "Etc/UTC"])
def test_an_empty_time_zone_means_utc(zone):
    assert times("0 6 * * *", zone, utc(2026, 6, 1), 1) == [utc(2026, 6, 1, 6)]


# 12.3: A wall-clock time that a change skips fires at the moment of the change.
@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("30 2 * * *", PARIS, utc(2026, 3, 28, 12), ["03-29 03:00+0200", "03-30 02:30+0200"]),
        ("30 2 * * *", NEW_YORK, utc(2026, 3, 7, 12), ["03-08 03:00-0400", "03-09 02:30-0400"]),
        ("15 2 * * *", LORD_HOWE, utc(2026, 10, 3, 0), ["10-04 02:30+1100", "10-05 02:15+1100"]),
        # Two skipped times are one moment, and so is a skipped one and one that is there.
        ("0,30 2 * * *", PARIS, utc(2026, 3, 28, 12), ["03-29 03:00+0200", "03-30 02:00+0200"]),
        ("30 2,3 * * *", PARIS, utc(2026, 3, 28, 12), ["03-29 03:00+0200", "03-29 03:30+0200"]),
        ("0 2,3 * * *", PARIS, utc(2026, 3, 28, 12), ["03-29 03:00+0200", "03-30 02:00+0200"]),
    ],
)
def test_a_skipped_time_of_day_fires_when_the_clocks_have_changed(cron, zone, after, expected):
    assert walls(cron, zone, after, 2) == expected


# 12.3: One that a change repeats fires once, the first time.
@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("30 2 * * *", PARIS, utc(2026, 10, 24, 12), ["10-25 02:30+0200", "10-26 02:30+0100"]),
        ("30 1 * * *", NEW_YORK, utc(2026, 10, 31, 12), ["11-01 01:30-0400", "11-02 01:30-0500"]),
        ("45 1 * * *", LORD_HOWE, utc(2026, 4, 4, 0), ["04-05 01:45+1100", "04-06 01:45+1030"]),
        # Begun between the two: the first has passed, the second does not count.
        ("45 2 * * *", PARIS, utc(2026, 10, 25, 0, 50), ["10-26 02:45+0100", "10-27 02:45+0100"]),
    ],
)
def test_a_repeated_time_of_day_fires_once(cron, zone, after, expected):
    assert walls(cron, zone, after, 2) == expected


# 12.3: An expression whose minute or hour begins with `*` is a rhythm of real time.
@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        (
            "*/30 * * * *",
            PARIS,
            utc(2026, 10, 25, 0, 10),
            ["10-25 02:30+0200", "10-25 02:00+0100", "10-25 02:30+0100", "10-25 03:00+0100"],
        ),
        ("0 * * * *", NEW_YORK, utc(2026, 3, 8, 6, 30), ["03-08 03:00-0400", "03-08 04:00-0400", "03-08 05:00-0400"]),
        ("0 * * * *", NEW_YORK, utc(2026, 11, 1, 4, 30), ["11-01 01:00-0400", "11-01 01:00-0500", "11-01 02:00-0500"]),
        (
            "*/15 1 * * *",
            LORD_HOWE,
            utc(2026, 4, 4, 14, 10),
            ["04-05 01:15+1100", "04-05 01:30+1100", "04-05 01:45+1100", "04-05 01:30+1030", "04-05 01:45+1030"],
        ),
        ("0 */2 * * *", LORD_HOWE, utc(2026, 4, 4, 13, 30), ["04-05 02:00+1030", "04-05 04:00+1030"]),
        ("0 */2 * * *", LORD_HOWE, utc(2026, 10, 3, 14, 30), ["10-04 04:00+1100", "10-04 06:00+1100"]),
        # Begun within the repeated hour.
        ("*/30 * * * *", PARIS, utc(2026, 10, 25, 1, 0), ["10-25 02:30+0100", "10-25 03:00+0100"]),
    ],
)
def test_a_rhythm_is_kept_while_clocks_change(cron, zone, after, expected):
    assert walls(cron, zone, after, len(expected)) == expected


@pytest.mark.parametrize(("zone", "months"), [(PARIS, (3, 10)), (NEW_YORK, (3, 11)), (LORD_HOWE, (4, 10))])
def test_over_the_years_a_rhythm_has_no_gap_and_no_repetition(zone, months):
    for year in YEARS[::4]:
        for month in months:
            found = times("*/30 * * * *", zone, utc(year, month, 1), 48 * 31)
            assert {later - time for time, later in pairwise(found)} == {timedelta(minutes=30)}


@pytest.mark.parametrize("zone", [PARIS, NEW_YORK, LORD_HOWE])
@pytest.mark.parametrize("cron", ["30 2 * * *", "45 1 * * *", "15 2 * * *", "0 3 * * *"])
def test_over_the_years_a_time_of_day_fires_once_a_day(zone, cron):
    for year in YEARS[::4]:
        found = times(cron, zone, utc(year, 1, 2), 363)
        days = [time.astimezone(ZoneInfo(zone)).date() for time in found]
        assert days == [days[0] + timedelta(days=n) for n in range(363)]


@pytest.mark.parametrize("zone", [PARIS, NEW_YORK, LORD_HOWE])
@pytest.mark.parametrize("cron", ["30 2 * * *", "*/30 * * * *", "0 1,2,3 * * *", "*/20 1,2 * * *"])
def test_beginning_anywhere_gives_the_times_that_are_left(zone, cron):
    for begin in (utc(2026, 3, 28), utc(2026, 10, 24), utc(2026, 3, 7), utc(2026, 10, 31), utc(2026, 4, 4)):
        whole = times(cron, zone, begin, 200)
        # Steps of less than the hour that a change repeats in part, so that some begin within it, on Lord Howe too.
        for minutes in range(0, 48 * 60, 55):
            after = begin + timedelta(minutes=minutes)
            assert times(cron, zone, after, 3) == [time for time in whole if time > after][:3]


def test_times_are_strictly_after_the_moment_that_is_given():
    assert times("0 6 * * *", "", utc(2026, 1, 1, 6), 1) == [utc(2026, 1, 2, 6)]
    just_before = utc(2026, 1, 1, 6) - timedelta(microseconds=1)
    assert times("0 6 * * *", "", just_before, 1) == [utc(2026, 1, 1, 6)]


@pytest.mark.parametrize("cron", ["* * * * *", "@every 90h", "@every 366d", "@yearly"])
def test_a_calendar_ends_and_does_not_break(cron: str):
    assert times(cron, NEW_YORK, utc(9999, 12, 31, 23), 5) == []
    assert len(times("0 0 1 1 *", PARIS, utc(8998, 6, 1), 5)) < 5


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("@every 90s", [utc(2026, 1, 1, 0, 1) + timedelta(seconds=30), utc(2026, 1, 1, 0, 3)]),
        ("@every 2h", [utc(2026, 1, 1, 2), utc(2026, 1, 1, 4)]),
        ("@EVERY 1d", [utc(2026, 1, 2), utc(2026, 1, 3)]),
    ],
)
def test_a_span_comes_at_its_multiples(cron: str, expected: list[datetime]):
    CronCalendar().check(cron, PARIS)
    assert times(cron, PARIS, utc(2026, 1, 1), 2) == expected


def test_a_span_has_the_same_times_whoever_asks():
    seen = times("@every 7m", "", utc(2026, 3, 1), 50)
    assert times("@every 7m", LORD_HOWE, seen[19], 30) == seen[20:]
    assert times("@every 7m", "", seen[19] + timedelta(microseconds=1), 30) == seen[20:]


@pytest.mark.parametrize(
    "cron",
    [
        "@every",
        "@every 0s",
        "@every 1.5h",
        "@every 367d",
        "@every 5",
        "@every 9999999s",
        "@every \u0663s",
        "@every 9\uff10s",
        "@every 5\u017f",
    ],
)
def test_what_is_no_span_is_refused(cron: str):
    with pytest.raises(ScheduleInvalid) as refused:
        CronCalendar().check(cron, "")
    assert refused.value.violations[0].field == "schedule.cron"


@pytest.mark.parametrize("cron", ["@every 7s", "@every 90s", "*/7 * * * *", "30 2 * * *"])
@pytest.mark.parametrize("zone", ["", PARIS])
@pytest.mark.parametrize("off", [timedelta(), timedelta(microseconds=1), timedelta(seconds=630)])
def test_what_is_counted_is_what_comes(cron: str, zone: str, off: timedelta):
    after, before = utc(2026, 3, 28, 23), utc(2026, 3, 29, 3) + off
    coming = [time for time in times(cron, zone, after, 3000) if time < before]
    assert CronCalendar().count(cron, zone, after, before, 3000) == Counted(len(coming), None)


def test_between_a_moment_and_an_earlier_one_nothing_is_counted():
    for cron in ("@every 7s", "* * * * *"):
        assert CronCalendar().count(cron, "", utc(2026, 1, 2), utc(2026, 1, 1), 10) == Counted(0, None)


def test_the_times_of_a_span_are_counted_at_once_and_others_up_to_a_bound():
    after, before = utc(2026, 1, 1), utc(2126, 1, 1)
    assert CronCalendar().count("@every 1s", "", after, before, 3).times == (before - after) // timedelta(seconds=1) - 1
    assert CronCalendar().count("@hourly", "", after, before, 3) == Counted(3, utc(2026, 1, 1, 4))
