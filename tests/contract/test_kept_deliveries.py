"""How long deliveries are kept, and what is kept because of them, over every store."""

from datetime import timedelta

from aion.adapters.storage.writer import GroupCommitWriter
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.webhooks import DeliveryState, WebhookWish
from tests.sample_tasks import SCOPE, START


async def test_a_task_is_kept_while_a_delivery_of_it_waits(office):
    """14.12 A task is kept while a delivery of it waits."""
    policy = RetentionPolicy(TenantRetention(Kept.alike(timedelta(days=1)), Kept.alike(timedelta(days=1))))
    await office.make()
    await office.end("a")
    office.clock.advance(timedelta(days=2))

    async def forgotten() -> int:
        await office.store.purge(SCOPE, 100)
        await office.store.forget_logs(SCOPE, policy, 100)
        return (await office.store.forget_tasks(SCOPE, policy, 100)).deleted

    assert await forgotten() == 0
    (due,) = await office.claim()
    await office.report(due)
    assert await forgotten() == 1


async def test_a_delivery_that_waits_keeps_its_own_task_and_no_other(office):
    policy = RetentionPolicy(TenantRetention(Kept.alike(timedelta(days=1)), Kept.alike(timedelta(days=1))))
    await office.end("told nobody")
    await office.make()
    await office.end("a")
    await office.end("a", "other")
    office.clock.advance(timedelta(days=2))
    await office.store.purge(SCOPE, 100)
    await office.store.forget_logs(SCOPE, policy, 100)
    assert (await office.store.forget_tasks(SCOPE, policy, 100)).deleted == 2
    assert (await office.store.get("acme", "a")).task_id == "a"


async def test_forgetting_writes_nothing_when_there_is_nothing_to_delete(office, monkeypatch):
    names = []
    submit = GroupCommitWriter.submit

    def noted(self, name, *args, **kwargs):
        names.append(name)
        return submit(self, name, *args, **kwargs)

    monkeypatch.setattr(GroupCommitWriter, "submit", noted)
    assert [await office.hooks.forget_finished(SCOPE, START, 10) for _ in range(3)] == [0, 0, 0]
    assert names in ([], ["read"])  # a store in memory reads through its writer
    await office.make()
    await office.end("a")
    await office.hooks.delete("acme", "hook")
    assert await office.hooks.forget_finished(SCOPE, START, 10) == 1
    names.clear()
    assert [await office.hooks.forget_finished(SCOPE, START, 10) for _ in range(3)] == [0, 0, 0]
    assert names in ([], ["read"])


async def test_finished_deliveries_are_forgotten_after_their_time_in_bounded_pieces(office):
    """14.10 Finished deliveries are kept 30 days."""
    await office.make()
    for number in range(5):
        await office.end(f"t{number}")
    for due in await office.claim(8):
        await office.report(due)
    assert await office.hooks.forget_finished(SCOPE, START, 100) == 0
    later = START + timedelta(seconds=1)
    assert [await office.hooks.forget_finished(SCOPE, later, 3) for _ in range(2)] == [3, 1]
    assert [one.task_id for one in await office.deliveries()] == ["t4"]


async def test_a_delivery_that_was_replayed_is_kept_as_long_after_its_last_attempt_as_any_other(office):
    """14.10 Finished deliveries are kept 30 days."""
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    await office.report(due)
    office.clock.advance(timedelta(days=31))
    await office.hooks.replay("acme", "hook", due.delivery.delivery_id)
    (due,) = await office.claim()
    await office.report(due)
    assert await office.hooks.forget_finished(SCOPE, office.clock.now(), 100) == 0
    office.clock.advance(timedelta(microseconds=1))
    assert await office.hooks.forget_finished(SCOPE, office.clock.now(), 100) == 1


async def test_a_delivery_that_failed_without_an_attempt_counts_from_when_it_was_made(office):
    await office.make()
    await office.end("a")
    await office.hooks.update("acme", "hook", WebhookWish("https://a.example/", disabled=True))
    assert await office.claim() == []
    assert await office.hooks.forget_finished(SCOPE, START, 100) == 0
    assert await office.hooks.forget_finished(SCOPE, START + timedelta(microseconds=1), 100) == 1


async def test_what_a_deleted_webhook_leaves_behind_is_cleared_away(office):
    await office.make()
    await office.end("a")
    (due,) = await office.claim()
    await office.report(due)
    await office.hooks.delete("acme", "hook")
    assert await office.hooks.forget_finished(SCOPE, START, 100) == 1


async def test_what_waits_for_a_disabled_webhook_fails_a_hundred_at_once_so_that_writers_are_not_held_up(office):
    await office.make()
    for number in range(101):
        await office.end(f"task-{number:03}")
    await office.hooks.update("acme", "hook", WebhookWish("https://a.example/", disabled=True))
    waiting = []
    for _ in range(2):
        assert await office.claim() == []
        deliveries = await office.hooks.deliveries("acme", "hook", None, 200)
        waiting.append(sum(delivery.state is DeliveryState.PENDING for delivery in deliveries))
    assert waiting == [1, 0]
