"""Looking up names: one tenant's slow name servers must cost nobody else a delivery."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from threading import Event

import pytest

from aion.adapters.webhooks.allowance import Allowances
from aion.adapters.webhooks.guard import AddressGuard
from aion.adapters.webhooks.resolver import PER_TENANT, SystemResolver
from aion.adapters.webhooks.sender import HttpWebhookSender
from aion.domain.errors import TooManyWaiters
from tests.manual_clock import ManualClock

PUBLIC = ip_address("93.184.216.34")


class NameServers:
    """Names that begin with `slow` have no answer until `release` is set."""

    def __init__(self) -> None:
        self.release = Event()
        self.asked: Counter[str] = Counter()

    def __call__(self, host: str, port: int):
        self.asked[host] += 1
        if host.startswith("slow"):
            self.release.wait(60)
        return [PUBLIC]


@pytest.fixture
def servers() -> Iterator[NameServers]:
    made = NameServers()
    yield made
    made.release.set()


async def test_one_tenants_slow_names_keep_nobody_else_from_being_found(servers):
    """14.8 A receiver that is slow holds up nobody but itself."""
    with SystemResolver(servers, seconds=60, place_seconds=0) as resolve:
        slow = [asyncio.ensure_future(resolve("acme", f"slow{number}", 443)) for number in range(PER_TENANT)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyWaiters):
            await resolve("acme", "quick", 443)
        assert await resolve("other", "quick", 443) == [PUBLIC]
        servers.release.set()
        assert await asyncio.gather(*slow) == [[PUBLIC]] * PER_TENANT
        assert await resolve("acme", "quick", 443) == [PUBLIC]


async def test_many_who_wait_for_one_name_take_one_thread(servers):
    with SystemResolver(servers, seconds=60, place_seconds=0) as resolve:
        waiting = [asyncio.ensure_future(resolve("acme", "slow", 443)) for _ in range(20)]
        await asyncio.sleep(0)
        assert await resolve("acme", "quick", 443) == [PUBLIC]
        servers.release.set()
        assert await asyncio.gather(*waiting) == [[PUBLIC]] * 20
        assert servers.asked["slow"] == 1


async def test_a_look_up_waits_for_a_place_of_its_tenant(servers):
    with SystemResolver(servers, seconds=60, place_seconds=60) as resolve:
        slow = [asyncio.ensure_future(resolve("acme", f"slow{number}", 443)) for number in range(PER_TENANT)]
        await asyncio.sleep(0)
        next_one = asyncio.ensure_future(resolve("acme", "quick", 443))
        await asyncio.sleep(0)
        assert not next_one.done()
        servers.release.set()
        assert await next_one == [PUBLIC]
        await asyncio.gather(*slow)


async def test_a_name_without_an_answer_in_time_has_no_address_and_keeps_its_place(servers):
    with SystemResolver(servers, seconds=0, place_seconds=0) as resolve:
        for number in range(PER_TENANT):
            assert await resolve("acme", f"slow{number}", 443) == ()
        with pytest.raises(TooManyWaiters):
            await resolve("acme", "slow-too", 443)


async def test_an_attempt_without_a_place_for_its_look_up_is_postponed(servers):
    with SystemResolver(servers, seconds=0, place_seconds=0) as resolve:
        for number in range(PER_TENANT):
            await resolve("acme", f"slow{number}", 443)
        sender = HttpWebhookSender(AddressGuard(Allowances(), resolve), ManualClock())
        try:
            report = await sender.send("acme", "https://quick.example/", {}, b"")
        finally:
            await sender.close()
    assert report.postponed
    assert "looked up" in report.error


async def test_the_operating_systems_resolver_finds_this_machine_and_nothing_for_nobody():
    with SystemResolver() as system:
        assert {address.is_loopback for address in await system("acme", "localhost", 443)} == {True}
        assert await system("acme", "a" * 70 + ".invalid", 443) == ()
        assert await AddressGuard(Allowances(), system).resolve("acme", "localhost", 443)
