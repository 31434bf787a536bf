"""The turnstile by rounds of the event loop: who waits, who is refused, and whose turn is next."""

import asyncio
from datetime import timedelta

import pytest

from aion.adapters.rpc.turnstile import AT_ONCE, PAUSE, YIELD
from aion.domain.errors import Overloaded
from tests.unit.rpc.crowd import Crowd, rounds, rounds_until


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
    others = [crowd.comes("second")]
    await asyncio.sleep(5 * YIELD)
    await rounds(5 * PAUSE)
    assert (first.done(), asked) == (False, 1), "one of two is still on its way"
    # The two that were on their way are here, and one of them leaves at once.
    others.append(crowd.comes("third"))
    await rounds(1)
    others.pop().cancel()
    await asyncio.wait_for(asyncio.gather(first, *others), 10)
    assert (crowd.went_in, asked) == (["first", "second"], 1)


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
