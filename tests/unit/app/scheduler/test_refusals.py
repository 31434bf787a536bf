"""Tasks in the way, refusals, and schedules that change while they fire."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aion.app.background import scheduler as module
from aion.domain.errors import IntentNotFound, OutcomeUnknown, QueueFull, StoreUnavailable
from aion.domain.schedules import Overlap
from tests.sample_schedules import HOUR, MINUTE, SECOND, definition
from tests.sample_tasks import START


# 12.5: When the task that was submitted last has not ended, SKIP skips the time, ALLOW submits it, CANCEL submits it
# and then cancels the task before.
@pytest.mark.parametrize(
    ("overlap", "states", "skipped"),
    [
        (Overlap.SKIP, ["PENDING"], 1),
        (Overlap.ALLOW, ["PENDING", "PENDING"], 0),
        (Overlap.CANCEL, ["CANCELED", "PENDING"], 0),
    ],
)
async def test_a_task_that_has_not_ended_is_treated_as_the_schedule_says(desk, overlap, states, skipped):
    await desk.create(definition=definition(overlap=overlap))
    first = await desk.after(MINUTE)
    after = await desk.after(MINUTE)
    assert [task.state.name for task in await desk.tasks()] == states
    assert (after.skipped, after.fired) == (skipped, len(states))
    if skipped:
        assert after.last_refusal == f"the task {first.last_task_id} of the time before has not ended"
        assert desk.told.skipped == [("nightly", 1, "OVERLAP")]


@pytest.mark.parametrize("overlap", list(Overlap))
async def test_a_task_that_has_ended_stands_in_nobodys_way(desk, overlap):
    await desk.create(definition=definition(overlap=overlap))
    await desk.after(MINUTE)
    await desk.end_all()
    after = await desk.after(MINUTE)
    assert [task.state.name for task in await desk.tasks()] == ["OK", "PENDING"]
    assert (after.skipped, after.fired, after.last_refusal) == (0, 2, "")


async def test_a_refused_submission_cancels_nothing(desk):
    await desk.create(definition=definition(overlap=Overlap.CANCEL))
    await desk.after(MINUTE)
    desk.refusals = [IntentNotFound("there is no intent summarize")]
    await desk.after(MINUTE)
    assert [task.state.name for task in await desk.tasks()] == ["PENDING"]


# 12.6: A submission that a full queue or the store refuses is tried again for as long as its time is not missed.
@pytest.mark.parametrize("refusal", [QueueFull, StoreUnavailable, OutcomeUnknown])
async def test_a_refusal_that_may_pass_is_tried_again(desk, refusal):
    await desk.create()
    desk.refusals = [refusal("not now"), refusal("not now")]
    held = await desk.after(MINUTE)
    assert (held.next_fire_time, held.wake_time) == (START + MINUTE, START + MINUTE + SECOND)
    assert (held.last_refusal, held.skipped) == (f"{refusal.reason}: not now", 0)
    assert await desk.after(timedelta()) == held
    assert (await desk.after(SECOND)).wake_time == START + MINUTE + 3 * SECOND
    after = await desk.after(2 * SECOND)
    assert (after.fired, after.skipped, after.last_refusal) == (1, 0, "")
    assert desk.told.fired == [("nightly", 3 * SECOND)]


async def test_a_refusal_that_does_not_pass_within_the_window_skips_the_time_and_says_why(desk):
    await desk.create(definition=definition(cron="0 * * * *", catch_up_window=MINUTE))
    desk.refusals = [QueueFull("the queue is full")] * 20
    await desk.after(MINUTE)
    for _ in range(8):
        await desk.after(30 * SECOND)
    after = await desk.get()
    assert (after.fired, after.skipped, after.next_fire_time) == (0, 1, START + HOUR)
    assert after.last_refusal == "QUEUE_FULL: the queue is full"


async def test_any_other_refusal_skips_the_time(desk):
    await desk.create()
    desk.refusals = [IntentNotFound("there is no intent summarize")]
    after = await desk.after(MINUTE)
    assert (after.fired, after.skipped, after.next_fire_time) == (0, 1, START + 2 * MINUTE)
    assert after.last_refusal == "INTENT_NOT_FOUND: there is no intent summarize"
    assert desk.told.skipped == [("nightly", 1, "INTENT_NOT_FOUND")]


async def test_a_time_that_is_redefined_while_it_fires_is_counted_and_leaves_the_new_times_alone(desk):
    held = await desk.create()
    redefined = replace(held, next_fire_time=START + HOUR, wake_time=START + HOUR)
    desk.meanwhile = [desk.store.schedules.replace("acme", redefined)]
    after = await desk.after(MINUTE)
    assert (after.fired, after.next_fire_time, len(await desk.tasks())) == (1, START + HOUR, 1)


async def test_a_schedule_that_is_deleted_while_it_fires_is_no_trouble(desk):
    await desk.create()
    desk.meanwhile = [desk.store.schedules.delete("acme", "nightly")]
    desk.clock.advance(MINUTE)
    await desk.scheduler.once()
    assert (len(await desk.tasks()), desk.told.troubles) == (1, [])


async def test_what_happens_to_a_schedule_is_not_written_to_another_that_took_its_id(desk):
    await desk.create()

    async def made_again():
        await desk.store.schedules.delete("acme", "nightly")
        await desk.create(uid="another")

    desk.meanwhile = [made_again()]
    after = await desk.after(MINUTE)
    assert (after.uid, after.fired, after.next_fire_time) == ("another", 0, START + MINUTE)


async def test_a_schedule_made_again_under_the_same_id_fires_its_own_tasks(desk):
    await desk.create()
    await desk.after(MINUTE)
    await desk.store.schedules.delete("acme", "nightly")
    await desk.create(uid="another")
    after = await desk.after(timedelta())
    assert (after.fired, len({task.task_id for task in await desk.tasks()})) == (1, 2)


async def test_what_is_wrong_with_one_schedule_is_told_and_holds_up_no_other(desk):
    await desk.create("broken", definition=definition(cron="not cron"))
    await desk.create("good")
    desk.clock.advance(MINUTE)
    await desk.scheduler.once()
    assert [name for name, _ in desk.told.fired] == ["good"]
    assert [type(error).__name__ for error in desk.told.troubles] == ["ScheduleInvalid"]
    broken = await desk.get("broken")
    assert (broken.next_fire_time, broken.wake_time) == (START + MINUTE, START + MINUTE + SECOND)
    assert broken.last_refusal == "AION failed to fire it: ScheduleInvalid"


async def test_a_store_that_cannot_be_read_is_told_and_the_loop_goes_on(desk, monkeypatch):
    looked, pauses = [], []

    async def due(scope, now, limit, besides):
        looked.append(now)
        raise StoreUnavailable("the disk is gone")

    async def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(desk.store.schedules, "due", due)
    monkeypatch.setattr(module.asyncio, "sleep", pause)
    with pytest.raises(asyncio.CancelledError):
        await desk.scheduler.run()
    assert pauses == [module.AFTER_TROUBLE] * 3
    assert [type(error) for error in desk.told.troubles] == [StoreUnavailable] * 3
