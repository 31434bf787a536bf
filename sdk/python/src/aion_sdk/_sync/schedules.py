# Written by sdk/python/sync_face.py from aion_sdk/_async/schedules.py. DO NOT EDIT!
"""Everything that can be done with schedules."""

import uuid
from datetime import datetime, timedelta

from aion_sdk._about import about
from aion_sdk._contract import methods
from aion_sdk._sync.calls import Calls
from aion_sdk._sync.pages import Pages
from aion_sdk._sync.raw import RawCall
from aion_sdk._wire import schedules as wire
from aion_sdk.paging import Page
from aion_sdk.requests import TaskSpec
from aion_sdk.schedules import CatchUp, Overlap, Schedule
from aion_sdk.tasks import Task


class Schedules:
    """Make, read, change, pause, trigger and delete schedules. Every method raises AionError for a refused call."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        schedule_id: str,
        cron: str,
        task: TaskSpec,
        *,
        time_zone: str = "",
        catch_up: CatchUp | str = CatchUp.LATEST,
        catch_up_window: timedelta | None = None,
        overlap: Overlap | str = Overlap.SKIP,
        paused: bool = False,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
        timeout: float | None = None,
    ) -> Schedule:
        """Make a schedule; Schedule explains the options. The same id with the same content is the same schedule."""
        schedule = Schedule(
            schedule_id=schedule_id,
            cron=cron,
            task=task,
            time_zone=time_zone,
            catch_up=CatchUp(catch_up),
            catch_up_window=catch_up_window,
            overlap=Overlap(overlap),
            paused=paused,
            start_time=start_time,
            end_time=end_time,
        )
        request = wire.create_request(schedule)
        return wire.created(self._calls.unary(methods.CREATE_SCHEDULE, request, timeout))

    def get(self, schedule_id: str, *, timeout: float | None = None) -> Schedule:
        """Read a schedule. Raises NotFound."""
        return wire.read(self._calls.unary(methods.GET_SCHEDULE, wire.get_request(schedule_id), timeout))

    def list(self, *, page_size: int = 0, limit: int | None = None) -> Pages[Schedule]:
        """Iterate over the schedules by id, at most `limit`."""

        def fetch(page_token: str) -> Page[Schedule]:
            request = wire.list_request(page_size, page_token)
            return wire.page(self._calls.unary(methods.LIST_SCHEDULES, request))

        return Pages(fetch, limit)

    def update(self, schedule: Schedule, *, timeout: float | None = None) -> Schedule:
        """Replace the schedule of that id. Raises ChangedMeanwhile when its `etag` is no longer the stored one.

        With an `etag` it is not sent again when its outcome is unknown: its own change would refuse it. Read it then.
        """
        request = wire.update_request(schedule)
        return wire.updated(self._calls.unary(methods.UPDATE_SCHEDULE, request, timeout, etag=schedule.etag))

    def pause(self, schedule_id: str, note: str = "", *, timeout: float | None = None) -> Schedule:
        """Stop it from firing; `note` says why."""
        request = wire.pause_request(schedule_id, note)
        return wire.paused(self._calls.unary(methods.PAUSE_SCHEDULE, request, timeout))

    def resume(self, schedule_id: str, *, timeout: float | None = None) -> Schedule:
        """Let it fire again; what passed while it was paused is skipped."""
        request = wire.resume_request(schedule_id)
        return wire.resumed(self._calls.unary(methods.RESUME_SCHEDULE, request, timeout))

    def trigger(self, schedule_id: str, *, request_id: str = "", timeout: float | None = None) -> Task:
        """Submit its task now, whatever its times, pause and overlap say."""
        key = request_id or str(uuid.uuid4())
        request = wire.trigger_request(schedule_id, key)
        with about(idempotency_key=key):
            return wire.triggered(self._calls.unary(methods.TRIGGER_SCHEDULE, request, timeout))

    def delete(self, schedule_id: str, *, timeout: float | None = None) -> None:
        """Delete it; its tasks stay. Raises NotFound."""
        self._calls.unary(methods.DELETE_SCHEDULE, wire.delete_request(schedule_id), timeout)

    @property
    def with_raw_response(self) -> "RawSchedules":
        """The same calls, each answering with a RawResponse."""
        return RawSchedules(self)


class RawSchedules:
    """Schedules, with raw responses."""

    def __init__(self, schedules: Schedules) -> None:
        self.create = RawCall(schedules.create)
        self.get = RawCall(schedules.get)
        self.update = RawCall(schedules.update)
        self.pause = RawCall(schedules.pause)
        self.resume = RawCall(schedules.resume)
        self.trigger = RawCall(schedules.trigger)
        self.delete = RawCall(schedules.delete)
