"""The schedules of the fake: kept, changed and triggered; no clock fires them, so they have no next time."""

from datetime import UTC, datetime, timedelta

from aion_sdk._gen.aion import v1
from aion_sdk.testing.refusals import RefusedCall
from aion_sdk.testing.store import FakeTasks, cut

OURS = ("create_time", "update_time", "next_fire_time", "last_fire_time")


CATCH_UP_WINDOW = timedelta(hours=1)
"""Where none is given, as the server's."""


class FakeSchedules:
    """Schedules by id, under the lock of the tasks."""

    def __init__(self, tasks: FakeTasks) -> None:
        self._tasks = tasks
        self._kept: dict[str, v1.Schedule] = {}
        self._asked: dict[str, bytes] = {}

    def create(self, request: v1.CreateScheduleRequest) -> v1.CreateScheduleResponse:
        """Keep a schedule, or answer with the equal one that is kept. Raises RefusedCall."""
        asked = request.schedule or v1.Schedule()
        if not asked.schedule_id or not asked.cron:
            raise RefusedCall("VALIDATION_FAILED", "a schedule needs schedule_id and cron")
        with self._tasks.changed:
            kept = self._kept.get(asked.schedule_id)
            if kept is None:
                now = datetime.now(UTC)
                self._asked[asked.schedule_id] = bytes(asked)
                kept = self._keep(asked, create_time=now, version=1)
            elif self._asked[asked.schedule_id] != bytes(asked):
                raise RefusedCall("SCHEDULE_ALREADY_EXISTS", f"the id {asked.schedule_id} is taken by another schedule")
            return v1.CreateScheduleResponse(schedule=kept)

    def read(self, request: v1.GetScheduleRequest) -> v1.GetScheduleResponse:
        """The schedule of an id. Raises RefusedCall."""
        return v1.GetScheduleResponse(schedule=self._find(request.schedule_id))

    def page(self, request: v1.ListSchedulesRequest) -> v1.ListSchedulesResponse:
        """A page of schedules, by id. Raises RefusedCall."""
        with self._tasks.changed:
            found = [self._kept[name] for name in sorted(self._kept)]
            items, token = cut(found, request.page_size, request.page_token)
            return v1.ListSchedulesResponse(schedules=items, next_page_token=token)

    def update(self, request: v1.UpdateScheduleRequest) -> v1.UpdateScheduleResponse:
        """Replace a schedule. Raises RefusedCall."""
        asked = request.schedule or v1.Schedule()
        with self._tasks.changed:
            kept = self._find(request.schedule_id)
            if asked.etag and asked.etag != kept.etag:
                raise RefusedCall("CHANGED_MEANWHILE", "somebody else changed the schedule; read it again")
            asked.schedule_id = request.schedule_id
            asked.fired, asked.last_task_id = kept.fired, kept.last_task_id
            stored = self._keep(asked, create_time=kept.create_time, version=int(kept.etag) + 1)
            return v1.UpdateScheduleResponse(schedule=stored)

    def pause(self, request: v1.PauseScheduleRequest) -> v1.PauseScheduleResponse:
        """Pause it. Raises RefusedCall."""
        with self._tasks.changed:
            kept = self._find(request.schedule_id)
            kept.paused, kept.pause_note = True, request.note
            return v1.PauseScheduleResponse(schedule=self._touch(kept))

    def resume(self, request: v1.ResumeScheduleRequest) -> v1.ResumeScheduleResponse:
        """Resume it. Raises RefusedCall."""
        with self._tasks.changed:
            kept = self._find(request.schedule_id)
            kept.paused, kept.pause_note = False, ""
            return v1.ResumeScheduleResponse(schedule=self._touch(kept))

    def trigger(self, request: v1.TriggerScheduleRequest) -> v1.TriggerScheduleResponse:
        """Submit its task. Raises RefusedCall."""
        with self._tasks.changed:
            kept = self._find(request.schedule_id)
            asked = v1.TaskRequest.parse(bytes(kept.task or v1.TaskRequest()))
            asked.request_id = request.request_id and f"trigger/{request.schedule_id}/{request.request_id}"
            task = self._tasks.submit(asked, schedule_id=kept.schedule_id)
            if not task.replayed:
                kept.fired += 1
                kept.last_task_id, kept.last_fire_time = task.task_id, datetime.now(UTC)
            return v1.TriggerScheduleResponse(task=task)

    def delete(self, request: v1.DeleteScheduleRequest) -> v1.DeleteScheduleResponse:
        """Forget it. Raises RefusedCall."""
        with self._tasks.changed:
            self._find(request.schedule_id)
            del self._kept[request.schedule_id]
            return v1.DeleteScheduleResponse()

    def _find(self, schedule_id: str) -> v1.Schedule:
        found = self._kept.get(schedule_id)
        if found is None:
            raise RefusedCall("SCHEDULE_NOT_FOUND", f"there is no schedule {schedule_id}")
        return found

    def _touch(self, kept: v1.Schedule) -> v1.Schedule:
        kept.etag, kept.update_time = str(int(kept.etag) + 1), datetime.now(UTC)
        return kept

    def _keep(self, asked: v1.Schedule, *, create_time: datetime | None, version: int) -> v1.Schedule:
        stored = v1.Schedule.parse(bytes(asked))
        for name in OURS:
            setattr(stored, name, None)
        stored.create_time, stored.update_time, stored.etag = create_time, datetime.now(UTC), str(version)
        stored.catch_up_window = stored.catch_up_window or CATCH_UP_WINDOW
        self._kept[stored.schedule_id] = stored
        return stored
