"""Schedules as the client has them: what is sent, and what goes back as it was read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from grpc import StatusCode as Code

import aion_sdk
from aion.v1 import schedules_pb2, tasks_pb2
from aion_sdk import CatchUp, Overlap, Schedule, Sla, TaskSpec
from tests.sdk.conftest import Face
from tests.sdk.double import Double, answer, refuse, task

MORNING = datetime(2100, 1, 1, 6, 30, tzinfo=UTC)


def stored_schedule(**facts) -> schedules_pb2.Schedule:
    sla = tasks_pb2.SLA(budget_micros=1_500_000, privacy="local-only")
    request = tasks_pb2.TaskRequest(intent="summarize", params={"text": "long"}, sla=sla)
    message = schedules_pb2.Schedule(
        schedule_id="nightly", cron="30 6 * * *", task=request, catch_up=2, overlap=3, fired=4, etag="7", **facts
    )
    message.next_fire_time.FromDatetime(MORNING)
    return message


async def test_create_sends_the_whole_schedule_and_no_request_id_of_its_task(face: Face, double: Double) -> None:
    double.script("CreateSchedule", answer(schedules_pb2.CreateScheduleResponse(schedule=stored_schedule())))
    made = await face.do(
        lambda: face.client.schedules.create(
            "nightly",
            "30 6 * * *",
            TaskSpec.of("summarize", text="long", max_queue_time=60),
            time_zone="Europe/Paris",
            catch_up="ALL",
            catch_up_window=timedelta(hours=2),
            overlap=Overlap.CANCEL,
            end_time=MORNING,
        )
    )
    sent = double.seen[0].request.schedule
    assert (sent.schedule_id, sent.cron, sent.time_zone) == ("nightly", "30 6 * * *", "Europe/Paris")
    assert (sent.catch_up, sent.overlap) == (schedules_pb2.CATCH_UP_ALL, schedules_pb2.OVERLAP_CANCEL)
    assert (sent.catch_up_window.seconds, sent.end_time.ToDatetime(tzinfo=UTC)) == (7200, MORNING)
    assert (sent.task.intent, sent.task.request_id, sent.task.max_queue_time.seconds) == ("summarize", "", 60)
    assert (made.catch_up, made.overlap, made.fired) == (CatchUp.ALL, Overlap.CANCEL, 4)
    assert made.next_fire_time == MORNING
    assert (made.task.params, made.task.request_id, made.task.sla) == (
        {"text": "long"},
        "",
        Sla("1.500000", None, "local-only"),
    )


async def test_an_update_carries_the_etag_and_what_was_read_goes_back_as_it_was(face: Face, double: Double) -> None:
    double.script("GetSchedule", answer(schedules_pb2.GetScheduleResponse(schedule=stored_schedule())))
    double.script("UpdateSchedule", answer(schedules_pb2.UpdateScheduleResponse(schedule=stored_schedule())))
    read = await face.do(face.client.schedules.get, "nightly")
    await face.do(face.client.schedules.update, replace(read, time_zone="UTC"))
    sent = double.calls("UpdateSchedule")[0].request
    expected = stored_schedule(time_zone="UTC")
    expected.fired = 0
    expected.ClearField("next_fire_time")
    assert sent.schedule_id == "nightly"
    assert sent.schedule == expected


async def test_a_schedule_that_was_changed_meanwhile_is_not_written_again_by_itself(face: Face, double: Double) -> None:
    double.script("UpdateSchedule", refuse(Code.ABORTED, "CHANGED_MEANWHILE"))
    schedule = Schedule("nightly", "@daily", TaskSpec.of("summarize"))
    with pytest.raises(aion_sdk.ChangedMeanwhile):
        await face.do(face.client.schedules.update, schedule)
    assert len(double.seen) == 1


async def test_what_a_newer_server_calls_its_policy_cannot_be_written_back(face: Face, double: Double) -> None:
    newer = stored_schedule()
    newer.catch_up = 99
    double.script("GetSchedule", answer(schedules_pb2.GetScheduleResponse(schedule=newer)))
    read = await face.do(face.client.schedules.get, "nightly")
    assert read.catch_up is CatchUp.UNKNOWN
    with pytest.raises(ValueError, match="catch_up"):
        await face.do(face.client.schedules.update, read)


async def test_pause_resume_trigger_list_and_delete_name_the_schedule(face: Face, double: Double) -> None:
    stored = stored_schedule()
    double.script("PauseSchedule", answer(schedules_pb2.PauseScheduleResponse(schedule=stored)))
    double.script("ResumeSchedule", answer(schedules_pb2.ResumeScheduleResponse(schedule=stored)))
    double.script("TriggerSchedule", answer(schedules_pb2.TriggerScheduleResponse(task=task("PENDING"))))
    double.script("DeleteSchedule", answer(schedules_pb2.DeleteScheduleResponse()))
    first = schedules_pb2.ListSchedulesResponse(schedules=[stored], next_page_token="more")
    double.script("ListSchedules", answer(first), answer(schedules_pb2.ListSchedulesResponse(schedules=[stored])))
    schedules = face.client.schedules
    await face.do(schedules.pause, "nightly", "for the holidays")
    await face.do(schedules.resume, "nightly")
    assert (await face.do(schedules.trigger, "nightly")).task_id == "t1"
    assert await face.do(schedules.delete, "nightly") is None
    assert [one.schedule_id for one in await face.all_of(schedules.list())] == ["nightly"] * 2
    assert double.calls("PauseSchedule")[0].request.note == "for the holidays"
    assert double.calls("TriggerSchedule")[0].request.request_id
    assert all(call.request.schedule_id == "nightly" for call in double.seen if call.method != "ListSchedules")
