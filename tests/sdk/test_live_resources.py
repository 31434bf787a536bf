"""Schedules, webhooks, tickets and raw responses of both faces against a real server."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

import aion_sdk
from aion_sdk import AsyncClient, CatchUp, Client, Overlap, TaskSpec, TaskState
from tests.e2e.processes import Running, new_tenant
from tests.sdk.conftest import Face


@pytest.fixture(params=["async", "sync"])
async def live(request: pytest.FixtureRequest, server: Running) -> AsyncIterator[Face]:
    kind = AsyncClient if request.param == "async" else Client
    client: Any = kind(server.grpc, api_key=server.key(new_tenant()), environ={})
    face = Face(request.param, client)
    yield face
    await face.do(client.close)


async def test_a_schedule_is_made_once_changed_triggered_paused_and_deleted(live: Face) -> None:
    schedules = live.client.schedules
    spec = TaskSpec.of("story", text="long", budget_usd="0.5", max_queue_time=60)

    def create(cron: str) -> Any:
        return schedules.create("nightly", cron, spec, time_zone="Europe/Paris", catch_up="ALL")

    made = await live.do(create, "30 6 * * *")
    assert (made.catch_up, made.overlap, made.time_zone) == (CatchUp.ALL, Overlap.SKIP, "Europe/Paris")
    assert made.next_fire_time > datetime.now(UTC)
    assert made.task.params == {"text": "long"}
    assert (await live.do(create, "30 6 * * *")).create_time == made.create_time
    with pytest.raises(aion_sdk.Conflict):
        await live.do(create, "@daily")
    with pytest.raises(aion_sdk.InvalidRequest) as caught:
        await live.do(lambda: schedules.create("other", "every morning", spec))
    assert caught.value.reason == aion_sdk.ErrorReason.SCHEDULE_INVALID
    task = await live.do(schedules.trigger, "nightly")
    ended = await live.do(live.client.tasks.watch(task.task_id).result)
    assert (ended.state, ended.schedule_id) == (TaskState.OK, "nightly")
    assert (await live.do(schedules.pause, "nightly", "holidays")).pause_note == "holidays"
    with pytest.raises(aion_sdk.ChangedMeanwhile):
        await live.do(schedules.update, replace(made, cron="@hourly"))
    fresh = await live.do(schedules.resume, "nightly")
    changed = await live.do(schedules.update, replace(fresh, cron="@hourly"))
    assert (changed.cron, changed.task) == ("@hourly", made.task)
    assert [one.schedule_id for one in await live.all_of(schedules.list(page_size=1))] == ["nightly"]
    await live.do(schedules.delete, "nightly")
    with pytest.raises(aion_sdk.NotFound):
        await live.do(schedules.get, "nightly")


async def test_a_webhook_is_made_read_changed_rotated_and_deleted(live: Face) -> None:
    webhooks = live.client.webhooks
    made = await live.do(lambda: webhooks.create("https://192.0.32.7/hook", states=["OK"], disabled=True))
    assert made.secret.startswith("whsec_")
    webhook_id = made.webhook.webhook_id
    assert await live.do(webhooks.get, webhook_id) == made.webhook
    changed = await live.do(webhooks.update, replace(made.webhook, description="for the docs"))
    assert (changed.description, changed.states) == ("for the docs", (TaskState.OK,))
    assert (await live.do(webhooks.rotate_secret, webhook_id)).secret not in {"", made.secret}
    assert await live.all_of(webhooks.deliveries(webhook_id)) == []
    with pytest.raises(aion_sdk.NotFound):
        await live.do(webhooks.replay, webhook_id, "nothing")
    with pytest.raises(aion_sdk.InvalidRequest) as caught:
        await live.do(webhooks.create, "https://169.254.169.254/hook")
    assert caught.value.reason == aion_sdk.ErrorReason.WEBHOOK_URL_REFUSED
    await live.do(webhooks.delete, webhook_id)
    assert await live.all_of(webhooks.list()) == []


async def test_a_ticket_lasts_as_long_as_was_asked(live: Face) -> None:
    before = datetime.now(UTC)
    ticket = await live.do(lambda: live.client.tickets.create(lifetime=30))
    assert ticket.ticket
    assert 25 < (ticket.expire_time - before).total_seconds() < 60


async def test_a_raw_response_has_the_ids_of_the_call(live: Face) -> None:
    raw = await live.do(lambda: live.client.tasks.with_raw_response.submit("story", text="long", wait=30))
    assert raw.parse().state is TaskState.OK
    assert (len(raw.request_id), len(raw.trace_id)) == (36, 32)
