"""A trigger submits a schedule's task at once: under whose name, under which key, and what it counts for."""

from dataclasses import replace

import pytest

from aion.app.usecases.schedule_tasks import SubmitScheduled
from aion.app.usecases.schedules import TriggerSchedule
from aion.domain.errors import PermissionDenied, QueueFull
from aion.domain.schedules import Overlap, TaskTemplate
from aion.ports.usecases import SubmitCommand
from tests.manual_clock import CountingEntropy
from tests.sample_schedules import MINUTE
from tests.unit.app.schedule_clients import caller, check, command, creates, desk_with_a_catalog, updates


@pytest.fixture
async def desk(tmp_path):
    async with desk_with_a_catalog(tmp_path) as opened:
        yield opened


# 12.9: Triggering submits the task at once; the same key gives the same task.
async def test_a_trigger_submits_at_once_whatever_pause_and_overlap_say(desk):
    await creates(desk)(caller(), command(paused=True))
    trigger = TriggerSchedule(desk.store.schedules, desk.submit)
    first = await trigger(caller(principal="another"), "nightly", "")
    second = await trigger(caller(), "nightly", "")
    assert first.task.task_id != second.task.task_id
    assert (first.task.principal, first.task.schedule_id) == ("service", "nightly")
    after = await desk.get()
    assert (after.fired, after.last_task_id, after.next_fire_time) == (2, second.task.task_id, None)


async def test_the_keys_of_triggers_do_not_depend_on_the_template_and_are_never_long(desk):
    await creates(desk)(caller(), command())
    trigger = TriggerSchedule(desk.store.schedules, desk.submit)
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
    accept = replace(check(desk).accept, max_pending=10, observe=lambda task: None)
    trigger = TriggerSchedule(desk.store.schedules, SubmitScheduled(accept, CountingEntropy()))
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
        await TriggerSchedule(desk.store.schedules, desk.submit)(caller(scopes=("tasks:write",)), "nightly", "")
    assert refused.value.facts == {"scope": "intent:summarize:run"}
    assert (desk.asked, (await desk.get()).fired) == ([], 0)


async def test_a_refused_trigger_is_refused_and_not_counted(desk):
    await creates(desk)(caller(), command())
    desk.refusals = [QueueFull("the queue is full")]
    with pytest.raises(QueueFull):
        await TriggerSchedule(desk.store.schedules, desk.submit)(caller(), "nightly", "")
    assert (await desk.get()).fired == 0


async def test_the_task_of_a_trigger_counts_as_the_one_before(desk):
    await creates(desk)(caller(), command())
    await TriggerSchedule(desk.store.schedules, desk.submit)(caller(), "nightly", "")
    assert (await desk.after(MINUTE)).skipped == 1
