"""Calls that are made again, deadlines, and what an error says when nothing helps."""

import grpc
import pytest
from grpc import StatusCode as Code

import aion_sdk
from aion_sdk import TaskState
from tests.sdk.conftest import Face
from tests.sdk.double import Double, answer, refuse, task, watch_from_the_log


async def test_unavailable_twice_is_retried_with_the_same_ids(face: Face, double: Double) -> None:
    gone = refuse(Code.UNAVAILABLE, "OUTCOME_UNKNOWN")
    double.script("Submit", gone, gone, answer(task("PENDING")))
    assert (await face.do(face.client.tasks.submit, "summarize", text="long")).task_id == "t1"
    calls = double.calls("Submit")
    assert len(calls) == 3
    assert len({call.request.request_id for call in calls} - {""}) == 1
    assert len({call.metadata["x-request-id"] for call in calls}) == 1
    assert len({call.metadata["traceparent"] for call in calls}) == 1


async def test_two_submits_have_two_request_ids(face: Face, double: Double) -> None:
    double.script("Submit", answer(task("PENDING")))
    await face.do(face.client.tasks.submit, "summarize", text="long")
    await face.do(face.client.tasks.submit, "summarize", text="long")
    assert len({call.request.request_id for call in double.seen}) == 2


async def test_after_two_retries_the_error_comes_out(face: Face, double: Double) -> None:
    double.script("StatusById", refuse(Code.UNAVAILABLE, "STORE_UNAVAILABLE"))
    with pytest.raises(aion_sdk.Unavailable) as caught:
        await face.do(face.client.tasks.get, "t1")
    assert caught.value.reason == "STORE_UNAVAILABLE"
    assert len(double.seen) == 3


async def test_a_hint_beyond_the_timeout_is_not_waited_for(face: Face, double: Double) -> None:
    double.script("StatusById", refuse(Code.RESOURCE_EXHAUSTED, "RATE_LIMITED", retry_after=3600))
    with pytest.raises(aion_sdk.RateLimited) as caught:
        await face.do(face.client.tasks.get, "t1", timeout=5)
    assert caught.value.retry_after == 3600
    assert len(double.seen) == 1


async def test_a_deadline_of_the_server_is_retried_within_the_timeout(face: Face, double: Double) -> None:
    late = refuse(Code.DEADLINE_EXCEEDED, "CALL_DEADLINE_EXCEEDED")
    double.script("Submit", late, answer(task("PENDING")))
    await face.do(face.client.tasks.submit, "summarize", text="long")
    assert len(double.seen) == 2


@pytest.mark.parametrize("longest", [float("inf"), 1e300, 100_000 * 86_400])
async def test_a_timeout_beyond_what_grpc_counts_is_not_over_at_once(
    face: Face, double: Double, longest: float
) -> None:
    double.script("StatusById", answer(task()))
    double.script("Watch", watch_from_the_log)
    for client in (face.client, face.client.with_options(timeout=longest)):
        assert (await face.do(lambda client=client: client.tasks.get("t1", timeout=longest))).task_id == "t1"
        assert len(await face.all_of(client.tasks.watch("t1", timeout=longest))) == 6
    double.script("Submit", answer(task()))
    patient = face.client.with_options(timeout=longest)
    assert (await face.do(patient.tasks.run, "summarize")).state is TaskState.OK


async def test_every_attempt_carries_a_deadline_within_the_timeout(face: Face, double: Double) -> None:
    double.script("StatusById", refuse(Code.UNAVAILABLE, "DRAINING"), answer(task()))
    await face.do(face.client.tasks.get, "t1", timeout=20)
    # grpc rounds what it writes of a timeout up by less than a hundredth: 19.99 seconds arrive as 20.1.
    assert [0 < call.time_left < 20 * 1.01 for call in double.seen] == [True, True]


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (Code.INVALID_ARGUMENT, "VALIDATION_FAILED", aion_sdk.InvalidRequest),
        (Code.INVALID_ARGUMENT, "INTENT_NOT_FOUND", aion_sdk.InvalidRequest),
        (Code.OUT_OF_RANGE, "OFFSET_OUT_OF_RANGE", aion_sdk.InvalidRequest),
        (Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE", aion_sdk.RequestTooLarge),
        (Code.UNAUTHENTICATED, "UNAUTHENTICATED", aion_sdk.AuthenticationError),
        (Code.PERMISSION_DENIED, "PERMISSION_DENIED", aion_sdk.PermissionDenied),
        (Code.NOT_FOUND, "TASK_NOT_FOUND", aion_sdk.NotFound),
        (Code.ALREADY_EXISTS, "TASK_ALREADY_EXISTS", aion_sdk.Conflict),
        (Code.FAILED_PRECONDITION, "IDEMPOTENCY_KEY_REUSED", aion_sdk.Conflict),
        (Code.FAILED_PRECONDITION, "NO_ELIGIBLE_ENGINE", aion_sdk.NoEligibleEngine),
        (Code.FAILED_PRECONDITION, "SOMETHING_NEW", aion_sdk.Refused),
        (Code.UNIMPLEMENTED, "METHOD_NOT_FOUND", aion_sdk.Unimplemented),
        (Code.INTERNAL, "INTERNAL", aion_sdk.InternalError),
        (Code.UNKNOWN, "", aion_sdk.InternalError),
        (Code.CANCELLED, "", aion_sdk.Unavailable),
    ],
)
async def test_what_would_be_refused_again_raises_its_own_error_at_once(
    face: Face, double: Double, code: grpc.StatusCode, reason: str, kind: type[aion_sdk.AionError]
) -> None:
    double.script("Submit", refuse(code, reason, violations={"intent": "give one"}, request_id="req-7"))
    with pytest.raises(kind) as caught:
        await face.do(face.client.tasks.submit, "summarize", text="long")
    error = caught.value
    assert type(error) is kind
    assert (error.code, error.reason, error.request_id, error.trace_id) == (code.name, reason, "req-7", "f" * 32)
    assert error.violations == (aion_sdk.Violation("intent", "give one"),)
    assert error.details.facts == {"limit": "1"}
    assert "it was refused" in str(error)
    assert "intent: give one" in str(error)
    assert len(double.seen) == 1


