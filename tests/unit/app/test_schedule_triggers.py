"""A trigger submits a schedule's task at once: under whose name, under which key, and what it counts for."""

import asyncio
from dataclasses import replace

import pytest

from aion.app.usecases.schedule_tasks import SubmitScheduled
from aion.app.usecases.schedules import TriggerSchedule
from aion.domain.errors import PermissionDenied, QueueFull, StoreUnavailable
from aion.domain.schedules import Overlap, TaskTemplate
from aion.ports.usecases import SubmitCommand
from tests.manual_clock import CountingEntropy
from tests.sample_schedules import MINUTE
from tests.unit.app.schedule_clients import caller, check, command, creates, desk_with_a_catalog, triggers, updates


@pytest.fixture
async def desk(tmp_path):
    async with desk_with_a_catalog(tmp_path) as opened:
        yield opened


def keyed(desk):
    """A trigger whose tasks are accepted as a client's are, so that a key finds its task again."""
    accept = replace(check(desk).accept, max_pending=10, observe=lambda task: None)
    return TriggerSchedule(desk.store.schedules, SubmitScheduled(accept, CountingEntropy()))


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


# 12.9: The same key gives the same task for 24 hours, which is counted once.
async def test_a_trigger_is_counted_by_the_commit_that_accepts_it_and_only_by_that(desk, monkeypatch):
    await creates(desk)(caller(), command())
    trigger = keyed(desk)

    async def broken(tenant, schedule):
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(desk.store.schedules, "replace", broken)
    answers = await asyncio.gather(*(trigger(caller(), "nightly", "k") for _ in range(5)))
    assert sorted(answer.replayed for answer in answers) == [False, True, True, True, True]
    assert ((await desk.get()).fired, (await desk.get()).last_task_id) == (1, answers[0].task.task_id)


async def test_a_call_that_asks_again_after_a_later_task_turns_nothing_back(desk):
    await creates(desk)(caller(), command(overlap=Overlap.ALLOW))
    trigger = keyed(desk)
    await trigger(caller(), "nightly", "k")
    fired = await desk.after(MINUTE)
    assert fired.fired == 2
    assert (await trigger(caller(), "nightly", "k")).replayed
    assert await desk.get() == fired


async def test_a_trigger_cancels_nothing_whatever_the_overlap_says(desk):
    await creates(desk)(caller(), command(overlap=Overlap.CANCEL))
    await desk.after(MINUTE)
    await triggers(desk)(caller(), "nightly", "")
    assert [task.state.name for task in await desk.tasks()] == ["PENDING", "PENDING"]


async def test_a_schedule_that_is_deleted_while_it_is_triggered_has_its_task_all_the_same(desk):
    await creates(desk)(caller(), command())
    desk.meanwhile = [desk.store.schedules.delete("acme", "nightly")]
    assert not (await triggers(desk)(caller(), "nightly", "")).replayed
    assert len(await desk.tasks()) == 1
