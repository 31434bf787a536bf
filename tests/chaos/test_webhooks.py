"""SIGKILL between the end of a task and the receiver's yes: exactly one delivery, made at least once, under one id.

Proves docs/semantics.md 14.1 and 14.2.
"""

from contextlib import suppress

import pytest
from grpc import aio
from standardwebhooks import Webhook as Standard

from aion.v1 import tasks_pb2, tasks_pb2_grpc, webhooks_pb2, webhooks_pb2_grpc
from tests.chaos.client import Steps
from tests.chaos.server import Place, Server
from tests.e2e.patience import eventually
from tests.effort import effort
from tests.webhook_receiver import receiving

TASK = "the-task"
# Where the process dies, and how often the receiver is called in all.
KILLS = {
    "store.settle.before_commit": 1,
    "store.settle.after_commit": 1,
    "store.claim_deliveries.before_commit": 1,
    "store.claim_deliveries.after_commit": 1,
    "webhooks.before_send": 1,
    "webhooks.after_send": 2,
    "store.report_delivery.before_commit": 2,
    "store.report_delivery.after_commit": 1,
}


async def submit(channel: aio.Channel, key: str) -> None:
    """Submits the task; the server may die of it."""
    request = tasks_pb2.TaskRequest(
        intent="take_steps", task_id=TASK, params_json=Steps(2).params_json, request_id="the-request"
    )
    with suppress(aio.AioRpcError):
        await tasks_pb2_grpc.AionTasksStub(channel).Submit(request, metadata=_as(key), timeout=20)


async def make(channel: aio.Channel, key: str, url: str) -> webhooks_pb2.CreateWebhookResponse:
    """A webhook."""
    request = webhooks_pb2.CreateWebhookRequest(webhook=webhooks_pb2.Webhook(url=url))
    return await webhooks_pb2_grpc.WebhookServiceStub(channel).CreateWebhook(request, metadata=_as(key), timeout=20)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("round_", range(effort(1, 20)))
@pytest.mark.parametrize("failpoint", KILLS)
async def test_a_kill_between_end_and_delivery_loses_and_doubles_no_delivery(tmp_path, failpoint, round_):
    """14.1 One delivery, whatever crashes. 14.2 It is made at least once, under the same id."""
    async with receiving() as receiver:
        place = Place(tmp_path, settings={"AION_WEBHOOK_ALLOW": f"127.0.0.1:{receiver.port}"})
        first = await Server.start(place, f"{failpoint}=kill")
        try:
            async with aio.insecure_channel(first.address) as channel:
                made = await make(channel, first.api_key, receiver.url())
                await submit(channel, first.api_key)
            await first.wait_until_killed()
            second = await Server.start(place)
            try:
                async with aio.insecure_channel(second.address) as channel:
                    await _delivered(channel, second.api_key, made.webhook.webhook_id)
            finally:
                await second.stop()
        finally:
            first.destroy()
    assert len(receiver.got) == KILLS[failpoint]
    assert len({got.message_id for got in receiver.got}) == 1
    for got in receiver.got:
        document = Standard(made.secret).verify(got.body, got.headers)
        assert (document["type"], document["data"]["task_id"]) == ("task.ok", TASK)


async def _delivered(channel: aio.Channel, key: str, webhook_id: str) -> None:
    """Until the one delivery is made."""
    stub = webhooks_pb2_grpc.WebhookServiceStub(channel)

    async def look() -> bool:
        page = await stub.ListWebhookDeliveries(
            webhooks_pb2.ListWebhookDeliveriesRequest(webhook_id=webhook_id), metadata=_as(key), timeout=20
        )
        assert len(page.deliveries) <= 1
        return any(one.state == webhooks_pb2.DELIVERY_STATE_DELIVERED for one in page.deliveries)

    await eventually(look, "the delivery is made")


def _as(key: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {key}"),)
