"""Attacks from beginning to end: what became of innocent calls before and during them, and of the server."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tests.abuse.attack import Tally
from tests.abuse.attacker import ATTACKS
from tests.abuse.victim import MIB, Innocents, Order, Victim, attacked, innocents

BETWEEN = 0.02
MOST_GROWTH, MOST_GROWTH_OF_MANY = 64 * MIB, 96 * MIB
"""Of an attack, and of as many as come together: what each leaves behind, not so many times what one may take."""

MOST_RATIO = 2.0
LEAST_P99 = 0.025
"""Seconds under which a 99th percentile is the machine's own noise: the ratio is taken to this at least."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What attacks at the same time did."""

    orders: Sequence[Order]
    before: Innocents
    during: Innocents
    tallies: Sequence[Tally]
    grown: int

    @property
    def ratio(self) -> float:
        """The innocents' p99 during the attack, in parts of that before."""
        return self.during.p99 / max(self.before.p99, LEAST_P99)

    @property
    def limits(self) -> list[str]:
        """What is known of these attacks, and is not in AION's hands."""
        attacks = (ATTACKS[order.family][order.name] for order in self.orders)
        return [attack.limit for attack in attacks if attack.limit]

    def broken(self, *, timed: bool) -> list[str]:
        """The promises that were not kept; `timed`: also that nobody waits much longer."""
        problems = [
            *self.during.failures[:5],
            *(
                problem
                for order, tally in zip(self.orders, self.tallies, strict=True)
                for problem in _failed(order, tally)
            ),
        ]
        if not self.during.seconds:
            problems.append("no innocent called")
        room = MOST_GROWTH if len(self.orders) == 1 else MOST_GROWTH_OF_MANY
        if self.grown > room and not self.limits:
            problems.append(f"the server grew by {self.grown / MIB:.0f} MiB")
        if timed and self.ratio > MOST_RATIO and not self.limits:
            problems.append(f"innocents waited {self.ratio:.1f} times as long")
        return problems


def _failed(order: Order, tally: Tally) -> list[str]:
    """What is wrong with an attack, so that it proves nothing, or with the server's answer to it."""
    return [
        *(f"{order.name}: {trouble}" for trouble in tally.trouble[:5]),
        *([f"{order.name} reached nothing"] if not tally.connected else []),
        *([f"{order.name} was never ended"] if ATTACKS[order.family][order.name].ends and not tally.ended else []),
    ]


async def besiege(victim: Victim, orders: Sequence[Order], seconds: float, quiet: float = 0.0) -> Outcome:
    """Attacks for so long, after as much `quiet`, and waits until the server is as it was. Raises AssertionError when
    it does not come to that.
    """
    files = victim.vitals().files
    async with innocents(victim, BETWEEN) as before:
        await asyncio.sleep(quiet)
    victim.forget_the_peak()
    held = victim.vitals().resident
    async with innocents(victim, BETWEEN) as during, attacked(orders, victim) as tallies:
        await asyncio.sleep(seconds)
    grown = victim.vitals().peak - held
    await victim.recovers(files)
    await victim.is_well()
    return Outcome(orders, before, during, tallies, grown)
