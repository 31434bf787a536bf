"""Attacks a server of its own and prints what became of it: `python -m tests.abuse [--seconds 60] [NAME...]`.

Ends with 1 when a promise was not kept.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.abuse.attacker import ATTACKS
from tests.abuse.conftest import victim_of
from tests.abuse.siege import LEAST_P99, Outcome, besiege
from tests.abuse.victim import MIB, Order
from tests.e2e.catalogue import write_small_catalogue
from tests.e2e.processes import Running, running

HEAD = (
    *("port", "attack", "connections", "MiB sent", "ended by AION", "innocent calls", "errors"),
    *("p99 before (ms)", "p99 during (ms)", f"ratio, to {LEAST_P99 * 1e3:.0f} ms at least", "MiB grown", "promises"),
)


async def _all(server: Running, chosen: list[str], seconds: float, quiet: float) -> int:
    """How many attacks broke a promise."""
    broken = 0
    orders = [
        Order(family, port, name) for family, port in (("http2", "grpc"), ("http1", "http")) for name in ATTACKS[family]
    ]
    async with victim_of(server) as victim:
        for order in orders:
            if not chosen or any(word in order.name for word in chosen):
                outcome = await besiege(victim, [order], seconds, quiet)
                broken += bool(outcome.broken(timed=True))
                _say(_row(order, outcome))
    return broken


def _row(order: Order, outcome: Outcome) -> Iterable[object]:
    [tally] = outcome.tallies
    return (
        *(order.port, order.name, tally.connected, f"{tally.bytes / MIB:.1f}", tally.ended),
        *(len(outcome.during.seconds), len(outcome.during.failures)),
        *(f"{outcome.before.p99 * 1e3:.1f}", f"{outcome.during.p99 * 1e3:.1f}", f"{outcome.ratio:.2f}"),
        *(f"{max(outcome.grown, 0) / MIB:.1f}", "; ".join(outcome.broken(timed=True)) or f"kept{_but(outcome)}"),
    )


def _but(outcome: Outcome) -> str:
    return f", but for time and memory: {outcome.limits[0]}" if outcome.limits else ""


def _say(cells: Iterable[object]) -> None:
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")
    sys.stdout.flush()


def main() -> None:
    """Prints a row an attack."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("names", nargs="*", help="parts of the names of attacks; none: all")
    arguments.add_argument("--seconds", type=float, default=60.0)
    arguments.add_argument("--quiet", type=float, default=20.0, help="seconds before each, to compare with")
    asked = arguments.parse_args()
    _say(HEAD)
    _say("---" for _ in HEAD)
    with tempfile.TemporaryDirectory() as name, running(Path(name), *write_small_catalogue(Path(name))) as server:
        broken = asyncio.run(_all(server, asked.names, asked.seconds, asked.quiet))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
