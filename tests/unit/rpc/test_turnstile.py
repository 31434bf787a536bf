"""The turnstile by rounds of the event loop: who passes, who waits, who is refused, and whose turn is next."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from aion.adapters.rpc.turnstile import AT_ONCE, BACKLOG_SECONDS, PATIENCE, PAUSE, RUSH, Turnstile
from aion.domain.errors import Overloaded
from tests.manual_clock import ManualClock


async def rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def rounds_until(done: Callable[[], bool]) -> int:
    for count in range(10_000):
        if done():
            return count
        await asyncio.sleep(0)
    raise AssertionError("it never happened")


class Crowd:
    """A turnstile, the calls that come to it, and the order in which they went in."""

    def __init__(self, limit: int) -> None:
        self.clock = ManualClock()
        self.turnstile = Turnstile(limit, self.clock.monotonic)
        self.went_in: list[str] = []

    async def rushes(self) -> None:
        """As many calls at once as pass without a place."""
        for _ in range(RUSH):
            await self.turnstile.turn("acme")

    def comes(self, name: str, tenant: str = "acme") -> asyncio.Task[None]:
        return asyncio.create_task(self._come(name, tenant))

    def passes(self, tenant: str = "acme") -> None:
        """A call that comes now; raises AssertionError when it has to wait, and what refuses it."""
        try:
            self.turnstile.turn(tenant).send(None)
        except StopIteration:
            return
        raise AssertionError("it waits")

    async def _come(self, name: str, tenant: str) -> None:
        await self.turnstile.turn(tenant)
        self.went_in.append(name)


async def test_calls_that_come_one_by_one_pass_without_a_stop():
    crowd = Crowd(2)
    for _ in range(5 * RUSH):
        crowd.passes()
        await rounds(PAUSE + 1)


async def test_in_a_rush_calls_wait_until_no_other_is_on_its_way_in():
    crowd = Crowd(10)
    await crowd.rushes()
    first = crowd.comes("first")
    await rounds(PAUSE)
    assert (crowd.went_in, crowd.turnstile.waiting) == ([], 1)
    others = [crowd.comes(str(number)) for number in range(AT_ONCE)]
    await rounds(PAUSE)
    assert (crowd.went_in, crowd.turnstile.waiting) == ([], 1 + AT_ONCE)
    *together, last = (first, *others)
    assert await rounds_until(lambda: all(call.done() for call in together)) <= 4
    assert PAUSE <= await rounds_until(last.done) <= PAUSE + 4
    assert crowd.went_in == ["first", *map(str, range(AT_ONCE))]


async def test_nobody_goes_in_while_grpc_has_calls_that_were_not_taken_in():
    crowd = Crowd(10)
    asked = 0

    def backlog() -> int:
        nonlocal asked
        asked += 1
        return 2

    crowd.turnstile.watch_backlog(backlog)
    crowd.clock.advance(timedelta(seconds=1))
    await crowd.rushes()
    first = crowd.comes("first")
    await rounds_until(lambda: asked == 1)
    await rounds(5 * PAUSE)
    assert not first.done()
    # The two that were on their way are here, and one of them leaves at once.
    others = [crowd.comes("second"), crowd.comes("third")]
    await rounds(1)
    others.pop().cancel()
    await asyncio.wait_for(asyncio.gather(first, *others), 10)
    assert (crowd.went_in, asked) == (["first", "second"], 1)


async def test_work_goes_on_however_many_calls_come():
    crowd = Crowd(1000)
    crowd.turnstile.watch_backlog(lambda: 1000)
    crowd.clock.advance(timedelta(seconds=1))
    await crowd.rushes()
    for name in range(300):
        crowd.comes(str(name), f"tenant {name % 9}")
        await rounds(1)
        crowd.clock.advance(timedelta(seconds=PATIENCE / 100))
    assert len(crowd.went_in) == 2
    crowd.turnstile.watch_backlog(lambda: 0)
    crowd.clock.advance(timedelta(seconds=BACKLOG_SECONDS))
    await rounds_until(lambda: len(crowd.went_in) == 300)


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
        crowd.clock.advance(timedelta(seconds=3 * PATIENCE))
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
    crowd.clock.advance(timedelta(seconds=PATIENCE))
    assert await rounds_until(lambda: bool(crowd.went_in)) <= 4
    assert crowd.turnstile.waiting == AT_ONCE - 1
    crowd.turnstile.watch_backlog(lambda: 0)
    crowd.clock.advance(timedelta(seconds=BACKLOG_SECONDS))
    await asyncio.gather(*waiting)


async def test_one_goes_in_when_rounds_are_short_and_calls_come_every_few_of_them():
    """One in gRPC's core may be here five rounds after the one before it: four without an arrival tell nothing."""
    crowd = Crowd(4 * AT_ONCE)
    await crowd.rushes()
    waiting = []
    for number in range(AT_ONCE):
        waiting.append(crowd.comes(str(number)))
        await rounds(4)
    crowd.clock.advance(timedelta(seconds=PATIENCE))
    assert await rounds_until(lambda: bool(crowd.went_in)) <= 3
    assert crowd.turnstile.waiting == AT_ONCE - 1
    await asyncio.gather(*waiting)


