"""What `aion.ports.webhooks` promises of replays, over every store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.adapters.storage.webhooks import index as webhook_index
from aion.adapters.storage.webhooks import steps as webhook_steps
from aion.domain.errors import DeliveryNotFound, LimitReached, WebhookDisabled
from aion.domain.webhooks import DeliveryState
from tests.contract.webhook_office import NO, tasks


async def test_a_replay_is_due_at_once_under_the_same_id_with_fresh_tries(office):
    """14.10 A replay sends the same id again."""
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    done = await office.report(due)
    office.clock.advance(timedelta(days=1))
    again = await office.hooks.replay("acme", "hook", done.delivery_id)
    assert (again.state, again.tries, again.attempts) == (DeliveryState.PENDING, 0, 1)
    assert again.next_attempt_time == await office.next_due() == office.clock.now()
    (due,) = await office.claim()
    assert due.delivery.delivery_id == done.delivery_id
    assert (await office.report(due)).attempts == 2


async def test_a_replay_hurries_a_delivery_that_waits_and_leaves_one_that_is_being_sent(office):
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    assert await office.hooks.replay("acme", "hook", due.delivery.delivery_id) == due.delivery
    assert await office.claim() == []
    waiting = await office.report(due, NO)
    hurried = await office.hooks.replay("acme", "hook", waiting.delivery_id)
    assert hurried.next_attempt_time == office.clock.now()
    assert len(await office.claim()) == 1


async def test_only_what_exists_and_is_wanted_can_be_replayed(office):
    made = await office.make()
    await office.make("second")
    await office.end("a")
    (planned,) = await office.deliveries()
    for webhook_id, delivery_id in (("hook", "msg_no"), ("second", planned.delivery_id)):
        with pytest.raises(DeliveryNotFound):
            await office.hooks.replay("acme", webhook_id, delivery_id)
    await office.hooks.update("acme", "hook", replace(made.wish, disabled=True))
    with pytest.raises(WebhookDisabled, match="enable it first"):
        await office.hooks.replay("acme", "hook", planned.delivery_id)


async def test_a_webhook_has_a_bound_of_what_waits_and_the_rest_can_be_replayed(office, monkeypatch):
    """14.11 At most 10,000 deliveries wait for a webhook; those beyond fail at once and can be replayed."""
    for module in (webhook_index, webhook_steps):
        monkeypatch.setattr(module, "MOST_WAITING", 2)
    await office.make()
    for name in "abc":
        await office.end(name)
        office.clock.advance(timedelta(seconds=1))
    beyond, *waiting = await office.deliveries()
    assert {one.state for one in waiting} == {DeliveryState.PENDING}
    assert (beyond.task_id, beyond.state, beyond.attempts) == ("c", DeliveryState.FAILED, 0)
    assert "replay it" in beyond.last_error
    with pytest.raises(LimitReached) as refused:
        await office.hooks.replay("acme", "hook", beyond.delivery_id)
    assert refused.value.retry_after == timedelta(seconds=1), "room comes by itself"
    for due in await office.claim():
        await office.report(due)
    await office.hooks.replay("acme", "hook", beyond.delivery_id)
    assert tasks(await office.claim()) == ["c"]
