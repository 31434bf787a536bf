"""A tenant that asks for ten times its share beside one that keeps to twenty calls a second."""

import asyncio
import math
from dataclasses import dataclass, field

from benchmarks import servers
from benchmarks.callers import keys_of_tenants
from benchmarks.soak.calls import Client, client_of
from benchmarks.soak.generator import MakeCall, at_rate
from benchmarks.soak.outcomes import Outcome, by_code, generator_words, latency_ms
from benchmarks.soak.promises import Findings, Promise

SHARE = 30.0
BURST = 10
"""Calls a second that one principal may make, and how many of them at once."""

QUIET = 20.0
TIMES = 10.0
REST = 2.0


@dataclass(slots=True)
class Beside:
    """What the quiet tenant saw beside a neighbour that asks for `rate` a second, and what that one got."""

    rate: float
    quiet: list[Outcome] = field(default_factory=list)
    noisy: list[Outcome] = field(default_factory=list)


async def noisy(seconds: float, rounds: int) -> Findings:
    """In turn: alone, beside a neighbour that takes its share, beside one that asks for ten times as much."""
    alone, share, ten = Beside(0), Beside(0.9 * SHARE), Beside(TIMES * SHARE)
    with servers.aion(AION_RATE_PER_KEY=f"{SHARE:g}/s,burst={BURST}") as server:
        noisy_key, quiet_key = keys_of_tenants(server, 2)
        async with client_of(server.grpc, quiet_key, 1) as quiet, client_of(server.grpc, noisy_key, 2) as loud:
            for _ in range(rounds):
                for beside in (alone, share, ten):
                    await asyncio.sleep(REST)
                    await asyncio.gather(
                        at_rate(_submits(quiet), QUIET, seconds, 0.0, beside.quiet),
                        at_rate(_submits(loud), beside.rate, seconds, 0.0, beside.noisy),
                    )
    return judged(alone, share, ten, seconds, rounds)


def judged(alone: Beside, share: Beside, ten: Beside, seconds: float, rounds: int) -> Findings:
    """What the two tenants saw, in all rounds together."""
    quiet_bad = [one for beside in (alone, share, ten) for one in beside.quiet if not one.good]
    odd = [one for one in (*share.noisy, *ten.noisy) if not one.good and not one.well_refused]
    served = sum(one.good for one in ten.noisy) / rounds
    quota = SHARE * seconds + BURST
    before, after = (latency_ms(beside.quiet, 0.99) for beside in (share, ten))
    # Without a good call there is no p99, and nothing that could be good.
    moved = 100 * (after / before - 1) if before and after else math.inf
    return Findings(
        "Noisy tenant",
        f"A tenant may make {SHARE:g} calls a second (AION_RATE_PER_KEY) and asks for {TIMES * SHARE:g}, beside one "
        f"with {QUIET:g} a second; every call submits and waits. {rounds} rounds of {seconds:g} s each: alone, beside "
        "a neighbour within its share, beside the noisy one.",
        (
            Promise("growth of the quiet tenant's p99 when its neighbour turns noisy", moved, 20, "%"),
            Promise("the quiet tenant's calls that were not answered well", len(quiet_bad), 0),
            Promise("the noisy tenant's served calls, from its quota", 100 * abs(served / quota - 1), 5, "%"),
            Promise("the noisy tenant's refusals without type or hint, and other failures", len(odd), 0),
        ),
        (
            _words("alone", alone),
            _words("beside a share", share),
            _words("beside ten shares", ten),
            f"Noisy tenant: {by_code(ten.noisy)}; {served:.0f} served a round, the quota is {quota:.0f}.",
            generator_words([*alone.quiet, *share.quiet, *ten.quiet, *ten.noisy]),
        ),
    )


def _submits(client: Client) -> MakeCall:
    return lambda: ("submit", client.submit())


def _words(where: str, beside: Beside) -> str:
    p50, p99 = (latency_ms(beside.quiet, share) for share in (0.5, 0.99))
    return f"Quiet tenant {where}: p50 {p50:.1f} ms, p99 {p99:.1f} ms of {len(beside.quiet)} calls."
