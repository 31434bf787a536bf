"""Who of the workers apart is known, and what is shown of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.adapters.telemetry.fleet import FleetCollector
from aion.adapters.telemetry.metrics import Metrics
from aion.domain.attempts import AttemptOutcome
from aion.domain.errors import StaleFence, ValidationFailed, WorkerNotRegistered
from aion.domain.tasks import TaskState
from tests.contract.queue_desk import ENGINE, OTHER_ENGINE, Hand, opened_door
from tests.contract.workers_apart.afar import CLAIM, ME, submit
from tests.sample_tasks import LEASE, OK, SCOPE


async def test_a_worker_that_the_server_forgot_registers_again_and_keeps_its_leases(tasks, signals, clock):
    """7.9 A server that starts again knows no worker; they register again, and their leases are still theirs."""
    await submit(tasks, "one", "two")
    async with opened_door(tasks, signals, clock) as before:
        hand = Hand(await before.enter("w"), "w")
        one, two = await hand.claim(2)
    async with opened_door(tasks, signals, clock) as after:
        hand = Hand(await after.queue("w"), "w")
        with pytest.raises(WorkerNotRegistered):
            await after.served.renew(ME, "w-1", (one.lease,))
        assert await hand.append(one, "still here", after=0) == 1
        assert (await hand.renew(two.lease))[0].held
        assert after.served.fleet.leases == 1
        assert (await hand.settle(one, OK, after=1)).outcome is AttemptOutcome.OK


async def test_another_principal_with_the_same_incarnation_is_another_worker(tasks, door):
    """7.7 A lease belongs to one principal's worker: nobody else can renew it or write under it."""
    await submit(tasks, "one")
    mine = Hand(await door.enter("w", incarnation="the-same"), "w")
    thief = Hand(await door.enter("thief", incarnation="the-same"), "w")
    (one,) = await mine.claim()
    with pytest.raises(StaleFence, match="another worker"):
        await thief.settle(one)
    assert not (await thief.renew(one.lease))[0].held


async def test_the_fleet_is_seen_with_what_it_said_of_itself(tasks, door, clock):
    await submit(tasks, "one")
    queue = await door.queue("w", (ENGINE,))
    queue._about = replace(queue._about, slots=4, labels={"region": "eu", "gpu": "none"})
    await queue.register()
    await queue.claim(SCOPE, CLAIM)
    gone = await door.enter("v")
    await gone.drain()
    clock.advance(timedelta(seconds=2))
    page = Metrics("0.1.0")
    page.add(FleetCollector(door.served.fleet.seen))
    text = page.render().decode()
    for line in (
        'aion_worker_slots{labels="gpu=none,region=eu",state="working",version="0.1.0",worker="w"} 4.0',
        'aion_worker_slots{labels="",state="draining",version="0.1.0",worker="v"} 64.0',
        'aion_worker_attempts{worker="w"} 1.0',
        'aion_worker_silent_seconds{worker="w"} 2.0',
        f'aion_worker_engine_slots{{engine="{ENGINE}"}} 4.0',
    ):
        assert line in text, text
    assert OTHER_ENGINE not in text


async def test_a_lease_that_its_worker_names_no_more_is_held_until_it_has_lapsed(tasks, door, clock):
    """7.11 A worker apart that could not renew a lease until its end stops the work: it never names it again."""
    await submit(tasks, "one", "two")
    hand = Hand(await door.enter("w"), "w")
    _, two = await hand.claim(2)
    for _ in range(4):
        clock.advance(LEASE / 2)
        await hand.renew(two.lease)
    assert door.served.fleet.leases == 2
    clock.advance(LEASE / 2)
    await tasks.reap(SCOPE)
    await hand.renew(two.lease)
    assert door.served.fleet.leases == 1
    assert (await tasks.get("acme", "one")).state is TaskState.PENDING
    assert await door.served.drain(ME, "w-1") == 1


async def test_a_lease_that_was_over_when_it_was_to_be_given_again_is_not_held(tasks, door, clock):
    """7.10 A worker that asks again because an answer was lost gets the same tasks, not others."""
    await submit(tasks, "one")
    queue = await door.enter("w")
    await queue.claim(SCOPE, CLAIM)
    clock.advance(LEASE)
    await tasks.reap(SCOPE)
    await tasks.cancel("acme", "one")
    queue._turn -= 1
    assert list(await queue.claim(SCOPE, CLAIM)) == []
    assert door.served.fleet.leases == 0


async def test_a_worker_remembers_nothing_of_attempts_that_run_no_more(tasks, door):
    await submit(tasks, "one", "two")
    hand = Hand(await door.enter("w"), "w")
    one, two = await hand.claim(2)
    for task in (one, two):
        await hand.append(task, "word", after=0)
    await hand.renew(two.lease)
    assert list(hand.queue._halfway) == [two.lease]


async def test_labels_are_words_that_metrics_can_show(door):
    queue = await door.queue("w")
    queue._about = replace(queue._about, labels={"region": "x" * 129})
    with pytest.raises(ValidationFailed, match="labels"):
        await queue.register()


async def test_a_worker_that_nobody_heard_of_for_long_is_forgotten_when_another_comes(door, clock):
    await door.enter("w")
    clock.advance(timedelta(seconds=61))
    assert door.served.fleet.connected == 0
    clock.advance(timedelta(minutes=10))
    await door.enter("v")
    with pytest.raises(WorkerNotRegistered, match="register first"):
        door.served.fleet.find(ME, "w-1")
