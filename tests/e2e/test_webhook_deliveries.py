"""Webhooks from end to end: a receiver on this machine gets what ended, and the reference library verifies it."""

from pathlib import Path

import orjson
import pytest

from tests.e2e.answers import Document, Refused
from tests.e2e.callers import Caller
from tests.e2e.patience import eventually
from tests.e2e.webhook_calls import FACES, call, delivery, make, verified
from tests.webhook_receiver import OK, Receiver, answer


@FACES
async def test_a_receiver_hears_of_an_ended_task_and_can_verify_it(caller: Caller, receiver: Receiver, face: str):
    """14.1, 14.4"""
    made = await make(caller, receiver.url(), face, description="ours")
    assert made["webhook"]["url"] == receiver.url()
    task = await caller.submit(params={"text": "hello"}, wait=30)
    (got,) = await receiver.wait_for(1)
    document = verified(got, made["secret"])
    assert document["type"] == "task.ok"
    assert document["data"]["task_id"] == task["task_id"]
    assert document["data"]["result"] == task["result"]
    done = await delivery(caller, made["webhook"]["webhook_id"], "DELIVERED")
    assert (done["delivery_id"], done["task_id"], done["event"]) == (got.message_id, task["task_id"], "task.ok")
    assert (done["attempts"], done["last_status"]) == (1, 204)


async def test_a_delivery_of_a_disabled_webhook_is_not_replayed(caller, receiver):
    made = (await make(caller, receiver.url()))["webhook"]
    await caller.submit(wait=30)
    done = await delivery(caller, made["webhook_id"], "DELIVERED")
    disabled = {"url": made["url"], "disabled": True}
    await call(caller, "UpdateWebhook", webhook_id=made["webhook_id"], webhook=disabled)
    with pytest.raises(Refused) as refused:
        await call(caller, "ReplayWebhookDelivery", webhook_id=made["webhook_id"], delivery_id=done["delivery_id"])
    assert refused.value.refusal.reason == "WEBHOOK_DISABLED"


async def test_a_receiver_hears_only_of_what_it_wants_and_of_nothing_of_other_tenants(
    caller: Caller, other: Caller, receiver: Receiver
):
    await make(caller, receiver.url("/errors"), states=["TASK_STATE_ERROR"])
    await make(caller, receiver.url("/echoes"), intents=["echo"])
    await make(caller, receiver.url("/off"), disabled=True)
    await other.submit(params={"text": "theirs"}, wait=30)
    mine = await caller.submit(params={"text": "mine"}, wait=30)
    failed = await caller.submit(intent="trapped", wait=30)
    assert failed["status"] == "ERROR"
    by_path = {got.line.split()[1]: orjson.loads(got.body) for got in await receiver.wait_for(2)}
    assert by_path["/echoes"]["data"]["task_id"] == mine["task_id"]
    assert (by_path["/errors"]["type"], by_path["/errors"]["data"]["task_id"]) == ("task.error", failed["task_id"])
    assert len(by_path) == 2


async def test_a_receiver_that_fails_gets_it_again_under_the_same_id(caller: Caller, receiver: Receiver):
    """14.2: the first pause is five seconds; a replay does not wait for it."""
    receiver.answers = [answer(503, b"busy"), OK]
    made = await make(caller, receiver.url())
    webhook_id = made["webhook"]["webhook_id"]
    await caller.submit(wait=30)
    await receiver.wait_for(1)
    waiting = await delivery(caller, webhook_id, "PENDING")
    waiting = await eventually(lambda: _attempted(caller, webhook_id), "the first attempt is written down")
    assert (waiting["last_status"], waiting["last_error"]) == (503, "HTTP 503: busy")
    again = await call(caller, "ReplayWebhookDelivery", webhook_id=webhook_id, delivery_id=waiting["delivery_id"])
    assert again["delivery"]["state"] == "DELIVERY_STATE_PENDING"
    first, second = await receiver.wait_for(2)
    assert first.message_id == second.message_id == waiting["delivery_id"]
    assert first.body == second.body
    assert verified(second, made["secret"])
    assert (await delivery(caller, webhook_id, "DELIVERED"))["attempts"] == 2


async def test_a_rotated_secret_and_the_old_one_both_verify(caller: Caller, receiver: Receiver):
    """14.6"""
    made = await make(caller, receiver.url())
    rotated = await call(caller, "RotateWebhookSecret", webhook_id=made["webhook"]["webhook_id"])
    assert rotated["secret"] != made["secret"]
    assert rotated["old_secret_expire_time"]
    await caller.submit(wait=30)
    (got,) = await receiver.wait_for(1)
    assert verified(got, made["secret"]) == verified(got, rotated["secret"])


async def test_a_receiver_that_is_gone_disables_its_webhook(caller: Caller, receiver: Receiver):
    """14.9"""
    receiver.answers = [answer(410)]
    webhook_id = (await make(caller, receiver.url()))["webhook"]["webhook_id"]
    await caller.submit(wait=30)
    await delivery(caller, webhook_id, "FAILED")
    disabled = (await call(caller, "GetWebhook", webhook_id=webhook_id))["webhook"]
    assert disabled["disabled"] is True
    assert disabled["disable_reason"] == "the receiver answered 410 Gone"


async def test_a_page_token_of_one_webhook_does_not_open_the_list_of_another(caller: Caller, receiver: Receiver):
    ids = [(await make(caller, receiver.url(f"/{name}")))["webhook"]["webhook_id"] for name in "ab"]
    for _ in range(2):
        await caller.submit(wait=30)
    page = await call(caller, "ListWebhookDeliveries", webhook_id=ids[0], page_size=1)
    assert page["next_page_token"]
    with pytest.raises(Refused) as refused:
        await call(caller, "ListWebhookDeliveries", webhook_id=ids[1], page_token=page["next_page_token"])
    assert refused.value.refusal.reason == "PAGE_TOKEN_INVALID"
    second = await call(caller, "ListWebhookDeliveries", webhook_id=ids[0], page_token=page["next_page_token"])
    assert len(second["deliveries"]) == 1


async def test_a_secret_is_nowhere_in_the_data_directory_and_the_log(caller: Caller, receiver: Receiver, server):
    """14.6 Secrets are shown once and kept sealed."""
    made = await make(caller, receiver.url())
    await caller.submit(wait=30)
    await receiver.wait_for(1)
    text = made["secret"].removeprefix("whsec_")
    folders = (server.data, server.data.parent)
    held = [str(path) for folder in folders for path in folder.rglob("*") if path.is_file() and _holds(path, text)]
    assert held == []


async def _attempted(caller: Caller, webhook_id: str) -> Document | None:
    one = await delivery(caller, webhook_id, "PENDING")
    return one if one.get("attempts") else None


def _holds(path: Path, text: str) -> bool:
    return text.encode() in path.read_bytes()
