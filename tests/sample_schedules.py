"""Schedules for tests: every value has a default, a test names what it is about."""

from datetime import datetime, timedelta
from typing import Any

from aion.domain.schedules import Definition, Firing, Schedule, TaskTemplate
from tests.sample_tasks import START

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def definition(**changes: Any) -> Definition:
    """Each full minute, UTC."""
    return Definition(**{"cron": "* * * * *", "task": TaskTemplate("summarize", {"text": "Ein Text."}), **changes})


def new_schedule(schedule_id: str = "nightly", tenant: str = "acme", **changes: Any) -> Schedule:
    """A schedule that fires a minute after START."""
    values: dict[str, Any] = {
        "tenant": tenant,
        "schedule_id": schedule_id,
        "uid": f"uid of {schedule_id}",
        "fingerprint": b"fingerprint",
        "definition": definition(),
        "principal": "service",
        "scopes": frozenset({"intent:*:run", "schedules:write"}),
        "create_time": START,
        "update_time": START,
        "next_fire_time": START + MINUTE,
        "wake_time": START + MINUTE,
        **changes,
    }
    return Schedule(**values)


def at(time: datetime, following: datetime | None) -> Firing:
    """A time of the schedule that `new_schedule` makes."""
    return new_schedule().firing_at(time, following)
