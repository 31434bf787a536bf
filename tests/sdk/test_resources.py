"""Tickets, retries, dry runs, raw responses and pages: what all resources of the client have."""

from datetime import UTC, datetime, timedelta

import pytest
from grpc import StatusCode as Code

import aion_sdk
from aion.v1 import server_pb2, tasks_pb2, tickets_pb2
from aion_sdk import TaskState
from tests.sdk.conftest import Face
from tests.sdk.double import Double, answer, refuse, task

MORNING = datetime(2100, 1, 1, 6, 30, tzinfo=UTC)


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
