"""How many go in through the turnstile although others are on their way, once they have waited long."""

import asyncio
from datetime import timedelta

import pytest

from aion.adapters.rpc.turnstile import (
    AT_ONCE,
    FALLS_BEHIND,
    KEEPS_UP,
    MOST,
    MOST_IN_A_RUSH,
    PATIENCE,
    PAUSE,
    RUSH,
    SHORT_ROUND,
)
from tests.unit.rpc.crowd import Crowd, rounds, rounds_until


@pytest.mark.parametrize(
    ("a_round", "go_in"), [(1.01 * KEEPS_UP / 50, 6), (1.01 * KEEPS_UP, 300), (1.01 * SHORT_ROUND, 150)]
)
async def test_work_goes_on_however_many_calls_come_and_more_of_it_while_rounds_are_short(a_round, go_in):
    """One every 5 ms, and every 30, which are two rounds of 15 ms."""
    crowd = Crowd(1000)
    await crowd.rushes_without_end()
    for name in range(300):
        crowd.comes(str(name), f"tenant {name % 30}")
        await rounds(1)
        crowd.clock.advance(timedelta(seconds=a_round))
    assert go_in - 3 <= len(crowd.went_in) <= go_in
    crowd.has_all_come()
    await rounds_until(lambda: len(crowd.went_in) == 300)


async def test_long_rounds_with_short_ones_between_them_let_in_no_more_than_either():
    crowd = Crowd(1000)
    await crowd.rushes_without_end()
    for name in range(120):
        crowd.comes(str(name), f"tenant {name % 30}")
        await rounds(1)
        crowd.clock.advance(timedelta(seconds=FALLS_BEHIND if name % 2 else KEEPS_UP / 10))
    assert 60 <= len(crowd.went_in) <= 66
    crowd.has_all_come()
    await rounds_until(lambda: len(crowd.went_in) == 120)


@pytest.mark.parametrize(("more_to_come", "go_in"), [(1000, MOST_IN_A_RUSH), (0, MOST)])
async def test_a_round_in_which_the_server_stood_still_lets_in_a_bounded_number(more_to_come, go_in):
    crowd = Crowd(1000)
    crowd.turnstile.watch_backlog(lambda: more_to_come)
    crowd.clock.advance(timedelta(seconds=1))
    await crowd.rushes()
    waiting = [crowd.comes(str(number)) for number in range(4 * MOST)]
    await rounds(3)
    crowd.clock.advance(timedelta(seconds=60))
    await rounds(2)
    assert len(crowd.went_in) == go_in
    crowd.has_all_come()
    await asyncio.gather(*waiting)


async def test_many_go_in_when_a_round_is_long_for_what_else_the_server_does():
    crowd = Crowd(20 * AT_ONCE)
    await crowd.rushes()
    waiting = [crowd.comes(str(number)) for number in range(10 * AT_ONCE)]
    await rounds(3)
    crowd.clock.advance(timedelta(seconds=1.5 * PATIENCE))
    await rounds(4)
    assert crowd.turnstile.waiting == 9 * AT_ONCE
    crowd.clock.advance(timedelta(seconds=3.5 * PATIENCE))
    await rounds(4)
    assert crowd.turnstile.waiting == 6 * AT_ONCE
    await asyncio.gather(*waiting)


