"""Webhooks as a tenant has them: made, read, changed and deleted, and nobody else's."""

import pytest

from tests.e2e.answers import Refused
from tests.e2e.callers import Caller
from tests.e2e.webhook_calls import FACES, call, make
from tests.webhook_receiver import Receiver


@FACES
async def test_a_webhook_is_read_listed_changed_and_deleted(caller: Caller, receiver: Receiver, face: str):
    made = await make(caller, receiver.url(), face, intents=["echo"], states=["TASK_STATE_OK"])
    webhook_id = made["webhook"]["webhook_id"]
    assert await call(caller, "GetWebhook", face, webhook_id=webhook_id) == {"webhook": made["webhook"]}
    second = await make(caller, receiver.url("/second"), face)
    first_page = await call(caller, "ListWebhooks", face, page_size=1)
    assert first_page["webhooks"] == [made["webhook"]]
    rest = await call(caller, "ListWebhooks", face, page_token=first_page["next_page_token"])
    assert (rest["webhooks"], rest["next_page_token"]) == ([second["webhook"]], "")
    wish = {"url": receiver.url("/third"), "disabled": True}
    updated = await call(caller, "UpdateWebhook", face, webhook_id=webhook_id, webhook=wish)
    assert updated["webhook"]["url"] == wish["url"]
    assert updated["webhook"]["disabled"] is True
    assert "states" not in updated["webhook"] or updated["webhook"]["states"] == []
    assert await call(caller, "DeleteWebhook", face, webhook_id=webhook_id) == {}
    with pytest.raises(Refused) as refused:
        await call(caller, "GetWebhook", face, webhook_id=webhook_id)
    assert refused.value.refusal.reason == "WEBHOOK_NOT_FOUND"


@FACES
async def test_a_call_that_is_sent_again_with_its_key_is_answered_as_before(caller, receiver, face):
    """14.13 The same key gives the same webhook and the same secret."""
    first, again = [
        await call(caller, "CreateWebhook", face, webhook={"url": receiver.url()}, request_id="k") for _ in range(2)
    ]
    assert first == again
    webhook_id = first["webhook"]["webhook_id"]
    rotated, twice = [
        await call(caller, "RotateWebhookSecret", face, webhook_id=webhook_id, request_id="k") for _ in range(2)
    ]
    assert rotated == twice
    with pytest.raises(Refused) as reused:
        await call(caller, "CreateWebhook", face, webhook={"url": receiver.url("/other")}, request_id="k")
    assert reused.value.refusal.reason == "IDEMPOTENCY_KEY_REUSED"


@FACES
async def test_an_update_that_names_an_old_etag_is_refused(caller, receiver, face):
    """14.14 An update that names an etag other than the current one is `CHANGED_MEANWHILE`."""
    made = (await make(caller, receiver.url(), face))["webhook"]
    update = {"webhook_id": made["webhook_id"], "webhook": {"url": receiver.url("/a"), "etag": made["etag"]}}
    updated = (await call(caller, "UpdateWebhook", face, **update))["webhook"]
    assert updated["update_time"] >= made["update_time"]
    with pytest.raises(Refused) as refused:
        await call(caller, "UpdateWebhook", face, **(update | {"webhook": made}))
    assert refused.value.refusal.reason == "CHANGED_MEANWHILE"


@FACES
async def test_a_webhook_that_is_changed_to_another_id_than_the_paths_is_refused(caller, receiver, face):
    webhook_id = (await make(caller, receiver.url(), face))["webhook"]["webhook_id"]
    with pytest.raises(Refused) as refused:
        await call(
            caller,
            "UpdateWebhook",
            face,
            webhook_id=webhook_id,
            webhook={"url": receiver.url(), "webhook_id": "another"},
        )
    assert refused.value.refusal.reason == "VALIDATION_FAILED"


async def test_a_tenant_has_at_most_twenty_webhooks(caller: Caller, receiver: Receiver):
    for number in range(20):
        await make(caller, receiver.url(f"/{number}"))
    with pytest.raises(Refused) as refused:
        await make(caller, receiver.url("/one-more"))
    assert refused.value.refusal.reason == "LIMIT_REACHED"


async def test_another_tenant_sees_and_changes_nothing(caller: Caller, other: Caller, receiver: Receiver):
    """1.2"""
    webhook_id = (await make(caller, receiver.url()))["webhook"]["webhook_id"]
    for name, members in (
        ("GetWebhook", {}),
        ("UpdateWebhook", {"webhook": {"url": receiver.url()}}),
        ("RotateWebhookSecret", {}),
        ("DeleteWebhook", {}),
        ("ListWebhookDeliveries", {}),
        ("ReplayWebhookDelivery", {"delivery_id": "msg_1"}),
    ):
        with pytest.raises(Refused) as refused:
            await call(other, name, webhook_id=webhook_id, **members)
        assert refused.value.refusal.reason == "WEBHOOK_NOT_FOUND"
    assert (await call(other, "ListWebhooks"))["webhooks"] == []
