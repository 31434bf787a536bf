"""Claims over the inner door: a wait ends with work, and nothing is lost with an answer or with a process."""

import asyncio
import gc
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from aion.domain.attempts import AttemptOutcome
from aion.domain.errors import Draining, StoreUnavailable, Unavailable
from aion.domain.writes import Renew
from tests.contract.queue_desk import Hand, opened_door
from tests.contract.workers_apart.afar import CLAIM, ME, submit
from tests.sample_tasks import LEASE, SCOPE, accept, new_task


async def test_a_lease_whose_answer_was_lost_is_given_again(tasks, door, clock):
    """7.10 A worker that asks again because an answer was lost gets the same tasks, not others."""
    await submit(tasks, "a", "b", "c")
    queue = await door.enter("w")
    first = await queue.claim(SCOPE, replace(CLAIM, limit=2))
    queue._turn -= 1
    clock.advance(LEASE / 2)
    again = await queue.claim(SCOPE, replace(CLAIM, limit=2))
    assert [task.lease for task in again] == [task.lease for task in first]
    assert again[0].lease_expires == clock.now() + LEASE
    await Hand(queue, "w").settle(again[0])
    queue._turn -= 1
    assert [task.lease for task in await queue.claim(SCOPE, CLAIM)] == [first[1].lease]
    assert [task.task_id for task in await queue.claim(SCOPE, CLAIM)] == ["c"]


async def until(condition):
    """Turns the loop until something holds; the store writes in a thread of its own, so a little time may pass."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 # the condition is about a store, which has no event for everything
            await asyncio.sleep(0.001)


async def test_a_call_that_is_cut_while_it_claims_leaves_its_tasks_to_the_next(tasks, door):
    """7.10 A worker that asks again because an answer was lost gets the same tasks, not others."""
    await door.enter("w")
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 7))
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 1)
    accepting = asyncio.ensure_future(submit(tasks, "one"))
    await until(lambda: tasks.pending == 0 and accepting.done())
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    (one,) = await door.served.lease(ME, "w-1", 5, timedelta(), 7)
    assert (one.task_id, one.fence) == ("one", 1)


async def test_a_claim_that_fails_after_its_call_was_cut_leaves_no_word_in_the_log(tasks, door, monkeypatch):
    """The worker asks again, and the store has said by itself what is wrong."""
    claimed, said = asyncio.get_running_loop().create_future(), []

    async def fails(scope, value):
        await claimed
        raise StoreUnavailable("the disk is full")

    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    monkeypatch.setattr(tasks, "claim", fails)
    await door.enter("w")
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 7))
    await until(lambda: door.served._claims)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    claimed.set_result(None)
    await until(lambda: not door.served._claims)
    del waiting
    gc.collect()
    assert said == []


async def test_a_wait_for_work_ends_with_work(tasks, door):
    await door.enter("w")
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 0))
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 1)
    await submit(tasks, "one")
    assert [task.task_id for task in await waiting] == ["one"]


async def test_the_wait_of_a_worker_that_was_not_heard_of_for_half_a_lease_takes_nothing(tasks, door, clock):
    """7.10 What a worker waits for at a line that is cut is not given to it."""
    await door.enter("w")
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(minutes=1), 0))
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 1)
    clock.advance(LEASE / 2 + timedelta(milliseconds=1))
    await submit(tasks, "one")
    assert (tasks.pending, waiting.done()) == (1, False)
    await door.served.renew(ME, "w-1", ())
    assert [task.task_id for task in await waiting] == ["one"]


async def test_a_later_wait_of_the_same_worker_ends_the_earlier_one(tasks, door):
    await door.enter("w")
    calls = [asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 0)) for _ in range(2)]
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 2)
    await submit(tasks, "one")
    earlier, later = await asyncio.gather(*calls)
    assert (list(earlier), [task.task_id for task in later]) == ([], ["one"])


async def test_a_worker_that_drains_gets_no_more_and_keeps_what_it_has(tasks, door):
    await submit(tasks, "one")
    queue = await door.enter("w")
    (one,) = await queue.claim(SCOPE, replace(CLAIM, limit=1))
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 9))
    await until(lambda: door.served.fleet.find(ME, "w-1").call == 2)
    assert await door.served.drain(ME, "w-1") == 1
    await submit(tasks, "two")
    assert list(await waiting) == []
    await queue.drain()
    assert list(await queue.claim(SCOPE, CLAIM)) == []
    assert (await Hand(queue, "w").settle(one)).outcome is AttemptOutcome.OK
    assert (door.served.fleet.connected, door.served.fleet.leases) == (0, 0)


async def test_a_server_that_drains_gives_nothing_and_takes_what_was_done(tasks, door):
    await submit(tasks, "one", "two")
    queue = await door.enter("w")
    (one,) = await queue.claim(SCOPE, replace(CLAIM, limit=1))
    waiting = asyncio.ensure_future(door.served.lease(ME, "w-1", 5, timedelta(seconds=30), 9))
    door.served.end()
    with pytest.raises(Draining):
        await waiting
    with pytest.raises(Draining):
        await queue.claim(SCOPE, CLAIM)
    assert (await Hand(queue, "w").settle(one)).outcome is AttemptOutcome.OK


async def test_a_worker_that_drains_without_a_server_waits_for_nothing(tasks, signals, clock):
    async with AsyncExitStack() as channels:
        async with opened_door(tasks, signals, clock) as door:
            queue = await replace(door, stack=channels).enter("w")
        await queue.drain()
        assert list(await queue.claim(SCOPE, CLAIM)) == []


async def test_a_server_that_does_not_answer_is_reported_until_it_does(tasks, signals, clock):
    said = []
    async with AsyncExitStack() as channels:
        async with opened_door(tasks, signals, clock) as door:
            queue = await replace(door, stack=channels).enter("w")
            queue._report = lambda part, problem: said.append(problem)
            await queue.renew(SCOPE, Renew("w", (), LEASE))
        with pytest.raises(Unavailable, match="does not answer"):
            await queue.renew(SCOPE, Renew("w", (), LEASE))
    assert said == ["", "it does not answer"]


async def test_one_answer_brings_a_bounded_number_of_bytes(tasks, door):
    for number in range(3):
        await tasks.accept("acme", accept(new_task(f"task-{number}", input_json='{"t":"%s"}' % ("a" * (3 << 20)))))
    queue = await door.enter("w")
    assert [len(await queue.claim(SCOPE, CLAIM)) for _ in range(3)] == [2, 1, 0]


async def test_the_clock_of_a_worker_may_be_wrong(tasks, door, clock):
    """3.5 Leases and expiries are judged by the store's clock: a worker translates them to its own."""
    await submit(tasks, "one")
    queue = await door.enter("w")
    ahead = timedelta(hours=3)

    class Fast:
        def now(self):
            return clock.now() + ahead

        def monotonic(self):
            return clock.monotonic()

    queue._clock = Fast()
    (one,) = await queue.claim(SCOPE, CLAIM)
    stored = await tasks.get("acme", "one")
    assert (one.lease_expires - ahead, one.expire_time - ahead) == (stored.lease.expires, stored.expire_time)