async def test_the_call_for_which_there_is_no_place_is_refused_at_once_with_a_hint():
    """6.2 Over a bound the call is refused at once with RESOURCE_EXHAUSTED (HTTP 429) and a hint when to come back."""
    crowd = Crowd(4)
    await crowd.rushes()
    waiting = [crowd.comes(name, tenant) for name, tenant in (("a", "acme"), ("b", "acme"), ("c", "zeta"))]
    await rounds(1)
    with pytest.raises(Overloaded, match="2 calls of your tenant") as of_the_tenant:
        crowd.passes("acme")
    waiting.append(crowd.comes("d", "zeta"))
    await rounds(1)
    with pytest.raises(Overloaded, match="4 calls wait") as of_all:
        crowd.passes("new")
    for refused in (of_the_tenant.value, of_all.value):
        assert refused.retry_after is not None
        assert refused.retry_after.total_seconds() > 0
    await asyncio.gather(*waiting)
    assert sorted(crowd.went_in) == ["a", "b", "c", "d"]


async def test_a_call_for_which_there_is_no_place_need_not_be_read():
    crowd = Crowd(2)
    await crowd.rushes()
    crowd.turnstile.look("acme")
    waiting = crowd.comes("a")
    await rounds(PAUSE)
    crowd.turnstile.look("zeta")
    with pytest.raises(Overloaded, match="1 calls of your tenant"):
        crowd.turnstile.look("acme")
    # It came, and so the next one may be on its way in; that there was a place for the other tenant says nothing.
    await rounds(PAUSE)
    assert not waiting.done()
    await waiting


async def test_turns_go_round_between_tenants():
    crowd = Crowd(20)
    await crowd.rushes()
    noisy = [crowd.comes(f"noisy {n}", "noisy") for n in range(4)]
    await rounds(1)
    quiet = [crowd.comes(f"quiet {n}", "quiet") for n in range(2)]
    await asyncio.gather(*noisy, *quiet)
    assert crowd.went_in == ["noisy 0", "quiet 0", "noisy 1", "quiet 1", "noisy 2", "noisy 3"]


async def test_a_client_that_leaves_gives_its_place_back():
    crowd = Crowd(2)
    await crowd.rushes()
    leaving = crowd.comes("leaving")
    await rounds(1)
    with pytest.raises(Overloaded):
        crowd.passes()
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    assert crowd.turnstile.waiting == 0
    await crowd.comes("staying")
    assert crowd.went_in == ["staying"]


async def test_a_tenant_whose_only_call_left_stands_in_nobodys_way():
    crowd = Crowd(6)
    await crowd.rushes()
    leaving = crowd.comes("leaving", "acme")
    staying = crowd.comes("staying", "zeta")
    await rounds(1)
    leaving.cancel()
    await rounds_until(lambda: leaving.done() and staying.done())
    assert (crowd.went_in, crowd.turnstile.waiting) == (["staying"], 0)


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


@pytest.mark.parametrize("leaves_after", range(PAUSE + 4))
async def test_a_client_that_leaves_just_when_its_turn_comes_stops_nobody(leaves_after):
    crowd = Crowd(6)
    await crowd.rushes()
    leaving = crowd.comes("leaving")
    await rounds(leaves_after)
    leaving.cancel()
    staying = crowd.comes("staying")
    await rounds_until(lambda: leaving.done() and staying.done())
    assert (crowd.went_in[-1], crowd.turnstile.waiting) == ("staying", 0)


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
