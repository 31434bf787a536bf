"""A clock that is set while deliveries wait: none is silent for longer than its pause, and minutes of failures are not
days.

In one process, with a clock that a test sets. Proves docs/semantics.md 14.2, 14.5 and 14.9 under it.
"""

from datetime import timedelta

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.webhooks import DISABLED_AFTER, DISABLED_AFTER_ATTEMPTS, AttemptReport, DeliveryState
from tests.contract.webhook_office import LEASE, NO, Office, tasks
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, claim, new_task, settle

HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)
JUMPS = [HOUR, -HOUR, 30 * timedelta(days=1)]


@pytest.fixture
async def office():
    clock = ManualClock(START)
    async with open_store("sqlite://", clock, ProcessSignals(), "a test") as store:
        office = Office(store, clock)
        await office.make()
        yield office


async def followed(office) -> None:
    """What housekeeping does every second: the store sees that the clock was set."""
    await office.store.reap(SCOPE)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_delivery_waits_for_its_pause_and_no_longer(office, jump):
    """14.5 Pauses move with the clock."""
    await office.end("a")
    (due,) = await office.claim()
    pause = (await office.report(due, NO)).next_attempt_time - office.clock.now()
    office.clock.jump(jump)
    await followed(office)
    assert await office.next_due() == office.clock.now() + pause
    office.clock.advance(pause - MICROSECOND)
    assert await office.claim() == []
    office.clock.advance(MICROSECOND)
    assert tasks(await office.claim()) == ["a"]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_a_claim_lasts_as_long_as_it_would_have_and_is_given_again(office, jump):
    """14.2 A delivery is made at least once."""
    await office.end("a")
    (first,) = await office.claim()
    office.clock.jump(jump)
    await followed(office)
    office.clock.advance(LEASE - MICROSECOND)
    assert await office.claim() == []
    office.clock.advance(MICROSECOND)
    (second,) = await office.claim()
    assert await office.report(first, NO) is None, "it was claimed anew"
    assert (await office.report(second)).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("jump", JUMPS, ids=str)
async def test_what_came_of_an_attempt_counts_also_when_the_clock_was_set_while_it_was_made(office, jump):
    await office.end("a")
    (due,) = await office.claim()
    office.clock.jump(jump)
    assert (await office.report(due)).state is DeliveryState.DELIVERED


async def test_a_claim_is_known_also_when_the_commit_that_followed_the_clock_failed(office, monkeypatch):
    await office.end("a")
    (due,) = await office.claim()
    office.clock.jump(HOUR)

    def broken(transaction):
        raise OSError("no room")

    monkeypatch.setattr("aion.adapters.storage.transaction.Transaction.flush", broken)
    with pytest.raises(Exception, match="cannot write"):
        await office.store.accept("acme", accept(new_task("refused")))
    monkeypatch.undo()
    assert (await office.report(due)).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("moment", ["before it starts", "while it runs"])
async def test_a_task_of_the_future_is_told_of_when_it_ends(office, moment):
    """14.1 When a task ends, one delivery is made."""
    await office.store.accept("acme", accept(new_task(expire_time=START + 9 * HOUR)))
    if moment == "before it starts":
        office.clock.jump(-HOUR)
    (leased,) = await office.store.claim(SCOPE, claim())
    if moment == "while it runs":
        office.clock.jump(-HOUR)
    await office.store.settle(SCOPE, settle(leased))
    assert (await office.store.get("acme", "task-1")).end_time > office.clock.now()
    assert await office.next_due() == office.clock.now()
    assert tasks(await office.claim()) == ["task-1"]


async def test_minutes_of_failures_are_not_days_of_them_when_the_clock_is_set_ahead(office):
    """14.9 A webhook of which every attempt, and ten at least, failed for five days is disabled."""

    async def disabled_by(task_id: str) -> bool:
        await office.end(task_id)
        (due,) = await office.claim()
        await office.report(due, AttemptReport(500, "HTTP 500", final=True))
        return (await office.hooks.get("acme", "hook")).wish.disabled

    for number in range(DISABLED_AFTER_ATTEMPTS):
        assert not await disabled_by(f"task-{number}")
    office.clock.jump(DISABLED_AFTER)
    assert not await disabled_by("after the jump")
    office.clock.advance(DISABLED_AFTER - MICROSECOND)
    assert not await disabled_by("just in time")
    office.clock.advance(MICROSECOND)
    assert await disabled_by("too late")
