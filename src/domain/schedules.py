"""A schedule: a task that a clock submits again and again; and every decision about its times, as pure functions.

Time is an argument, and so are the times of a cron expression: which they are is the calendar's business. A schedule
never changes, the functions here make the next one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from functools import partial
from hashlib import sha256
from itertools import dropwhile, takewhile

from aion.domain.ids import uuid7
from aion.domain.routing import Privacy
from aion.domain.tasks import Priority

DEFAULT_CATCH_UP_WINDOW = timedelta(hours=1)

ON_TIME = timedelta(seconds=10)
"""A time that is fired at most this late was not missed: longer than a turn of the loop, shorter than an outage."""

_INSTANT = timedelta(microseconds=1)
"""Times after the instant before a moment begin with the moment itself."""

FIRST_RETRY = timedelta(seconds=1)
LAST_RETRY = timedelta(seconds=30)
_DOUBLINGS = 5
"""The pause after a refusal that may pass; it doubles with each."""

TimesAfter = Callable[[datetime], Iterator[datetime]]
"""The times of one cron expression strictly after a moment, in order."""


class CatchUp(IntEnum):
    """What happens to missed times; the numbers are the contract's."""

    LATEST = 1
    ALL = 2
    NONE = 3


class Overlap(IntEnum):
    """What happens when the task of the time before has not ended; the numbers are the contract's."""

    SKIP = 1
    ALLOW = 2
    CANCEL = 3


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """What a schedule submits; None means: the default."""

    intent: str
    params: Mapping[str, str] = field(default_factory=dict)
    params_json: str = ""
    preferred_engine: str = ""
    priority: Priority = Priority.NORMAL
    privacy: Privacy | None = None
    budget_micros: int | None = None
    p95: timedelta | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    max_queue_time: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """What a client says about a schedule. It fires from `start_time` on, before `end_time`; None: no such bound."""

    cron: str
    task: TaskTemplate
    time_zone: str = ""
    catch_up: CatchUp = CatchUp.LATEST
    catch_up_window: timedelta = DEFAULT_CATCH_UP_WINDOW
    overlap: Overlap = Overlap.SKIP
    paused: bool = False
    pause_note: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None

    @property
    def timing(self) -> tuple[str, str, datetime | None, datetime | None]:
        """All that its times depend on."""
        return (self.cron, self.time_zone, self.start_time, self.end_time)


@dataclass(frozen=True, slots=True)
class Firing:
    """What a schedule makes a task for: one of its times, or a trigger, which has none.

    The commit that accepts the task counts it in the schedule of this id and `uid`. `following` is the time after
    `time`, None when that is the last. `cancels_last`: the same commit cancels the task that the schedule made before.
    """

    schedule_id: str
    uid: str
    time: datetime | None = None
    following: datetime | None = None
    cancels_last: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule of one tenant; its key is (tenant, schedule_id).

    `uid` tells it from another that has or had the same id. `fingerprint` tells a replay of its creation from a clash.
    Its tasks run as `principal` with `scopes`: those of whoever defined it last. `revision` grows with every change by
    a client, `version` with every change at all. `next_fire_time` is the first time that was neither fired nor skipped,
    None while it is paused or when it is over; `wake_time` is when to look at that, never before it, `tries` how often
    its submission was refused and is tried again.
    """

    tenant: str
    schedule_id: str
    uid: str
    fingerprint: bytes
    definition: Definition
    principal: str
    scopes: frozenset[str]
    create_time: datetime
    update_time: datetime
    revision: int = 1
    version: int = 1
    next_fire_time: datetime | None = None
    wake_time: datetime | None = None
    tries: int = 0
    last_fire_time: datetime | None = None
    last_task_id: str = ""
    fired: int = 0
    skipped: int = 0
    last_refusal: str = ""

    @property
    def etag(self) -> str:
        """What an update may name to be refused when somebody else came first (AIP-154)."""
        return str(self.revision)

    def task_id_at(self, time: datetime) -> str:
        """The id of the task of one of its times: always the same, so that a time is never submitted twice."""
        mark = sha256(f"{self.tenant}\n{self.uid}\n{time.isoformat()}".encode()).digest()
        return uuid7(time, mark[:10])

    def firing_at(self, time: datetime, following: datetime | None) -> Firing:
        """One of its times becomes a task."""
        return Firing(self.schedule_id, self.uid, time, following, self.definition.overlap is Overlap.CANCEL)

    def mark_of(self, what: str) -> bytes:
        """The fingerprint of a submission, whatever the template says by now."""
        return sha256(f"schedule\n{self.uid}\n{what}".encode()).digest()


def times_from(definition: Definition, times_after: TimesAfter, after: datetime) -> Iterator[datetime]:
    """The times of a definition strictly after a moment, within its bounds."""
    start, end = definition.start_time, definition.end_time
    if start is not None and start > after:
        # The times strictly after the instant before `start` begin with `start` itself.
        times: Iterable[datetime] = dropwhile(lambda time: time < start, times_after(start - timedelta(seconds=1)))
    else:
        times = times_after(after)
    return iter(times) if end is None else takewhile(lambda time: time < end, times)


def next_unmissed(schedule: Schedule, times_after: TimesAfter, now: datetime) -> datetime | None:
    """The first time of a due schedule that is not skipped as missed; None when no time is left.

    It jumps: a long outage costs no more than a short one.
    """
    first, said = _due(schedule, now), schedule.definition

    def not_before(moment: datetime) -> datetime | None:
        return first if first >= moment else next(times_from(said, times_after, moment - _INSTANT), None)

    window = ON_TIME if said.catch_up is CatchUp.NONE else max(said.catch_up_window, ON_TIME)
    within = not_before(now - window)
    if said.catch_up is not CatchUp.LATEST or within is None or within >= now - ON_TIME:
        return within
    on_time = not_before(now - ON_TIME)
    if on_time is not None and on_time <= now:
        return on_time
    return latest(partial(times_from, said, times_after), within, now)


def latest(times_after: TimesAfter, first: datetime, now: datetime) -> datetime:
    """The last of `first` and the times after it that is not after `now`: found by halving what lies between."""
    found, free_from = first, now
    while (following := next(times_after(found), None)) is not None and following <= free_from:
        middle = found + (free_from - found) / 2
        later = next(times_after(middle), None)
        if later is not None and later <= free_from:
            found = later
        else:
            found, free_from = following, middle
    return found


def first_after(schedule: Schedule, times_after: TimesAfter, moment: datetime) -> datetime | None:
    """The schedule's first time after a moment; None when it is over by then."""
    return next(times_from(schedule.definition, times_after, moment), None)


