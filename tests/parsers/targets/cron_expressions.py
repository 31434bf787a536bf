"""Cron expressions and time zones, and the first times that they mean."""

from datetime import UTC, datetime
from itertools import islice

from aion.adapters.cron import CronCalendar
from aion.domain.errors import ScheduleInvalid

SEEDS = (
    b"*/5 * * * *\nEurope/Berlin",
    b"0 2 29 2 *\nUTC",
    b"0 0 L * MON#2\nAmerica/New_York",
    b"@every 90s\n",
    b"@daily\nAsia/Kolkata",
    b"30 2 * * 0-7/2\nAustralia/Lord_Howe",
)
REFUSALS = (ScheduleInvalid,)
_MOST_TEXT = 200
"""Characters; the contract allows no more in either field."""
_calendar = CronCalendar()
_AFTER = datetime(2026, 3, 28, 23, 59, tzinfo=UTC)


def target(data: bytes) -> None:
    """What is taken has times, each later than the one before."""
    cron, _, zone = data.decode("latin-1").partition("\n")
    cron, zone = cron[:_MOST_TEXT], zone[:_MOST_TEXT]
    _calendar.check(cron, zone)
    earlier = _AFTER
    for time in islice(_calendar.times_after(cron, zone, _AFTER), 5):
        assert time > earlier
        earlier = time
