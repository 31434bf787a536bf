"""A trigger submits a schedule's task at once: under whose name, under which key, and what it counts for."""

import asyncio
from dataclasses import replace

import pytest

from aion.app.usecases.schedule_tasks import SubmitScheduled
from aion.app.usecases.schedules import TriggerSchedule
from aion.domain.errors import PermissionDenied, QueueFull, StoreUnavailable
from aion.domain.retention import Kept, RetentionPolicy, TenantRetention
from aion.domain.schedules import Overlap, TaskTemplate
from aion.ports.usecases import SubmitCommand
from tests.manual_clock import CountingEntropy
from tests.sample_schedules import MINUTE, SECOND
from tests.sample_tasks import FAILED, SCOPE, claim, settle
from tests.unit.app.schedule_clients import caller, check, command, creates, desk_with_a_catalog, triggers, updates


@pytest.fixture
async def desk(tmp_path):
    async with desk_with_a_catalog(tmp_path) as opened:
        yield opened


def keyed(desk):
    """A trigger whose tasks are accepted as a client's are, so that a key finds its task again."""
    accept = replace(check(desk).accept, max_pending=10, observe=lambda task: None)
    return TriggerSchedule(desk.store.schedules, desk.store, SubmitScheduled(accept, CountingEntropy()))


class Broken:
    """The schedules of a store that can write no more."""

    def __init__(self, store):
        self.get = store.get

    async def replace(self, tenant, schedule):
        raise StoreUnavailable("the disk is full")


async def triggered_and_not_counted(desk, trigger):
    """A task that was accepted, by a call that ended before the schedule heard of it."""
    with pytest.raises(StoreUnavailable):
        await replace(trigger, store=Broken(desk.store.schedules))(caller(), "nightly", "k")
    (task,) = await desk.tasks()
    assert ((await desk.get()).fired, (await desk.get()).last_task_id) == (0, "")
    return task


async def fired_and_purged(desk):
    """A time of the schedule becomes a task, which is run and forgotten; what failed is kept."""
    await desk.after(MINUTE)
    await desk.end_all()
    desk.clock.advance(2 * MINUTE)
    policy = RetentionPolicy(TenantRetention(tasks=Kept(ok=MINUTE)))
    assert (await desk.store.forget_tasks(SCOPE, policy, 10)).deleted == 1


# 12.9: Triggering submits the task at once; the same key gives the same task.
async def test_a_trigger_submits_at_once_whatever_pause_and_overlap_say(desk):
    await creates(desk)(caller(), command(paused=True))
    trigger = triggers(desk)
    first = await trigger(caller(principal="another"), "nightly", "")
    second = await trigger(caller(), "nightly", "")
    assert first.task.task_id != second.task.task_id
    assert (first.task.principal, first.task.schedule_id) == ("service", "nightly")
    after = await desk.get()
    assert (after.fired, after.last_task_id, after.next_fire_time) == (2, second.task.task_id, None)


async def test_the_keys_of_triggers_do_not_depend_on_the_template_and_are_never_long(desk):
    await creates(desk)(caller(), command())
    trigger = triggers(desk)
    key = "k" * 255
    await trigger(caller(), "nightly", key)
    await updates(desk)(caller(), command(overlap=Overlap.ALLOW, task=TaskTemplate("summarize", {"text": "other"})))
    await trigger(caller(), "nightly", key)
    await trigger(caller(principal="another"), "nightly", key)
    first, second, third = [asked for _, asked in desk.asked]
    assert (first.idempotency_key, first.fingerprint) == (second.idempotency_key, second.fingerprint)
    assert first.idempotency_key != third.idempotency_key
    assert len(first.idempotency_key) == 64


# 12.9: The same key gives the same task, also when somebody else has redefined the schedule in between.
async def test_the_key_of_a_trigger_finds_its_task_and_is_nobody_elses_key(desk):
    await creates(desk)(caller(), command())
    trigger = keyed(desk)
    accept = trigger.submit.accept
    first = await trigger(caller(), "nightly", "k")
    await updates(desk)(caller(principal="another"), command())
    again = await trigger(caller(), "nightly", "k")
    assert (again.replayed, again.task.task_id) == (True, first.task.task_id)
    asked = SubmitCommand(
        "summarize", b"f", params={"text": "a"}, idempotency_key=(await desk.get()).mark_of("trigger\nservice\nk").hex()
    )
    assert not (await accept(caller(), asked)).replayed


