"""Webhooks and their deliveries as the client has them, and changes whose answer was lost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from grpc import StatusCode as Code

import aion_sdk
from aion.v1 import webhooks_pb2
from aion_sdk import TaskSpec, TaskState
from tests.sdk.conftest import Face
from tests.sdk.double import Double, answer, refuse

UNKNOWN_OUTCOMES = ("OUTCOME_UNKNOWN", "STORE_UNAVAILABLE", "")

MORNING = datetime(2100, 1, 1, 6, 30, tzinfo=UTC)


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
