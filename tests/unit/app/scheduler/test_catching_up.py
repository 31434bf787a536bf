"""Times that were missed: as the schedule says, in turns, and never in the way of others."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from aion.adapters.cron import CronCalendar
from aion.adapters.limits.token_bucket import TokenBucketLimiter
from aion.app.background import scheduler as module
from aion.domain import schedules
from aion.domain.schedules import CatchUp, Overlap
from tests.sample_schedules import HOUR, MINUTE, SECOND, definition, new_schedule
from tests.sample_tasks import START


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