@pytest.mark.parametrize(("many", "go_in"), [(PAUSE, AT_ONCE), (PAUSE + 1, PATIENCE // KEEPS_UP)])
async def test_rounds_are_long_when_no_more_of_them_than_make_a_pause_take_all_patience(many, go_in):
    crowd = Crowd(20 * AT_ONCE)
    await crowd.rushes()
    waiting = [crowd.comes(str(number)) for number in range(5 * AT_ONCE)]
    await rounds(1 + many // 2)
    waiting.append(crowd.comes("one that comes meanwhile, without which this would be a pause"))
    await rounds(many - many // 2 - 1)
    assert crowd.went_in == []
    crowd.clock.advance(timedelta(seconds=PATIENCE))
    await rounds(2)
    assert len(crowd.went_in) == go_in
    await asyncio.gather(*waiting)


async def test_one_long_round_without_an_arrival_is_enough_to_let_many_in():
    crowd = Crowd(20 * AT_ONCE)
    await crowd.rushes()
    waiting = [crowd.comes(str(number)) for number in range(5 * AT_ONCE)]
    await rounds(2)
    assert (crowd.went_in, crowd.turnstile._pause) == ([], 1)
    crowd.clock.advance(timedelta(seconds=PATIENCE))
    await rounds(2)
    assert len(crowd.went_in) == AT_ONCE
    await asyncio.gather(*waiting)


async def test_the_processor_is_left_to_grpcs_threads_for_less_time_than_who_waits_has_patience(monkeypatch):
    crowd, loop, left = Crowd(10), asyncio.get_running_loop(), []
    crowd.turnstile.watch_backlog(lambda: 1)
    crowd.clock.advance(timedelta(seconds=1))

    def call_later(delay, call, *arguments):
        left.append(delay)
        return loop.call_soon(call, *arguments)

    monkeypatch.setattr(loop, "call_later", call_later)
    await crowd.rushes()
    waiting = crowd.comes("first")
    await rounds_until(lambda: bool(left))
    assert all(0 < delay < PATIENCE for delay in left)
    crowd.clock.advance(timedelta(seconds=PATIENCE))
    await rounds_until(waiting.done)


async def test_rounds_count_from_the_last_turn_however_many_there_were_before():
    crowd = Crowd(20 * AT_ONCE)
    for _ in range(RUSH):
        crowd.passes()
        await rounds(1)
    waiting = [crowd.comes(str(number)) for number in range(10 * AT_ONCE)]
    for turns in range(1, 5):
        await rounds(3)
        crowd.clock.advance(timedelta(seconds=1.5 * PATIENCE))
        await rounds(2)
        assert crowd.turnstile.waiting == (10 - turns) * AT_ONCE
    await asyncio.gather(*waiting)


async def test_one_goes_in_when_a_round_is_long_for_the_calls_that_came_in_it():
    crowd = Crowd(20 * AT_ONCE)
    await crowd.rushes()
    waiting = [crowd.comes(str(number)) for number in range(8)]
    for number in range(6):
        waiting.append(crowd.comes(f"another {number}"))
        crowd.clock.advance(timedelta(seconds=FALLS_BEHIND))
        await rounds(1)
    assert 3 <= len(crowd.went_in) <= 6
    await asyncio.gather(*waiting)


async def test_one_goes_in_when_a_round_is_long_and_grpc_has_calls_that_were_not_taken_in():
    crowd = Crowd(2 * AT_ONCE)
    crowd.turnstile.watch_backlog(lambda: 100)
    crowd.clock.advance(timedelta(seconds=1))
    await crowd.rushes()
    waiting = [crowd.comes(str(number)) for number in range(AT_ONCE)]
    await rounds(4)
    crowd.clock.advance(timedelta(seconds=FALLS_BEHIND))
    assert await rounds_until(lambda: bool(crowd.went_in)) <= 4
    assert crowd.turnstile.waiting == AT_ONCE - 1
    crowd.has_all_come()
    await asyncio.gather(*waiting)


async def test_one_goes_in_when_rounds_are_short_and_calls_come_every_few_of_them():
    """One in gRPC's core may be here five rounds after the one before it: four without an arrival tell nothing."""
    crowd = Crowd(4 * AT_ONCE)
    await crowd.rushes()
    waiting = []
    for number in range(AT_ONCE):
        waiting.append(crowd.comes(str(number)))
        await rounds(4)
    crowd.clock.advance(timedelta(seconds=KEEPS_UP))
    assert await rounds_until(lambda: bool(crowd.went_in)) <= 3
    assert crowd.turnstile.waiting == AT_ONCE - 1
    await asyncio.gather(*waiting)
