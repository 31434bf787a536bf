"""Schedules on the wire."""

from aion_sdk._gen.aion import v1
from aion_sdk._wire import encode
from aion_sdk._wire.decode import named, task_result, task_spec
from aion_sdk.options import whole
from aion_sdk.paging import Page
from aion_sdk.schedules import CatchUp, Overlap, Schedule
from aion_sdk.tasks import Task


def create_request(schedule: Schedule) -> bytes:
    """A CreateSchedule."""
    return bytes(v1.CreateScheduleRequest(schedule=_message(schedule)))


def update_request(schedule: Schedule) -> bytes:
    """An UpdateSchedule."""
    return bytes(v1.UpdateScheduleRequest(schedule=_message(schedule), schedule_id=schedule.schedule_id))


def get_request(schedule_id: str) -> bytes:
    """A GetSchedule."""
    return bytes(v1.GetScheduleRequest(schedule_id=schedule_id))


def list_request(page_size: int, page_token: str) -> bytes:
    """A ListSchedules."""
    return bytes(v1.ListSchedulesRequest(page_size=whole("page_size", page_size), page_token=page_token))


def pause_request(schedule_id: str, note: str) -> bytes:
    """A PauseSchedule."""
    return bytes(v1.PauseScheduleRequest(schedule_id=schedule_id, note=note))


def resume_request(schedule_id: str) -> bytes:
    """A ResumeSchedule."""
    return bytes(v1.ResumeScheduleRequest(schedule_id=schedule_id))


def trigger_request(schedule_id: str, request_id: str) -> bytes:
    """A TriggerSchedule."""
    return bytes(v1.TriggerScheduleRequest(schedule_id=schedule_id, request_id=request_id))


def delete_request(schedule_id: str) -> bytes:
    """A DeleteSchedule."""
    return bytes(v1.DeleteScheduleRequest(schedule_id=schedule_id))


def created(data: bytes) -> Schedule:
    """A CreateScheduleResponse."""
    return _schedule(v1.CreateScheduleResponse.parse(data).schedule)


def read(data: bytes) -> Schedule:
    """A GetScheduleResponse."""
    return _schedule(v1.GetScheduleResponse.parse(data).schedule)


def page(data: bytes) -> Page[Schedule]:
    """A ListSchedulesResponse."""
    message = v1.ListSchedulesResponse.parse(data)
    return Page(tuple(_schedule(item) for item in message.schedules), message.next_page_token)


def updated(data: bytes) -> Schedule:
    """An UpdateScheduleResponse."""
    return _schedule(v1.UpdateScheduleResponse.parse(data).schedule)


def paused(data: bytes) -> Schedule:
    """A PauseScheduleResponse."""
    return _schedule(v1.PauseScheduleResponse.parse(data).schedule)


def resumed(data: bytes) -> Schedule:
    """A ResumeScheduleResponse."""
    return _schedule(v1.ResumeScheduleResponse.parse(data).schedule)


def triggered(data: bytes) -> Task:
    """A TriggerScheduleResponse."""
    return task_result(v1.TriggerScheduleResponse.parse(data).task or v1.TaskResult())


def _message(schedule: Schedule) -> v1.Schedule:
    for name in ("catch_up", "overlap"):
        if getattr(schedule, name).name == "UNKNOWN":
            raise ValueError(f"{name}: UNKNOWN is what a newer server said; choose one of the others")
    task = encode.task_message(schedule.task)
    task.request_id = ""
    return v1.Schedule(
        schedule_id=schedule.schedule_id,
        cron=schedule.cron,
        time_zone=schedule.time_zone,
        task=task,
        catch_up=v1.CatchUp[schedule.catch_up.name],
        catch_up_window=schedule.catch_up_window,
        overlap=v1.Overlap[schedule.overlap.name],
        paused=schedule.paused,
        pause_note=schedule.pause_note,
        start_time=schedule.start_time,
        end_time=schedule.end_time,
        etag=schedule.etag,
    )


def _schedule(message: v1.Schedule | None) -> Schedule:
    message = message or v1.Schedule()
    return Schedule(
        schedule_id=message.schedule_id,
        cron=message.cron,
        task=task_spec(message.task or v1.TaskRequest()),
        time_zone=message.time_zone,
        catch_up=CatchUp.LATEST if message.catch_up == 0 else named(CatchUp, message.catch_up),
        catch_up_window=message.catch_up_window,
        overlap=Overlap.SKIP if message.overlap == 0 else named(Overlap, message.overlap),
        paused=message.paused,
        pause_note=message.pause_note,
        start_time=message.start_time,
        end_time=message.end_time,
        create_time=message.create_time,
        update_time=message.update_time,
        next_fire_time=message.next_fire_time,
        last_fire_time=message.last_fire_time,
        last_task_id=message.last_task_id,
        fired=message.fired,
        skipped=message.skipped,
        last_refusal=message.last_refusal,
        etag=message.etag,
    )
