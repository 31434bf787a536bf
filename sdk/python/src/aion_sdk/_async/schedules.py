"""Everything that can be done with schedules."""

import uuid
from datetime import datetime, timedelta

from aion_sdk._about import about
from aion_sdk._async.calls import AsyncCalls
from aion_sdk._async.pages import AsyncPages
from aion_sdk._async.raw import AsyncRawCall
from aion_sdk._contract import methods
from aion_sdk._wire import schedules as wire
from aion_sdk.paging import Page
from aion_sdk.requests import TaskSpec
from aion_sdk.schedules import CatchUp, Overlap, Schedule
from aion_sdk.tasks import Task


class AsyncSchedules:
    """Make, read, change, pause, trigger and delete schedules. Every method raises AionError for a refused call."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def create(
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
        return wire.created(await self._calls.unary(methods.CREATE_SCHEDULE, request, timeout))

    async def get(self, schedule_id: str, *, timeout: float | None = None) -> Schedule:
        """Read a schedule. Raises NotFound."""
        return wire.read(await self._calls.unary(methods.GET_SCHEDULE, wire.get_request(schedule_id), timeout))

    def list(self, *, page_size: int = 0, limit: int | None = None) -> AsyncPages[Schedule]:
        """Iterate over the schedules by id, at most `limit`."""

        async def fetch(page_token: str) -> Page[Schedule]:
            request = wire.list_request(page_size, page_token)
            return wire.page(await self._calls.unary(methods.LIST_SCHEDULES, request))

        return AsyncPages(fetch, limit)

    async def update(self, schedule: Schedule, *, timeout: float | None = None) -> Schedule:
        """Replace the schedule of that id. Raises ChangedMeanwhile when its `etag` is no longer the stored one.

        With an `etag` it is not sent again when its outcome is unknown: its own change would refuse it. Read it then.
        """
        request = wire.update_request(schedule)
        return wire.updated(await self._calls.unary(methods.UPDATE_SCHEDULE, request, timeout, etag=schedule.etag))

    async def pause(self, schedule_id: str, note: str = "", *, timeout: float | None = None) -> Schedule:
        """Stop it from firing; `note` says why."""
        request = wire.pause_request(schedule_id, note)
        return wire.paused(await self._calls.unary(methods.PAUSE_SCHEDULE, request, timeout))

    async def resume(self, schedule_id: str, *, timeout: float | None = None) -> Schedule:
        """Let it fire again; what passed while it was paused is skipped."""
        request = wire.resume_request(schedule_id)
        return wire.resumed(await self._calls.unary(methods.RESUME_SCHEDULE, request, timeout))

    async def trigger(self, schedule_id: str, *, request_id: str = "", timeout: float | None = None) -> Task:
        """Submit its task now, whatever its times, pause and overlap say."""
        key = request_id or str(uuid.uuid4())
        request = wire.trigger_request(schedule_id, key)
        with about(idempotency_key=key):
            return wire.triggered(await self._calls.unary(methods.TRIGGER_SCHEDULE, request, timeout))

    async def delete(self, schedule_id: str, *, timeout: float | None = None) -> None:
        """Delete it; its tasks stay. Raises NotFound."""
        await self._calls.unary(methods.DELETE_SCHEDULE, wire.delete_request(schedule_id), timeout)

    @property
    def with_raw_response(self) -> "AsyncRawSchedules":
        """The same calls, each answering with a RawResponse."""
        return AsyncRawSchedules(self)


class AsyncRawSchedules:
    """Schedules, with raw responses."""

    def __init__(self, schedules: AsyncSchedules) -> None:
        self.create = AsyncRawCall(schedules.create)
        self.get = AsyncRawCall(schedules.get)
        self.update = AsyncRawCall(schedules.update)
        self.pause = AsyncRawCall(schedules.pause)
        self.resume = AsyncRawCall(schedules.resume)
        self.trigger = AsyncRawCall(schedules.trigger)
        self.delete = AsyncRawCall(schedules.delete)
