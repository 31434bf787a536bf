"""The clock's side of schedules: every time at most once, whatever happens around it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aion import failpoints
from aion.adapters.cron import CronCalendar
from aion.adapters.limits.token_bucket import TokenBucketLimiter
from aion.app import scheduler as module
from aion.domain import schedules
from aion.domain.errors import IntentNotFound, OutcomeUnknown, QueueFull, StoreUnavailable
from aion.domain.schedules import CatchUp, Overlap
from aion.domain.tasks import TaskState
from tests.sample_schedules import HOUR, MINUTE, definition, new_schedule
from tests.sample_tasks import START
from tests.unit.app.schedule_desk import schedule_desk

SECOND = timedelta(seconds=1)


@pytest.fixture
async def desk():
    async with schedule_desk() as opened:
        yield opened


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


async def test_a_clock_that_jumps_back_fires_nothing_twice(desk):
    await desk.create()
    fired = await desk.after(MINUTE)
    await desk.end_all()
    assert await desk.after(-HOUR, rounds=3) == fired
    again = await desk.after(HOUR + MINUTE)
    assert [task.create_time for task in await desk.tasks()] == [START + MINUTE, START + 2 * MINUTE]
    assert again.fired == 2


# 12.4: LATEST fires the latest missed time once, ALL each one, oldest first, NONE none.
@pytest.mark.parametrize(
    ("catch_up", "fired", "skipped"),
    [(CatchUp.LATEST, [10], 9), (CatchUp.ALL, list(range(1, 11)), 0), (CatchUp.NONE, [], 10)],
)
async def test_missed_times_are_caught_up_as_the_schedule_says(desk, catch_up, fired, skipped):
    await desk.create(definition=definition(catch_up=catch_up, overlap=Overlap.ALLOW))
    after = await desk.after(10 * MINUTE + 30 * SECOND, rounds=12)
    expected = [(await desk.get()).task_id_at(START + n * MINUTE) for n in fired]
    assert sorted(task.task_id for task in await desk.tasks()) == expected
    assert (after.fired, after.skipped, after.next_fire_time) == (len(fired), skipped, START + 11 * MINUTE)
    assert after.last_refusal == ("" if fired else "missed: 10 times from 2026-01-01T00:01:00+00:00 on")


async def test_what_lies_further_back_than_the_window_is_skipped_with_the_reason(desk):
    said = definition(catch_up=CatchUp.ALL, catch_up_window=3 * MINUTE, overlap=Overlap.ALLOW)
    await desk.create(definition=said)
    skipped = await desk.after(10 * MINUTE)
    assert (skipped.skipped, skipped.fired, skipped.last_fire_time) == (6, 1, START + 7 * MINUTE)
    assert (await desk.after(timedelta(), rounds=9)).fired == 4
    assert desk.told.skipped == [("nightly", 6, "CATCH_UP")]


class Watched:
    """A calendar that counts what it is asked for; `most` is the most of it while the event loop served nobody else."""

    def __init__(self) -> None:
        self.calendar, self.now, self.most = CronCalendar(), 0, 0

    def times_after(self, *asked):
        for time in self.calendar.times_after(*asked):
            self.now += 1
            yield time

    def count(self, *asked):
        counted = self.calendar.count(*asked)
        self.now += counted.times if counted.rest else 0
        return counted

    async def serve_others(self):
        while True:
            self.now, self.most = 0, max(self.most, self.now)
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("cron", "unit", "length", "looks"),
    [
        ("@every 1s", SECOND, 30 * 86_400, 3),
        ("* * * * *", MINUTE, 30 * 1_440, 4),
        ("0 * * * *", HOUR, 365 * 24, 2),
    ],
)
@pytest.mark.parametrize("catch_up", [CatchUp.LATEST, CatchUp.NONE])
async def test_a_long_outage_takes_few_commits_and_never_holds_up_the_event_loop(
    desk, monkeypatch, cron, unit, length, looks, catch_up
):
    said = definition(cron=cron, catch_up=catch_up)
    await desk.create(definition=said, next_fire_time=START + unit, wake_time=START + unit)
    calendar, writes, write = Watched(), [], desk.store.schedules.replace

    async def written(tenant, schedule):
        writes.append(schedule)
        return await write(tenant, schedule)

    monkeypatch.setattr(desk.store.schedules, "replace", written)
    scheduler = replace(desk.scheduler, calendar=calendar)
    desk.clock.advance(length * unit)
    others = asyncio.ensure_future(calendar.serve_others())
    for _ in range(looks):
        await scheduler.once()
    others.cancel()
    after = await desk.get()
    assert (after.fired, after.fired + after.skipped) == (1, length)
    assert after.next_fire_time == START + (length + 1) * unit
    assert len(writes) <= looks + 1
    assert calendar.most < 500
    assert not desk.told.troubles


def limited(desk, most):
    """A scheduler that gives each tenant so many turns, then one a second."""
    return replace(desk.scheduler, rate=TokenBucketLimiter(desk.clock, SECOND, most))


# 12.11: The schedules of one tenant fire so often only, all together; what is over it is due a little later.
async def test_a_tenant_over_its_rate_is_left_alone_for_a_while_and_none_of_its_times_is_lost(desk):
    for name in ("a", "b", "c", "d"):
        await desk.create(name)
    desk.clock.advance(MINUTE)
    scheduler = limited(desk, 2)
    assert await scheduler.once() == module.LOOK_EVERY
    held = [await desk.get(name) for name in ("c", "d")]
    assert ([one.version for one in held], len(desk.asked)) == ([1, 1], 2)
    await scheduler.once()
    assert len(desk.asked) == 2
    for _ in range(2):
        desk.clock.advance(SECOND)
        await scheduler.once()
    assert sorted(task.schedule_id for task in await desk.tasks()) == ["a", "b", "c", "d"]
    assert {(await desk.get(name)).last_fire_time for name in "abcd"} == {START + MINUTE}


async def test_under_a_load_that_never_ends_every_schedule_fires_its_latest_time_when_its_turn_comes(desk):
    for number in range(30):
        await desk.create(f"s{number}", definition=definition(cron="@every 1s", overlap=Overlap.ALLOW))
    desk.clock.advance(MINUTE)
    scheduler = limited(desk, 1)
    for _ in range(30):
        await scheduler.once()
        desk.clock.advance(SECOND)
        await desk.end_all()
    assert [(await desk.get(f"s{number}")).fired for number in range(30)] == [1] * 30


async def test_what_is_caught_up_takes_turns_with_what_is_on_time(desk):
    said = definition(cron="@every 1s", catch_up=CatchUp.ALL, catch_up_window=HOUR, overlap=Overlap.ALLOW)
    for name in ("behind-1", "behind-2"):
        await desk.create(name, definition=said, next_fire_time=START + SECOND, wake_time=START + SECOND)
    await desk.create("punctual", next_fire_time=START + MINUTE, wake_time=START + MINUTE)
    desk.clock.advance(MINUTE)
    calendar = Watched()
    scheduler = replace(limited(desk, 3), calendar=calendar)
    await scheduler.once()
    assert desk.told.fired == [("behind-1", 59 * SECOND), ("behind-2", 59 * SECOND), ("punctual", timedelta())]
    assert calendar.now == 3


async def test_a_thousand_schedules_of_one_tenant_make_those_of_another_no_later(desk, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 4)
    for number in range(20):
        await desk.create(f"greedy-{number:02}", wake_time=START + SECOND)
    other = new_schedule("modest", "other", next_fire_time=START + MINUTE, wake_time=START + MINUTE)
    await desk.store.schedules.create("other", other, 1)
    desk.clock.advance(MINUTE)
    scheduler = limited(desk, 6)
    await scheduler.once()
    assert [asked.tenant for asked, _ in desk.asked].count("other") == 1
    for _ in range(10):
        await scheduler.once()
    assert [asked.tenant for asked, _ in desk.asked].count("acme") == 6


async def test_a_schedule_that_is_paused_while_it_catches_up_fires_no_more(desk):
    held = await desk.create(definition=definition(catch_up=CatchUp.ALL, overlap=Overlap.ALLOW))
    desk.meanwhile = [desk.store.schedules.replace("acme", schedules.paused(held, "", START))]
    assert (await desk.after(10 * MINUTE)).fired == 1


async def test_a_task_that_runs_stands_in_the_way_of_all_that_is_due(desk):
    said = definition(cron="@every 1s", catch_up=CatchUp.ALL)
    await desk.create(definition=said, next_fire_time=START + SECOND, wake_time=START + SECOND)
    after = await desk.after(HOUR, rounds=2)
    assert (after.fired, after.skipped, after.next_fire_time) == (1, 3599, START + HOUR + SECOND)
    assert desk.told.skipped == [("nightly", 3599, "OVERLAP")]


async def test_schedules_with_much_to_catch_up_hold_up_no_others(desk, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 1)
    await desk.create("behind", definition=definition(catch_up=CatchUp.ALL, overlap=Overlap.ALLOW))
    await desk.create("punctual", next_fire_time=START + 10 * MINUTE, wake_time=START + 10 * MINUTE)
    desk.clock.advance(10 * MINUTE)
    for _ in range(3):
        desk.clock.advance(SECOND)
        await desk.scheduler.once()
    assert {name for name, _ in desk.told.fired} == {"behind", "punctual"}


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
    assert (len(await desk.tasks()), desk.told.troubles, desk.told.fired) == (1, [], [])


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
