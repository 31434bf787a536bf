"""A signal says 'look again': no change between two waits is missed, and nobody else is woken."""

import asyncio

import pytest

from tests.sample_tasks import FAILED, LOST, SCOPE, accept, claim, eager, new_task, settle, tokens


async def test_a_change_before_the_wait_is_not_missed(signals):
    with signals.watch_task("acme", "task-1") as subscription:
        signals.task_changed("acme", "task-1")
        assert await subscription.changed(0)
        assert not await subscription.changed(0)


async def test_a_waiter_is_woken(signals):
    with signals.watch_task("acme", "task-1") as subscription:
        waiting = asyncio.ensure_future(subscription.changed(60))
        await asyncio.sleep(0)
        signals.task_changed("acme", "task-1")
        assert await waiting
        assert not await subscription.changed(0)


async def test_several_changes_are_one(signals):
    with signals.watch_work() as subscription:
        signals.work_arrived()
        signals.work_arrived()
        assert await subscription.changed(0)
        assert not await subscription.changed(0)


async def test_a_wait_ends_after_its_timeout(signals):
    with signals.watch_work() as subscription:
        assert not await subscription.changed(0.001)


async def test_other_tasks_and_tenants_wake_nobody(signals):
    with signals.watch_task("acme", "task-1") as subscription:
        signals.task_changed("acme", "task-2")
        signals.task_changed("other", "task-1")
        signals.work_arrived()
        assert not await subscription.changed(0)


async def test_all_watchers_of_a_task_are_woken_and_leaving_ones_are_forgotten(signals):
    with signals.watch_task("acme", "task-1") as first:
        with signals.watch_task("acme", "task-1") as second:
            signals.task_changed("acme", "task-1")
            assert await second.changed(0)
        signals.task_changed("acme", "task-1")
        assert await first.changed(0)
        assert not await second.changed(0)


async def test_cancel_listeners_hear_of_cancels_until_they_leave(signals):
    heard = []
    with signals.listen_for_cancels(lambda tenant, task_id: heard.append((tenant, task_id))):
        signals.cancel_requested("acme", "task-1")
    signals.cancel_requested("acme", "task-2")
    assert heard == [("acme", "task-1")]


async def test_a_canceled_wait_leaves_the_subscription_usable(signals):
    with signals.watch_work() as subscription:
        waiting = asyncio.ensure_future(subscription.changed(60))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        signals.work_arrived()
        assert await subscription.changed(0)


async def test_the_store_says_what_changed_after_it_is_committed(store, signals):
    with signals.watch_task("acme", "task-1") as task_changes, signals.watch_work() as work:
        running = (await store.accept("acme", accept(new_task(), eager=eager()))).task
        assert await task_changes.changed(0)
        assert not await work.changed(0)
        await store.append(SCOPE, tokens(running, "a"))
        assert await task_changes.changed(0)
        await store.settle(SCOPE, settle(running, LOST))
        assert await task_changes.changed(0)
        assert await work.changed(0)


async def test_the_store_says_when_work_arrives(store, signals):
    with signals.watch_work() as work:
        await store.accept("acme", accept(new_task(max_failures=1)))
        assert await work.changed(0)
        (running,) = await store.claim(SCOPE, claim())
        assert not await work.changed(0)
        await store.settle(SCOPE, settle(running, FAILED))
        assert await work.changed(0)


async def test_the_store_tells_a_running_cancel_once(store, signals):
    heard = []
    with signals.listen_for_cancels(lambda *key: heard.append(key)):
        await store.accept("acme", accept(new_task("waits"), max_pending=9))
        await store.cancel("acme", "waits")
        running = (await store.accept("acme", accept(new_task(), eager=eager()))).task
        await store.cancel("acme", "task-1")
        await store.cancel("acme", "task-1")
        await store.append(SCOPE, tokens(running, "a"))
    assert heard == [("acme", "task-1")]
