"""Who of the workers apart is known, and what is shown of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aion.adapters.telemetry.fleet import FleetCollector
from aion.adapters.telemetry.metrics import Metrics
from aion.domain.attempts import AttemptOutcome
from aion.domain.errors import StaleFence, ValidationFailed, WorkerNotRegistered
from tests.contract.queue_desk import ENGINE, OTHER_ENGINE, Hand, opened_door
from tests.contract.workers_apart.afar import CLAIM, ME, submit
from tests.sample_tasks import OK, SCOPE


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
