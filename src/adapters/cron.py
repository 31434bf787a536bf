"""The times of cron expressions in time zones: cronsim finds wall-clock times, this maps them to moments.

It follows Debian's cron where clocks change. An expression whose minute and hour both do not begin with `*` means
times of day: one that a change skips fires when the clocks have changed, one that the change back repeats fires once.
Any other means a rhythm of real time: every moment whose wall-clock time fits fires, a skipped one never came.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from heapq import heappop, heappush
from importlib.resources import files
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from aion.domain.errors import FieldViolation, ScheduleInvalid
from aion.ports.schedules import Calendar, Counted

_NAMED = {
    "@HOURLY": "0 * * * *",
    "@DAILY": "0 0 * * *",
    "@MIDNIGHT": "0 0 * * *",
    "@WEEKLY": "0 0 * * 0",
    "@MONTHLY": "0 0 1 * *",
    "@YEARLY": "0 0 1 1 *",
    "@ANNUALLY": "0 0 1 1 *",
}
_FIELDS = {
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day-of-month": "1 to 31, or L or LW for the last one",
    "month": "1 to 12 or JAN to DEC",
    "day-of-week": "0 to 7 or SUN to SAT, where 0 and 7 are both Sunday",
}
_SEVERAL = "several with commas, a range such as 1-5, or a step such as */2"
_LAST_YEAR = 9_000
"""Before the last year that Python can count to, so that nothing overflows."""

_INTERVAL = re.compile(r"@EVERY +(\d{1,6})([SMHD])", re.ASCII)
_UNITS = {"S": timedelta(seconds=1), "M": timedelta(minutes=1), "H": timedelta(hours=1), "D": timedelta(days=1)}
_LONGEST_INTERVAL = timedelta(days=366)
_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_UTC_NAMES = ("", "UTC")
_ANY_LEAP_YEAR = datetime(2024, 1, 1)  # noqa: DTZ001 - a wall-clock time has no zone yet


class CronCalendar:
    """Calendar with the rules of the machine's time zone database, or of the one that comes with AION."""

    def check(self, cron: str, time_zone: str) -> None:
        """Raises ScheduleInvalid for what cannot be read or never comes."""
        _zone(time_zone)
        if _interval(cron) is not None:
            return
        expression = _expression(cron)
        if next(_walls(expression, _ANY_LEAP_YEAR), None) is None:
            raise _never(cron)

    def times_after(self, cron: str, time_zone: str, after: datetime) -> Iterator[datetime]:
        """The times strictly after `after`."""
        if after.year > _LAST_YEAR:
            return
        interval = _interval(cron)
        if interval is not None:
            yield from _multiples(interval, after)
            return
        expression, zone = _expression(cron), _zone(time_zone)
        moments = _moments(_walls(expression, _start(after, zone)), zone, real_time=_is_rhythm(expression))
        last = after
        for moment in moments:
            # Two wall-clock times of one gap are one moment.
            if moment > last:
                yield moment
                last = moment

    def count(self, cron: str, time_zone: str, after: datetime, before: datetime, most: int) -> Counted:
        """How many times lie strictly between; those of a span by arithmetic."""
        interval = _interval(cron)
        if interval is not None:
            return Counted(max(0, -((_EPOCH - before) // interval) - (after - _EPOCH) // interval - 1), None)
        counted = 0
        for moment in self.times_after(cron, time_zone, after):
            if moment >= before:
                break
            if counted == most:
                return Counted(counted, moment)
            counted += 1
        return Counted(counted, None)


def _interval(cron: str) -> timedelta | None:
    """The span of `@every 90s`; None for a cron expression."""
    text = _upper(cron)
    if not text.startswith("@EVERY"):
        return None
    found = _INTERVAL.fullmatch(text)
    interval = int(found[1]) * _UNITS[found[2]] if found else timedelta()
    if not timedelta() < interval <= _LONGEST_INTERVAL:
        raise _invalid(
            "schedule.cron", f"{cron!r} is no span", "must be a whole number and s, m, h or d, such as @every 90s"
        )
    return interval


def _upper(cron: str) -> str:
    """Without the space around it. Letters of other scripts stay: to str.upper some are letters of ours, as ſ is S."""
    return cron.strip().translate(_UPPER)


def _multiples(interval: timedelta, after: datetime) -> Iterator[datetime]:
    """Whole multiples of the span since 1970 in UTC: the same times whoever asks, whatever the clocks do."""
    moment = _EPOCH + ((after - _EPOCH) // interval + 1) * interval
    while moment.year <= _LAST_YEAR:
        yield moment
        moment += interval


def _expression(cron: str) -> str:
    """Five fields in upper case. Raises ScheduleInvalid that names the one that is wrong."""
    text = _upper(cron)
    text = _NAMED.get(text, text)
    if text.startswith("@"):
        known = ", ".join([*sorted(name.lower() for name in _NAMED), "@every 90s"])
        raise _invalid("schedule.cron", f"{cron!r} is unknown", f"must be five fields or one of {known}")
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise _invalid(
            "schedule.cron",
            f"{cron!r} has {len(parts)} fields",
            f"must have five: {', '.join(_FIELDS)}, such as 30 6 * * MON-FRI",
        )
    text = " ".join(parts)
    _parse(text, cron)
    return text


def _is_rhythm(expression: str) -> bool:
    minute, hour, *_ = expression.split()
    return minute.startswith("*") or hour.startswith("*")


def _parse(expression: str, cron: str) -> None:
    try:
        # CronSim takes letters of other scripts for ours, too; a question mark it refuses, and says in which field.
        CronSim(expression.encode("ascii", "replace").decode(), _ANY_LEAP_YEAR)
    except CronSimError as wrong:
        which = str(wrong).removeprefix("Bad ")
        if which not in _FIELDS:
            raise
        if which == "day-of-month" and _is_day(expression.split()[2]):
            raise _never(cron) from wrong
        rule = f"{which} must be {_FIELDS[which]}; {_SEVERAL}"
        raise _invalid("schedule.cron", f"{cron!r} has a {which} that is wrong", rule) from wrong


def _is_day(text: str) -> bool:
    """Whether a day-of-month is one by itself, in whatever month."""
    try:
        CronSim(f"0 0 {text} * *", _ANY_LEAP_YEAR)
    except CronSimError:
        return False
    return True


def _never(cron: str) -> ScheduleInvalid:
    return _invalid("schedule.cron", f"{cron!r} never comes", "its day-of-month must be one that its months have")


def _walls(expression: str, start: datetime) -> Iterator[datetime]:
    """The wall-clock times strictly after a wall-clock time."""
    for wall in CronSim(expression, start):
        if wall.year > _LAST_YEAR:
            return
        yield wall


def _moments(walls: Iterator[datetime], zone: tzinfo, *, real_time: bool) -> Iterator[datetime]:
    """The moments of wall-clock times, in order."""
    repeated: list[datetime] = []
    for wall in walls:
        first = _moment(wall, zone, 0)
        if not _exists(wall, first, zone):
            if real_time:
                continue
            first = _end_of_gap(wall, zone)
        # Whatever comes is later than this one's first moment.
        while repeated and repeated[0] < first:
            yield heappop(repeated)
        yield first
        if real_time and (again := _moment(wall, zone, 1)) > first:
            heappush(repeated, again)
    yield from sorted(repeated)


def _moment(wall: datetime, zone: tzinfo, fold: int) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _exists(wall: datetime, moment: datetime, zone: tzinfo) -> bool:
    return moment.astimezone(zone).replace(tzinfo=None) == wall


def _end_of_gap(wall: datetime, zone: tzinfo) -> datetime:
    while not _exists(wall, moment := _moment(wall, zone, 0), zone):
        wall += _MINUTE
    return moment


def _start(after: datetime, zone: tzinfo) -> datetime:
    """The wall-clock time to begin at; earlier than `after` around a change of clocks, which repeats or skips some."""
    before, later = (_offset(after - _DAY, zone), _offset(after + _DAY, zone))
    return after.astimezone(zone).replace(tzinfo=None) - abs(later - before)


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text().split())


def _zone(name: str) -> tzinfo:
    if name in _UTC_NAMES:
        return UTC
    if name not in _known_zones():
        raise _invalid(
            "schedule.time_zone",
            f"{name!r} is no time zone",
            "must be an IANA name such as Europe/Paris",
        )
    return ZoneInfo(name)


def _invalid(field: str, what: str, rule: str) -> ScheduleInvalid:
    return ScheduleInvalid(f"{what}: {rule}", violations=(FieldViolation(field, rule),))


if TYPE_CHECKING:
    _: type[Calendar] = CronCalendar
