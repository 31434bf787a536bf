"""Who gets a lane when there are more attempts than lanes."""

import asyncio
from types import SimpleNamespace

import pytest

from aion.adapters.engines.wasm.places import Places


def hosts(count):
    return [SimpleNamespace(gone=asyncio.Event(), lanes_taken=0) for _ in range(count)]


def all_of(places, tenant):
    """As many places as the tenant gets."""
    found = []
    while (place := places.find(tenant)) is not None:
        found.append(place)
    return found


async def turns():
    """Lets every task go on as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("count", "lanes", "most"), [(1, 1, 1), (1, 3, 3), (1, 16, 12), (2, 16, 24), (8, 16, 96)])
async def test_one_tenant_gets_three_quarters_of_the_lanes_and_the_next_finds_some(count, lanes, most):
    serving = hosts(count)
    places = Places(serving, lanes)
    assert len(all_of(places, "greedy")) == most
    assert sum(host.lanes_taken for host in serving) == most
    assert max(host.lanes_taken for host in serving) - min(host.lanes_taken for host in serving) <= 1
    if most < count * lanes:
        assert places.find("another") is not None


async def test_greedy_tenants_share_what_is_left_and_become_equal_as_lanes_are_freed():
    places = Places(hosts(2), 16)
    first, second, third = (all_of(places, tenant) for tenant in "abc")
    assert [len(first), len(second), len(third)] == [24, 6, 2]
    while len(first) > len(second):
        first.pop().free()
        second += all_of(places, "b")
        assert places.find("a") is None


async def test_a_host_has_no_more_than_its_lanes_and_one_that_is_gone_none():
    first, second = serving = hosts(2)
    places = Places(serving, 2)
    first.gone.set()
    taken = all_of(places, "a")
    assert [place.host for place in taken] == [second, second]
    for place in taken:
        place.free()
        place.free()
    assert second.lanes_taken == 0


async def test_a_lane_that_is_free_again_goes_round_among_the_tenants_that_wait():
    places, order = Places(hosts(1), 1), []

    async def wait(tenant):
        place = await places.wait(tenant)
        order.append(tenant)
        await asyncio.sleep(0)
        place.free()

    held = places.find("z")
    tasks = [asyncio.create_task(wait(tenant)) for tenant in "aaabbc"]
    await turns()
    assert order == []
    held.free()
    await asyncio.gather(*tasks)
    assert order == list("abcaba")
    assert places.find("z") is not None


async def test_who_gives_up_leaves_the_line_and_a_place_that_came_in_that_moment_goes_to_the_next():
    places = Places(hosts(1), 1)
    held = places.find("z")
    first, second, third = tasks = [asyncio.create_task(places.wait("a")) for _ in range(3)]
    await turns()
    first.cancel()
    await turns()
    held.free()
    second.cancel()
    await turns()
    assert [task.cancelled() for task in tasks] == [True, True, False]
    (await third).free()
    assert places.find("a") is not None


async def test_a_new_host_serves_those_who_wait_and_a_closed_engine_nobody():
    serving = hosts(0)
    places = Places(serving, 1)
    first, second = tasks = [asyncio.create_task(places.wait("a")) for _ in range(2)]
    await turns()
    serving += hosts(1)
    places.look()
    assert (await first).host is serving[0]
    places.close()
    with pytest.raises(ConnectionError, match="closed"):
        await second
    assert all(task.done() for task in tasks)