async def test_an_error_without_details_still_has_code_message_and_request_id(face: Face, double: Double) -> None:
    double.script("StatusById", lambda _, context: context.abort(Code.PERMISSION_DENIED, "says a proxy"))
    with pytest.raises(aion_sdk.PermissionDenied, match="says a proxy") as caught:
        await face.do(face.client.tasks.get, "t1")
    assert caught.value.reason == ""
    assert caught.value.request_id == double.seen[0].metadata["x-request-id"]


async def test_details_that_nobody_can_read_do_not_hide_the_error(face: Face, double: Double) -> None:
    def garbled(_request, context):
        context.set_trailing_metadata((("grpc-status-details-bin", b"\xff\xff"),))
        context.abort(Code.NOT_FOUND, "no such task")

    double.script("StatusById", garbled)
    with pytest.raises(aion_sdk.NotFound, match="no such task"):
        await face.do(face.client.tasks.get, "t1")


async def test_run_outlasts_a_restart_of_the_server_as_a_stream_does_under_one_key(face: Face, double: Double) -> None:
    down = [refuse(Code.UNAVAILABLE, "DRAINING")] * 9
    double.script("Submit", *down, answer(task("OK")))
    assert (await face.do(face.client.tasks.run, "summarize", text="long")).state is TaskState.OK
    assert len({call.request.request_id for call in double.seen}) == 1
    assert len(double.seen) == 10
    double.script("Submit", *down, answer(task("OK")))
    short = face.client.with_options(max_reconnects=2)
    with pytest.raises(aion_sdk.Unavailable) as refused:
        await face.do(short.tasks.run, "summarize", text="long", request_id="order-17")
    assert refused.value.idempotency_key == "order-17"
    assert len(double.seen) == 13


async def test_an_error_says_which_task_it_is_about_and_under_which_key(face: Face, double: Double) -> None:
    double.script("Submit", refuse(Code.PERMISSION_DENIED, "PERMISSION_DENIED"))
    for name in ("StatusById", "Watch", "Cancel"):
        double.script(name, refuse(Code.NOT_FOUND, "TASK_NOT_FOUND"))
    with pytest.raises(aion_sdk.PermissionDenied) as refused:
        await face.do(face.client.tasks.submit, "summarize", text="long")
    assert refused.value.idempotency_key == double.seen[0].request.request_id != refused.value.request_id
    for call in (face.client.tasks.get, face.client.tasks.cancel):
        with pytest.raises(aion_sdk.NotFound) as missing:
            await face.do(call, "t9")
        assert missing.value.task_id == "t9"
    with pytest.raises(aion_sdk.NotFound) as missing:
        await face.all_of(face.client.tasks.watch("t9"))
    assert missing.value.task_id == "t9"


async def test_a_lost_answer_says_under_which_key_the_same_call_does_nothing_twice(face: Face, double: Double) -> None:
    tasks, schedules, webhooks = face.client.tasks, face.client.schedules, face.client.webhooks
    calls = {
        "Submit": (tasks.submit, "summarize"),
        "Cancel": (tasks.cancel, "t1"),
        "Retry": (tasks.retry, "t1"),
        "TriggerSchedule": (schedules.trigger, "nightly"),
        "CreateWebhook": (webhooks.create, "https://example.org/hook"),
        "RotateWebhookSecret": (webhooks.rotate_secret, "w1"),
    }
    for method, (call, named) in calls.items():
        double.script(method, refuse(Code.UNAVAILABLE, "OUTCOME_UNKNOWN"))
        with pytest.raises(aion_sdk.Unavailable) as lost:
            await face.do(call, named)
        sent = {seen.request.request_id for seen in double.calls(method)}
        assert sent == {lost.value.idempotency_key} != {""}, method
