"""The clock's side of schedules: every time at most once, whatever happens around it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.app.background import scheduler as module
from aion.domain.errors import StoreUnavailable
from aion.domain.schedules import CatchUp, Overlap
from tests.sample_schedules import HOUR, MINUTE, SECOND, definition
from tests.sample_tasks import START, accept, new_task
from tests.unit.app.schedule_desk import schedule_desk


async def test_a_schedule_fires_when_its_time_has_come_and_not_before(desk):
    created = await desk.create()
    assert await desk.after(59 * SECOND) == created
    fired = await desk.after(SECOND)
    (task,) = await desk.tasks()
    assert (task.schedule_id, task.principal, task.create_time) == ("nightly", "service", START + MINUTE)
    assert (fired.fired, fired.last_task_id, fired.last_fire_time) == (1, task.task_id, START + MINUTE)
    assert fired.next_fire_time == START + 2 * MINUTE
    assert await desk.after(timedelta()) == fired
    assert desk.told.fired == [("nightly", timedelta())]


# 12.2: A schedule's tasks are submitted on behalf of whoever defined it last, with the scopes held then.
async def test_a_task_is_submitted_on_behalf_of_whoever_defined_the_schedule(desk):
    await desk.create(principal="writer", scopes=frozenset({"intent:summarize:run"}))
    await desk.after(MINUTE)
    ((caller, command),) = desk.asked
    assert (caller.tenant, caller.principal) == ("acme", "writer")
    assert caller.identity.scopes == {"intent:summarize:run"}
    assert (command.intent, command.params) == ("summarize", {"text": "Ein Text."})
    assert command.firing.schedule_id == "nightly"


async def test_the_loop_sleeps_until_the_next_time_but_looks_once_a_second(desk):
    assert await desk.scheduler.once() == module.LOOK_EVERY
    await desk.create()
    assert await desk.scheduler.once() == module.LOOK_EVERY
    desk.clock.advance(MINUTE - timedelta(milliseconds=300))
    assert await desk.scheduler.once() == pytest.approx(0.3)


async def test_several_schedules_fire_in_one_round_and_none_waits_for_another(desk):
    for name in ("a", "b", "c"):
        await desk.create(name)
    desk.clock.advance(MINUTE)
    await desk.scheduler.once()
    assert sorted(task.schedule_id for task in await desk.tasks()) == ["a", "b", "c"]


async def test_a_schedule_that_is_over_fires_no_more(desk):
    await desk.create(definition=definition(end_time=START + 2 * MINUTE))
    over = await desk.after(HOUR, rounds=5)
    assert (over.fired, over.next_fire_time, over.wake_time) == (1, None, None)
    assert await desk.scheduler.once() == module.LOOK_EVERY


# 12.1: The commit that accepts the task counts it in its schedule.
async def test_what_fires_is_counted_by_the_commit_that_accepts_it(desk, monkeypatch):
    await desk.create()

    async def broken(tenant, schedule):
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr(desk.store.schedules, "replace", broken)
    fired = await desk.after(MINUTE)
    (task,) = await desk.tasks()
    assert (fired.fired, fired.last_task_id, fired.last_fire_time) == (1, task.task_id, START + MINUTE)
    assert (fired.next_fire_time, fired.wake_time) == (START + 2 * MINUTE, START + 2 * MINUTE)


# 12.1: A time of a schedule becomes at most one task, whatever crashes and however the clock jumps.
async def test_a_task_that_was_accepted_and_not_counted_is_counted_once(desk):
    """As versions of AION left it that counted in a commit of their own, and died before that."""
    schedule = await desk.create()
    time = START + MINUTE
    task = new_task(schedule.task_id_at(time), fingerprint=schedule.mark_of(time.isoformat()), schedule_id="nightly")
    await desk.store.accept("acme", accept(task))
    found = await desk.after(MINUTE, rounds=2)
    assert (found.fired, found.last_task_id, found.next_fire_time) == (1, task.task_id, START + 2 * MINUTE)
    assert [found.task_id for found in await desk.tasks()] == [task.task_id]
    assert desk.told.fired == [("nightly", timedelta())]


async def test_a_replay_of_what_was_counted_is_not_counted_again(desk):
    """The commit's outcome was unknown to who asked for it, and it had been written."""
    schedule = await desk.create()
    time = START + MINUTE
    task = new_task(schedule.task_id_at(time), fingerprint=schedule.mark_of(time.isoformat()), schedule_id="nightly")
    counted = accept(task, firing=schedule.firing_at(time, START + 2 * MINUTE))
    desk.meanwhile = [desk.store.accept("acme", counted)]
    after = await desk.after(MINUTE, rounds=2)
    assert (after.fired, after.next_fire_time, len(await desk.tasks())) == (1, START + 2 * MINUTE, 1)


async def test_a_clock_that_is_set_back_after_the_look_makes_a_time_wait_and_is_no_trouble(desk):
    """12.1: The store said that it is due; by its turn it is not any more."""
    due = await desk.create()

    class JumpsBack:
        def take(self, tenant: str) -> None:
            desk.clock.jump(-HOUR)

    scheduler = replace(desk.scheduler, rate=JumpsBack())
    desk.clock.advance(MINUTE)
    await scheduler.once()
    held = await desk.get()
    assert (held, desk.told.troubles, desk.told.fired, desk.asked) == (due, [], [], [])
    desk.clock.jump(HOUR)
    await desk.scheduler.once()
    assert (await desk.get()).fired == 1


async def test_a_clock_that_jumps_back_fires_nothing_twice(desk):
    await desk.create()
    fired = await desk.after(MINUTE)
    await desk.end_all()
    assert await desk.after(-HOUR, rounds=3) == fired
    again = await desk.after(HOUR + MINUTE)
    assert [task.create_time for task in await desk.tasks()] == [START + MINUTE, START + 2 * MINUTE]
    assert again.fired == 2


async def test_after_a_restart_it_goes_on_where_the_store_says(tmp_path):
    url = f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with schedule_desk(url) as before:
        await before.create(definition=definition(catch_up=CatchUp.ALL, overlap=Overlap.ALLOW))
        await before.after(MINUTE)
    before.clock.advance(2 * MINUTE)
    async with schedule_desk(url, before.clock) as desk:
        after = await desk.after(timedelta(), rounds=3)
        assert [task.task_id for task in await desk.tasks()] == [
            after.task_id_at(START + n * MINUTE) for n in (1, 2, 3)
        ]
        assert after.fired == 3
