"""When calls are a rush for the turnstile, and when it is over: by rounds of the event loop."""

import asyncio

import pytest

from aion.adapters.rpc.turnstile import PAUSE, RUSH
from tests.unit.rpc.crowd import Crowd, rounds


async def test_calls_that_come_one_by_one_pass_without_a_stop():
    crowd = Crowd(2)
    for _ in range(5 * RUSH):
        crowd.passes()
        await rounds(PAUSE + 1)


async def test_a_rush_that_was_long_is_over_after_as_many_calls_one_by_one_as_make_one():
    crowd = Crowd(6 * RUSH)
    await asyncio.gather(*(crowd.comes("one of the rush", f"tenant {number % 9}") for number in range(5 * RUSH)))
    stopped = []
    for number in range(3 * RUSH):
        await rounds(3 * PAUSE)
        coming = crowd.comes(str(number))
        await rounds(1)
        stopped.append(crowd.turnstile.waiting)
        await coming
    assert stopped == [1] * RUSH + [0] * (2 * RUSH)


@pytest.mark.parametrize(("apart", "waiting"), [(PAUSE, 1), (PAUSE + 1, 0)])
async def test_calls_are_a_rush_when_no_pause_is_between_them(apart, waiting):
    crowd = Crowd(6)
    for _ in range(RUSH - 1):
        crowd.passes()
        await rounds(apart)
    crowd.passes()
    await rounds(apart - 1)
    coming = crowd.comes("comes a round later")
    await rounds(1)
    assert crowd.turnstile.waiting == waiting
    await coming


async def test_a_rush_is_over_when_calls_have_come_one_by_one_for_a_while():
    crowd = Crowd(20)
    await asyncio.gather(*(crowd.comes("one of the rush") for _ in range(RUSH + 4)))
    stopped = 0
    for number in range(3 * RUSH):
        await rounds(2 * PAUSE)
        coming = crowd.comes(str(number))
        await rounds(1)
        stopped += crowd.turnstile.waiting
        await coming
    assert 1 <= stopped <= 5
    assert len(crowd.went_in) == 4 * RUSH + 4
