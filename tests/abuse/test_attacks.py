"""Whatever one client does, calls of others go on: no error, little memory, and it is over when the client is gone."""

import pytest

from tests.abuse.attacker import ATTACKS
from tests.abuse.siege import besiege
from tests.abuse.victim import Order, Victim

SHORT = 0.5
LONG = 60.0
QUIET = 20.0
AT_ONCE = 8
"""Attacks in a crowd: each alone takes as long as all of them together."""


def orders(family: str, port: str) -> list[Order]:
    return [Order(family, port, name) for name in ATTACKS[family]]


def alone(family: str, port: str) -> list[object]:
    return [pytest.param(order, id=f"{port}: {order.name}") for order in orders(family, port)]


def crowds(family: str, port: str) -> list[object]:
    """The attacks, so many at once; those with a limit apart, since nothing else of their crowd could be judged."""
    judged = [order for order in orders(family, port) if not ATTACKS[family][order.name].limit]
    limited = [order for order in orders(family, port) if ATTACKS[family][order.name].limit]
    return [
        pytest.param(every[at : at + AT_ONCE], id=f"{family} at {port}{apart}, {at}")
        for apart, every in (("", judged), (" with a limit", limited))
        for at in range(0, len(every), AT_ONCE)
    ]


PLAIN = [*alone("http2", "grpc"), *alone("http1", "http")]
SECURED = [*alone("tls", "grpc"), *alone("tls", "http")]


@pytest.mark.parametrize("crowd", [*crowds("http2", "grpc"), *crowds("http1", "http")])
async def test_innocent_calls_go_on_during_many_attacks_at_once(victim: Victim, crowd):
    outcome = await besiege(victim, crowd, SHORT)
    assert outcome.broken(timed=False) == []


@pytest.mark.parametrize("crowd", [*crowds("tls", "grpc"), *crowds("tls", "http")])
async def test_innocent_calls_go_on_while_handshakes_are_left_unfinished(secured: Victim, crowd):
    outcome = await besiege(secured, crowd, SHORT)
    assert outcome.broken(timed=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("order", PLAIN)
async def test_innocent_calls_go_on_during_an_attack(victim: Victim, order):
    outcome = await besiege(victim, [order], SHORT)
    assert outcome.broken(timed=False) == []


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.parametrize("order", PLAIN)
async def test_a_long_attack_makes_nobody_wait(victim: Victim, order):
    outcome = await besiege(victim, [order], LONG, QUIET)
    assert outcome.broken(timed=True) == []


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.parametrize("order", SECURED)
async def test_long_unfinished_handshakes_make_nobody_wait(secured: Victim, order):
    outcome = await besiege(secured, [order], LONG, QUIET)
    assert outcome.broken(timed=True) == []
