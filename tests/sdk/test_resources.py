"""Schedules, webhooks, tickets, retries, dry runs and raw responses: what they send and how answers are read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import grpc
import pytest

import aion_sdk
from aion.v1 import schedules_pb2, server_pb2, tasks_pb2, tickets_pb2, webhooks_pb2
from aion_sdk import CatchUp, Overlap, Schedule, Sla, TaskSpec, TaskState
from tests.sdk.conftest import Face
from tests.sdk.double import Double, answer, refuse, task

Code = grpc.StatusCode
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


def stored_webhook(**facts) -> webhooks_pb2.Webhook:
    return webhooks_pb2.Webhook(webhook_id="w1", url="https://example.org/hook", states=[3, 4], **facts)


async def test_a_webhook_is_made_with_a_secret_that_no_repr_shows(face: Face, double: Double) -> None:
    double.script(
        "CreateWebhook", answer(webhooks_pb2.CreateWebhookResponse(webhook=stored_webhook(), secret="whsec_x"))
    )
    made = await face.do(
        lambda: face.client.webhooks.create("https://example.org/hook", states=["OK", "ERROR"], intents=["summarize"])
    )
    assert (made.webhook.webhook_id, made.webhook.states) == ("w1", (TaskState.OK, TaskState.ERROR))
    assert made.secret == "whsec_x"
    assert "whsec_x" not in repr(made)
    assert double.seen[0].request.webhook == webhooks_pb2.Webhook(
        url="https://example.org/hook", states=[3, 4], intents=["summarize"]
    )


async def test_a_secret_is_asked_for_again_under_the_same_key(face: Face, double: Double) -> None:
    gone = refuse(Code.UNAVAILABLE, "OUTCOME_UNKNOWN")
    double.script("RotateWebhookSecret", gone, answer(webhooks_pb2.RotateWebhookSecretResponse(secret="whsec_x")))
    double.script("CreateWebhook", gone, answer(webhooks_pb2.CreateWebhookResponse(secret="whsec_y")))
    webhooks = face.client.webhooks
    assert (await face.do(webhooks.rotate_secret, "w1")).secret == "whsec_x"
    assert (await face.do(lambda: webhooks.create("https://example.org/hook", request_id="mine"))).secret == "whsec_y"
    rotated, created = double.calls("RotateWebhookSecret"), double.calls("CreateWebhook")
    assert (len(rotated), len({call.request.request_id for call in rotated} - {""})) == (2, 1)
    assert [call.request.request_id for call in created] == ["mine", "mine"]


UNKNOWN_OUTCOMES = ("OUTCOME_UNKNOWN", "STORE_UNAVAILABLE", "")


@pytest.mark.parametrize(
    ("etag", "reason", "calls"),
    [*(("3", reason, 1) for reason in UNKNOWN_OUTCOMES), ("3", "DRAINING", 3), ("", "OUTCOME_UNKNOWN", 3)],
)
async def test_a_change_that_names_an_etag_is_sent_again_only_when_nothing_was_done(
    face: Face, double: Double, etag: str, reason: str, calls: int
) -> None:
    double.script("UpdateWebhook", refuse(Code.UNAVAILABLE, reason))
    double.script("UpdateSchedule", refuse(Code.UNAVAILABLE, reason))
    webhook = aion_sdk.Webhook("w1", "https://example.org/hook", etag=etag)
    schedule = aion_sdk.Schedule("nightly", "@daily", TaskSpec.of("summarize", text="long"), etag=etag)
    with pytest.raises(aion_sdk.Unavailable):
        await face.do(face.client.webhooks.update, webhook)
    with pytest.raises(aion_sdk.Unavailable):
        await face.do(face.client.schedules.update, schedule)
    assert [call.request.webhook.etag for call in double.calls("UpdateWebhook")] == [etag] * calls
    assert [call.request.schedule.etag for call in double.calls("UpdateSchedule")] == [etag] * calls


@pytest.mark.parametrize("lost", UNKNOWN_OUTCOMES)
async def test_a_deletion_whose_answer_was_lost_is_done_when_there_is_nothing_left(
    face: Face, double: Double, lost: str
) -> None:
    gone = refuse(Code.UNAVAILABLE, lost)
    double.script("DeleteSchedule", gone, refuse(Code.NOT_FOUND, "SCHEDULE_NOT_FOUND"))
    double.script("DeleteWebhook", gone, refuse(Code.NOT_FOUND, "WEBHOOK_NOT_FOUND", request_id="req-7"))
    await face.do(face.client.schedules.delete, "nightly")
    assert len(double.calls("DeleteSchedule")) == 2
    assert (await face.do(face.client.webhooks.with_raw_response.delete, "w1")).request_id == "req-7"


@pytest.mark.parametrize("steps", [(), (refuse(Code.UNAVAILABLE, "DRAINING"),)])
async def test_a_deletion_of_what_never_was_there_is_not_found(face: Face, double: Double, steps: tuple) -> None:
    double.script("DeleteSchedule", *steps, refuse(Code.NOT_FOUND, "SCHEDULE_NOT_FOUND"))
    with pytest.raises(aion_sdk.NotFound):
        await face.do(face.client.schedules.delete, "nightly")


async def test_a_proxy_that_knows_no_such_page_says_nothing_of_a_deletion(face: Face, double: Double) -> None:
    gone = refuse(Code.UNAVAILABLE, "OUTCOME_UNKNOWN")
    double.script("DeleteWebhook", gone, lambda _, context: context.abort(Code.NOT_FOUND, "says a proxy"))
    with pytest.raises(aion_sdk.NotFound, match="says a proxy"):
        await face.do(face.client.webhooks.delete, "w1")


async def test_a_limit_that_is_reached_is_no_reason_to_try_again(face: Face, double: Double) -> None:
    double.script("CreateWebhook", refuse(Code.RESOURCE_EXHAUSTED, "LIMIT_REACHED"))
    with pytest.raises(aion_sdk.LimitReached):
        await face.do(face.client.webhooks.create, "https://example.org/hook")
    assert len(double.seen) == 1


async def test_webhooks_are_read_changed_listed_and_deleted(face: Face, double: Double) -> None:
    double.script("GetWebhook", answer(webhooks_pb2.GetWebhookResponse(webhook=stored_webhook())))
    double.script("UpdateWebhook", answer(webhooks_pb2.UpdateWebhookResponse(webhook=stored_webhook(disabled=True))))
    double.script("ListWebhooks", answer(webhooks_pb2.ListWebhooksResponse(webhooks=[stored_webhook()])))
    double.script("DeleteWebhook", answer(webhooks_pb2.DeleteWebhookResponse()))
    rotated = webhooks_pb2.RotateWebhookSecretResponse(secret="whsec_y")
    rotated.old_secret_expire_time.FromDatetime(MORNING)
    double.script("RotateWebhookSecret", answer(rotated))
    webhooks = face.client.webhooks
    read = await face.do(webhooks.get, "w1")
    assert (await face.do(webhooks.update, replace(read, disabled=True))).disabled
    assert double.calls("UpdateWebhook")[0].request.webhook_id == "w1"
    assert [one.url for one in await face.all_of(webhooks.list())] == ["https://example.org/hook"]
    new = await face.do(webhooks.rotate_secret, "w1")
    assert (new.secret, new.old_secret_expire_time) == ("whsec_y", MORNING)
    await face.do(webhooks.delete, "w1")


async def test_deliveries_are_listed_and_sent_again(face: Face, double: Double) -> None:
    one = webhooks_pb2.WebhookDelivery(delivery_id="d1", webhook_id="w1", event="task.ok", state=3, last_status=500)
    page = webhooks_pb2.ListWebhookDeliveriesResponse(deliveries=[one], next_page_token="more")
    last = webhooks_pb2.ListWebhookDeliveriesResponse(deliveries=[one])
    double.script("ListWebhookDeliveries", answer(page), answer(last))
    again = webhooks_pb2.WebhookDelivery(delivery_id="d1", state=1)
    double.script("ReplayWebhookDelivery", answer(webhooks_pb2.ReplayWebhookDeliveryResponse(delivery=again)))
    found = await face.all_of(face.client.webhooks.deliveries("w1", page_size=1))
    assert [(d.delivery_id, d.state, d.last_status) for d in found] == [("d1", aion_sdk.DeliveryState.FAILED, 500)] * 2
    sent = await face.do(face.client.webhooks.replay, "w1", "d1")
    assert sent.state is aion_sdk.DeliveryState.PENDING
    assert double.calls("ReplayWebhookDelivery")[0].request.delivery_id == "d1"


async def test_a_ticket_is_a_secret_for_a_part_of_the_caller_s_scopes(face: Face, double: Double) -> None:
    ticket = tickets_pb2.CreateTicketResponse(ticket="aiont_secret")
    ticket.expire_time.FromDatetime(MORNING)
    double.script("CreateTicket", answer(ticket))
    got = await face.do(lambda: face.client.tickets.create("t1", scopes=["tasks:read"], lifetime=30))
    assert (got.ticket, got.expire_time) == ("aiont_secret", MORNING)
    assert "aiont_secret" not in repr(got)
    sent = double.seen[0].request
    assert (sent.task_id, list(sent.scopes), sent.lifetime.seconds) == ("t1", ["tasks:read"], 30)


async def test_retry_makes_one_new_task_under_one_request_id(face: Face, double: Double) -> None:
    gone = refuse(Code.UNAVAILABLE, "OUTCOME_UNKNOWN")
    double.script("Retry", gone, answer(task("PENDING", task_id="t2", retry_of="t1")))
    new = await face.do(lambda: face.client.tasks.retry("t1", new_task_id="t2"))
    assert (new.task_id, new.retry_of) == ("t2", "t1")
    assert len({call.request.request_id for call in double.seen} - {""}) == 1
    assert double.seen[0].request.new_task_id == "t2"


async def test_a_dry_run_sends_validate_only_and_has_no_state(face: Face, double: Double) -> None:
    told = tasks_pb2.TaskResult(intent="summarize", decision={"engine": "module:summarize@1.0.0"})
    double.script("Submit", answer(told))
    double.script("Retry", answer(told))
    again = await face.do(lambda: face.client.tasks.retry("t1", validate_only=True))
    assert double.seen.pop().request.validate_only
    assert again.state is TaskState.UNKNOWN
    checked = await face.do(lambda: face.client.tasks.submit("summarize", text="long", validate_only=True))
    assert double.seen[0].request.validate_only
    assert (checked.state, checked.ended) == (TaskState.UNKNOWN, False)
    assert checked.decision.engine == "module:summarize@1.0.0"


async def test_times_before_a_task_starts_are_sent_and_read(face: Face, double: Double) -> None:
    told = task("PENDING", schedule_id="nightly")
    told.not_before.FromDatetime(MORNING)
    told.queue_expire_time.FromDatetime(MORNING)
    double.script("Submit", answer(told))
    got = await face.do(
        lambda: face.client.tasks.submit(
            "summarize", text="long", not_before=MORNING, max_queue_time=timedelta(minutes=1)
        )
    )
    sent = double.seen[0].request
    assert (sent.not_before.ToDatetime(tzinfo=UTC), sent.max_queue_time.seconds) == (MORNING, 60)
    assert (got.not_before, got.queue_expire_time, got.schedule_id) == (MORNING, MORNING, "nightly")


async def test_a_raw_response_has_headers_trailers_request_id_and_the_value(face: Face, double: Double) -> None:
    def with_metadata(_request, context):
        context.send_initial_metadata((("x-request-id", "req-1"), ("x-text", "plain")))
        context.set_trailing_metadata((("x-trace-id", "f" * 32), ("x-data-bin", b"\x00\x01")))
        return task("OK")

    double.script("StatusById", with_metadata)
    raw = await face.do(face.client.tasks.with_raw_response.get, "t1")
    assert raw.parse().result == {"summary": "short"}
    assert (raw.request_id, raw.trace_id) == ("req-1", "f" * 32)
    assert raw.headers["x-text"] == "plain"
    assert raw.trailers["x-data-bin"] == b"\x00\x01"
    assert tasks_pb2.TaskResult.FromString(raw.data).task_id == "t1"


async def test_a_raw_response_is_that_of_the_last_attempt(face: Face, double: Double) -> None:
    def second(_request, context):
        context.set_trailing_metadata((("attempt", "second"),))
        return server_pb2.GetServerInfoResponse(version="0.1.0")

    double.script("GetServerInfo", refuse(Code.UNAVAILABLE, "DRAINING"), second)
    raw = await face.do(face.client.server.with_raw_response.info)
    assert (raw.parse().version, raw.trailers["attempt"]) == ("0.1.0", "second")


async def test_a_raw_call_that_is_refused_raises_as_always(face: Face, double: Double) -> None:
    double.script("StatusById", refuse(Code.NOT_FOUND, "TASK_NOT_FOUND", request_id="req-7"))
    with pytest.raises(aion_sdk.NotFound) as caught:
        await face.do(face.client.tasks.with_raw_response.get, "t1")
    assert caught.value.request_id == "req-7"
    assert caught.value.reason == aion_sdk.ErrorReason.TASK_NOT_FOUND


async def test_every_resource_has_its_calls_with_raw_responses(face: Face) -> None:
    for name in ("tasks", "schedules", "webhooks", "tickets", "server"):
        resource = getattr(face.client, name)
        calls = set(vars(resource.with_raw_response))
        assert calls
        assert all(callable(getattr(resource, call)) for call in calls)


async def test_one_page_is_read_at_a_time_when_asked_for(face: Face, double: Double) -> None:
    first = tasks_pb2.ListTasksResponse(tasks=[task(task_id="a")], next_page_token="more")
    double.script("ListTasks", answer(first), answer(tasks_pb2.ListTasksResponse(tasks=[task(task_id="b")])))
    pages = face.client.tasks.list(page_size=1)
    page = await face.do(pages.page)
    assert ([item.task_id for item in page.items], page.next_page_token) == (["a"], "more")
    assert [item.task_id for item in (await face.do(pages.page, page.next_page_token)).items] == ["b"]
    assert [call.request.page_token for call in double.seen] == ["", "more"]


async def test_a_list_can_be_read_twice(face: Face, double: Double) -> None:
    double.script("ListTasks", answer(tasks_pb2.ListTasksResponse(tasks=[task(task_id="a")])))
    pages = face.client.tasks.list()
    assert await face.all_of(pages) == await face.all_of(pages)
    assert len(double.seen) == 2


async def test_the_environment_counts_only_when_it_is_asked(double: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AION_API_KEY", "aion_of_another_server")
    double.script("GetServerInfo", answer(server_pb2.GetServerInfoResponse(version="0.1.0")))
    async with aion_sdk.AsyncClient(double.target, environ={}) as client:
        await client.server.info()
    assert "authorization" not in double.seen[0].metadata
