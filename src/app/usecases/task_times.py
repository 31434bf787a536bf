"""From when to when a new task may live and wait: what the client asked for, and defaults for what it did not say."""

from datetime import datetime, timedelta
from typing import NamedTuple

from aion.domain.errors import ExpireTimePast, FieldViolation, ValidationFailed
from aion.ports.usecases import SubmitCommand


class TaskTimes(NamedTuple):
    """`not_before` is unset for a task that may start at once. `time_left` is what it has from its earliest start."""

    not_before: datetime | None
    expire_time: datetime
    queue_expire_time: datetime | None
    time_left: timedelta


def task_times(command: SubmitCommand, default_expiry: timedelta, now: datetime) -> TaskTimes:
    """The times of a task that is accepted now. Raises ExpireTimePast and ValidationFailed."""
    if command.expire_time is not None and command.expire_time <= now:
        raise ExpireTimePast(
            f"expire_time {command.expire_time.isoformat()} is in the past (now {now.isoformat()}); "
            "leave it out or give a later one",
            violations=(FieldViolation("expire_time", f"must be after {now.isoformat()}"),),
        )
    not_before = command.not_before if command.not_before is not None and command.not_before > now else None
    begin = not_before or now
    expire_time = command.expire_time or _later(begin, default_expiry)
    if begin >= expire_time:
        raise ValidationFailed(
            f"not_before {begin.isoformat()} is not before expire_time {expire_time.isoformat()}, so the task could "
            "never start; give an earlier not_before or a later expire_time",
            violations=(FieldViolation("not_before", f"must be before {expire_time.isoformat()}"),),
        )
    queue_expire_time = None if command.max_queue_time is None else _later(begin, command.max_queue_time)
    return TaskTimes(not_before, expire_time, queue_expire_time, expire_time - begin)


def _later(begin: datetime, by: timedelta) -> datetime:
    try:
        return begin + by
    except OverflowError as cause:
        raise ValidationFailed(
            f"not_before {begin.isoformat()} leaves no time before the end of the calendar; give an earlier one",
            violations=(FieldViolation("not_before", "must be well before the year 10000"),),
        ) from cause