# 8.7: Running an intent needs the scope `intent:NAME:run`.
async def test_who_may_not_run_the_intent_cannot_trigger_it_either(desk):
    await creates(desk)(caller(), command())
    with pytest.raises(PermissionDenied) as refused:
        await triggers(desk)(caller(scopes=("tasks:write",)), "nightly", "")
    assert refused.value.facts == {"scope": "intent:summarize:run"}
    assert (desk.asked, (await desk.get()).fired) == ([], 0)


async def test_a_refused_trigger_is_refused_and_not_counted(desk):
    await creates(desk)(caller(), command())
    desk.refusals = [QueueFull("the queue is full")]
    with pytest.raises(QueueFull):
        await triggers(desk)(caller(), "nightly", "")
    assert (await desk.get()).fired == 0


async def test_the_task_of_a_trigger_counts_as_the_one_before(desk):
    await creates(desk)(caller(), command())
    await triggers(desk)(caller(), "nightly", "")
    assert (await desk.after(MINUTE)).skipped == 1


# 12.5: When the task that was submitted last has not ended, SKIP skips all times that are due.
async def test_a_trigger_that_was_accepted_and_not_counted_is_counted_once_by_the_call_that_asks_again(desk):
    await creates(desk)(caller(), command())
    trigger = keyed(desk)
    task = await triggered_and_not_counted(desk, trigger)
    for _ in range(3):
        desk.clock.advance(SECOND)
        assert (await trigger(caller(), "nightly", "k")).task.task_id == task.task_id
        assert ((await desk.get()).fired, (await desk.get()).last_task_id) == (1, task.task_id)
    assert (await desk.after(MINUTE)).skipped == 1


# 12.9: Triggering submits the task at once; the same key gives the same task for 24 hours.
@pytest.mark.parametrize("counted", [True, False], ids=["counted", "not counted"])
async def test_a_call_that_asks_again_after_a_later_task_turns_nothing_back(desk, counted):
    await creates(desk)(caller(), command(overlap=Overlap.ALLOW))
    trigger = keyed(desk)
    if counted:
        await trigger(caller(), "nightly", "k")
    else:
        await triggered_and_not_counted(desk, trigger)
    fired = await desk.after(MINUTE)
    assert fired.fired == 1 + counted
    assert (await trigger(caller(), "nightly", "k")).replayed
    assert await desk.get() == fired


async def test_a_trigger_that_was_not_counted_is_newer_than_what_fired_before_it(desk):
    await creates(desk)(caller(), command(overlap=Overlap.ALLOW))
    await desk.after(MINUTE)
    desk.clock.advance(SECOND)
    trigger = keyed(desk)
    with pytest.raises(StoreUnavailable):
        await replace(trigger, store=Broken(desk.store.schedules))(caller(), "nightly", "k")
    again = await trigger(caller(), "nightly", "k")
    assert ((await desk.get()).fired, (await desk.get()).last_task_id) == (2, again.task.task_id)


# 12.9: It is counted by the next call with its key, unless a later task was counted meanwhile.
@pytest.mark.parametrize("fires", ["before it", "after it"])
async def test_a_call_that_asks_again_knows_what_came_later_also_when_that_was_purged(desk, fires):
    await creates(desk)(caller(), command(overlap=Overlap.ALLOW))
    trigger = keyed(desk)
    if fires == "before it":
        await fired_and_purged(desk)
        with pytest.raises(StoreUnavailable):
            await replace(trigger, store=Broken(desk.store.schedules))(caller(), "nightly", "k")
    else:
        await trigger(caller(), "nightly", "k")
        (failing,) = await desk.store.claim(SCOPE, claim())
        await desk.store.settle(SCOPE, settle(failing, FAILED))
        await fired_and_purged(desk)
    before = await desk.get()
    again = await trigger(caller(), "nightly", "k")
    assert (before.fired, again.replayed) == (1 if fires == "before it" else 2, True)
    after = await desk.get()
    assert after.fired == 2
    assert after.last_task_id == (again.task.task_id if fires == "before it" else before.last_task_id)


async def test_two_calls_that_ask_again_at_once_count_a_trigger_once(desk):
    await creates(desk)(caller(), command())
    trigger = keyed(desk)
    await triggered_and_not_counted(desk, trigger)
    await asyncio.gather(*(trigger(caller(), "nightly", "k") for _ in range(5)))
    assert (await desk.get()).fired == 1
