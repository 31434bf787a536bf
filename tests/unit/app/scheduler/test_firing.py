"""The clock's side of schedules: every time at most once, whatever happens around it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion import failpoints
from aion.app.background import scheduler as module
from aion.domain.schedules import CatchUp, Overlap
from aion.domain.tasks import TaskState
from tests.sample_schedules import HOUR, MINUTE, SECOND, definition
from tests.sample_tasks import START
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
    assert (command.intent, command.params, command.schedule_id) == ("summarize", {"text": "Ein Text."}, "nightly")


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


# 12.1: A time of a schedule becomes at most one task, whatever crashes and however the clock jumps.
async def test_a_crash_between_submitting_and_going_on_never_fires_twice(desk, monkeypatch):
    await desk.create()
    monkeypatch.setitem(failpoints._actions, "schedule.before_advance", lambda: failpoints._fail("crash"))
    crashed = await desk.after(MINUTE)
    assert (crashed.fired, len(await desk.tasks())) == (0, 1)
    monkeypatch.delitem(failpoints._actions, "schedule.before_advance")
    found = await desk.after(SECOND)
    assert (found.fired, found.last_fire_time, len(await desk.tasks())) == (1, START + MINUTE, 1)
    assert len(desk.asked) == 1


@pytest.mark.parametrize("change", ["principal", "template", "overlap"])
async def test_what_is_changed_after_a_crash_changes_nothing_about_the_task_that_is_there(desk, monkeypatch, change):
    await desk.create()
    monkeypatch.setitem(failpoints._actions, "schedule.before_advance", lambda: failpoints._fail("crash"))
    held = await desk.after(MINUTE)
    monkeypatch.delitem(failpoints._actions, "schedule.before_advance")
    changes = {
        "principal": {"principal": "another"},
        "template": {"definition": definition(task=replace(held.definition.task, params={"text": "Other."}))},
        "overlap": {"definition": definition(overlap=Overlap.CANCEL)},
    }[change]
    await desk.store.schedules.replace("acme", replace(held, **changes))
    after = await desk.after(SECOND)
    (task,) = await desk.tasks()
    assert (after.fired, after.last_task_id, task.state) == (1, task.task_id, TaskState.PENDING)


async def test_a_crash_that_lasted_longer_than_the_window_still_finds_the_task(desk, monkeypatch):
    await desk.create()
    monkeypatch.setitem(failpoints._actions, "schedule.before_advance", lambda: failpoints._fail("crash"))
    await desk.after(MINUTE)
    monkeypatch.delitem(failpoints._actions, "schedule.before_advance")
    await desk.end_all()
    await desk.after(timedelta(days=1), rounds=2)
    assert desk.told.fired == [("nightly", timedelta(days=1)), ("nightly", timedelta())]
    assert desk.told.skipped == [("nightly", 1439, "CATCH_UP")]
    after = await desk.get()
    assert (after.fired, after.last_fire_time) == (2, START + MINUTE + timedelta(days=1))


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
