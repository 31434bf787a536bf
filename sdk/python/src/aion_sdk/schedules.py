"""A task that the server submits again and again, by the clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aion_sdk._names import Word
from aion_sdk.requests import TaskSpec


class CatchUp(Word):
    """What happens to times that passed while nobody could fire."""

    UNKNOWN = "UNKNOWN"
    LATEST = "LATEST"
    ALL = "ALL"
    NONE = "NONE"


class Overlap(Word):
    """What happens when the task of the time before has not ended."""

    UNKNOWN = "UNKNOWN"
    SKIP = "SKIP"
    ALLOW = "ALLOW"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it is stored; `dataclasses.replace` and `client.schedules.update` change it.

    `cron` is five fields or a word such as `@daily`, read in `time_zone` (IANA; empty means UTC). `task` is what is
    submitted: it may have no task id, expire time or `not_before`, and its request id is not sent. `catch_up_window`
    None means one hour. The fields from `create_time` on are the server's, except `etag`: an update that carries it is
    refused when somebody else changed the schedule meanwhile.
    """

    schedule_id: str
    cron: str
    task: TaskSpec
    time_zone: str = ""
    catch_up: CatchUp = CatchUp.LATEST
    catch_up_window: timedelta | None = None
    overlap: Overlap = Overlap.SKIP
    paused: bool = False
    pause_note: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None
    create_time: datetime | None = None
    update_time: datetime | None = None
    next_fire_time: datetime | None = None
    last_fire_time: datetime | None = None
    last_task_id: str = ""
    fired: int = 0
    skipped: int = 0
    last_refusal: str = ""
    etag: str = ""

    def __post_init__(self) -> None:
        """Refuse what no server could read. Raises ValueError."""
        for name in ("start_time", "end_time"):
            moment = getattr(self, name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} needs a time zone, such as datetime.now(UTC)")