def first_time(
    definition: Definition, times_after: TimesAfter, now: datetime, last: datetime | None = None
) -> datetime | None:
    """When a definition fires first from `now` on, and after the time that fired last whatever the clock says."""
    if definition.paused:
        return None
    return next(times_from(definition, times_after, now if last is None else max(now, last)), None)


def defined(schedule: Schedule, definition: Definition, times_after: TimesAfter, now: datetime) -> Schedule:
    """The schedule with another definition. Its next time stays when the definition says the same about times."""
    before = schedule.definition
    runs_on = definition.timing == before.timing and not (definition.paused or before.paused)
    upcoming = schedule.next_fire_time if runs_on else None
    if upcoming is None:
        upcoming = first_time(definition, times_after, now, schedule.last_fire_time)
    return replace(
        schedule,
        definition=definition,
        next_fire_time=upcoming,
        wake_time=upcoming,
        tries=0,
        update_time=now,
        revision=schedule.revision + 1,
    )


def paused(schedule: Schedule, note: str, now: datetime) -> Schedule:
    """The schedule that fires nothing; the same one when it is paused with this note already."""
    definition = replace(schedule.definition, paused=True, pause_note=note)
    if definition == schedule.definition:
        return schedule
    return replace(
        schedule,
        definition=definition,
        next_fire_time=None,
        wake_time=None,
        tries=0,
        update_time=now,
        revision=schedule.revision + 1,
    )


def resumed(schedule: Schedule, times_after: TimesAfter, now: datetime) -> Schedule:
    """The schedule that fires again; the same one when it was not paused. What passed meanwhile is no missed time."""
    if not schedule.definition.paused:
        return schedule
    return defined(schedule, replace(schedule.definition, paused=False, pause_note=""), times_after, now)


def fired(schedule: Schedule, firing: Firing, task_id: str, now: datetime) -> Schedule:
    """The schedule after it made a task. Was it redefined meanwhile, its next time is left alone."""
    counted = replace(schedule, last_task_id=task_id, fired=schedule.fired + 1)
    time = firing.time
    if time is None:
        return counted
    last = time if schedule.last_fire_time is None else max(time, schedule.last_fire_time)
    return _advanced(replace(counted, last_fire_time=last, last_refusal=""), time, firing.following, now)


def skipped(
    schedule: Schedule, time: datetime, count: int, why: str, *, following: datetime | None, now: datetime
) -> Schedule:
    """The schedule after `count` times, of which `time` is the first, were skipped; the same one if redefined."""
    if schedule.next_fire_time != time:
        return schedule
    counted = replace(schedule, skipped=schedule.skipped + count, last_refusal=why)
    return _advanced(counted, time, following, now)


def postponed(schedule: Schedule, time: datetime, why: str, now: datetime) -> Schedule:
    """The schedule that tries the same time again after a pause; the same one if it was redefined."""
    if schedule.next_fire_time != time:
        return schedule
    pause = min(FIRST_RETRY * 2 ** min(schedule.tries, _DOUBLINGS), LAST_RETRY)
    # Never before the time itself: `now` is earlier when the clock was set back meanwhile.
    return replace(schedule, wake_time=max(now + pause, time), tries=schedule.tries + 1, last_refusal=why)


def _due(schedule: Schedule, now: datetime) -> datetime:
    first = schedule.next_fire_time
    if first is None or first > now:
        raise ValueError(f"schedule {schedule.schedule_id} is not due at {now.isoformat()}")
    return first


def _advanced(schedule: Schedule, time: datetime, following: datetime | None, now: datetime) -> Schedule:
    if schedule.next_fire_time != time:
        return schedule
    # With more to catch up it goes to the end of the line, behind the schedules that wait longer.
    wake = None if following is None else max(following, now)
    return replace(schedule, next_fire_time=following, wake_time=wake, tries=0)
