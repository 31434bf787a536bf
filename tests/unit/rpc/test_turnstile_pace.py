"""Calls that would wait too long, at the pace at which turns come, are refused while there is still a place."""

import asyncio
from datetime import timedelta

import pytest

from aion.adapters.rpc.turnstile import ANYHOW, FALLS_BEHIND, LAST_ONES, LONGEST_WAIT
from aion.domain.errors import Overloaded
from tests.unit.rpc.crowd import Crowd, rounds, rounds_until

SLOW = 1.01 * FALLS_BEHIND
MANY = 400
HALF = MANY // 2 - 1
"""As many of a tenant as may wait, but one."""


async def falls_behind(crowd: Crowd, turns: int) -> None:
    """One goes in every `SLOW` seconds, while there is more to come."""
    for _ in range(turns):
        crowd.clock.advance(timedelta(seconds=SLOW))
        await rounds(1)


async def a_queue(waiting: int, tenants: int = 1) -> Crowd:
    """So many calls wait."""
    crowd = Crowd(MANY)
    await crowd.rushes_without_end()
    for number in range(waiting):
        crowd.comes(str(number), f"tenant {number % tenants}")
    await rounds(1)
    return crowd


async def all_go_in(crowd: Crowd) -> None:
    await rounds(1)
    crowd.has_all_come()
    await rounds_until(lambda: not crowd.turnstile.waiting)


async def test_who_would_wait_too_long_is_refused_although_there_is_a_place():
    """6.2 So is one that would wait for more than two seconds behind 64 or more of its own tenant."""
    crowd = await a_queue(HALF)
    crowd.turnstile.look("tenant 0")
    await falls_behind(crowd, 40)
    assert crowd.turnstile.waiting * FALLS_BEHIND > LONGEST_WAIT
    with pytest.raises(Overloaded, match="one more would wait for over 2 s"):
        crowd.turnstile.look("tenant 0")
    with pytest.raises(Overloaded, match="one more would wait for over 2 s"):
        await crowd.turnstile.turn("tenant 0")
    await all_go_in(crowd)


async def test_another_tenant_is_refused_for_nothing_that_this_one_sends():
    crowd = await a_queue(HALF)
    await falls_behind(crowd, 40)
    others = [crowd.comes("of another", "another") for _ in range(ANYHOW - 1)]
    await rounds(1)
    crowd.turnstile.look("another")
    await all_go_in(crowd)
    await asyncio.gather(*others)


async def test_the_turns_of_others_are_waited_for_too_as_far_as_they_come_first():
    crowd = await a_queue(3 * ANYHOW, tenants=3)
    crowd.turnstile._pace = 1.01 * LONGEST_WAIT / (3 * ANYHOW)
    with pytest.raises(Overloaded, match=f"{ANYHOW} calls of your tenant"):
        crowd.turnstile.look("tenant 1")
    await all_go_in(crowd)
    crowd = await a_queue(ANYHOW)
    others = [crowd.comes("one", f"another {number}") for number in range(2 * ANYHOW)]
    await rounds(1)
    crowd.turnstile._pace = 0.99 * LONGEST_WAIT / (3 * ANYHOW)
    crowd.turnstile.look("tenant 0")
    await all_go_in(crowd)
    await asyncio.gather(*others)


async def test_a_few_calls_may_wait_however_slow_the_turns_were():
    crowd = await a_queue(ANYHOW)
    crowd.turnstile._pace = LONGEST_WAIT
    with pytest.raises(Overloaded):
        crowd.turnstile.look("tenant 0")
    crowd.clock.advance(timedelta(seconds=FALLS_BEHIND))
    await rounds(2)
    crowd.turnstile.look("tenant 0")
    await all_go_in(crowd)


async def test_a_trickle_in_long_rounds_is_no_pace_for_those_who_come_at_once_later():
    crowd = await a_queue(1)
    for number in range(4 * LAST_ONES):
        crowd.clock.advance(timedelta(seconds=2 * FALLS_BEHIND))
        await rounds(1)
        crowd.comes(f"one {number}", "tenant 0")
    await all_go_in(crowd)
    waiting = [crowd.comes(str(number), "tenant 0") for number in range(ANYHOW + 1)]
    await rounds(1)
    crowd.turnstile.look("tenant 0")
    await all_go_in(crowd)
    await asyncio.gather(*waiting)


async def test_the_pace_is_that_of_the_last_turns():
    crowd = await a_queue(HALF)
    await falls_behind(crowd, 40)
    with pytest.raises(Overloaded):
        crowd.turnstile.look("tenant 0")
    await all_go_in(crowd)
    waiting = [crowd.comes(str(number), "tenant 0") for number in range(HALF)]
    await all_go_in(crowd)
    waiting += [crowd.comes(str(number), "tenant 0") for number in range(ANYHOW)]
    await rounds(1)
    crowd.turnstile.look("tenant 0")
    await all_go_in(crowd)
    await asyncio.gather(*waiting)
