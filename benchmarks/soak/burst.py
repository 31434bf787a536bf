"""More calls than the server can serve, for half a minute, on top of its normal load: who is refused, how, and how soon
all is as before.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks import servers
from benchmarks.callers import keys_of_tenants
from benchmarks.load import throughput
from benchmarks.soak.aftermath import Aftermath, aftermath
from benchmarks.soak.calls import Mix, client_of
from benchmarks.soak.generator import at_rate
from benchmarks.soak.outcomes import (
    LATE,
    REFUSED,
    Outcome,
    by_code,
    generator_words,
    latency_ms,
    latency_words,
    quantile_ms,
)
from benchmarks.soak.promises import Findings, Promise
from benchmarks.soak.rest_clients import Begin, Made, Plan, apart
from benchmarks.submits import echo_target

LEAD = 10.0
TAIL = 30.0
OTHER_RATE = 20.0
IN_FLIGHT = 64
FLOOR_SECONDS = 3.0
NICENESS = 5
"""Of the server: clients that fall behind their times measure themselves. Those of the burst take a quarter of a
processor, what they leave is the server's. As its equals they were late with 3 % of the calls where two cores were
busy, with 5 with 0.4 %. More of it would put the server behind whatever else runs at a niceness of its own.
"""

RECOVERY = 10.0
"""Seconds after a burst by which all is to be as before."""

OVER_GRPC = 1 / 15
"""The share of the burst that comes over gRPC: both doors see it, and clients of gRPC cost too much to be many."""

IN_TIME = 0.020
IN_TIME_PERCENT = 99.0
"""A client that sends a call later than so many seconds after its due time measures itself; so many must not."""


@dataclass(slots=True)
class _Load:
    """What became of every call: of the tenant's usual load, of its burst by its two doors, of the other tenant's."""

    base: list[Outcome] = field(default_factory=list)
    over_rest: Made = field(default_factory=Made)
    over_grpc: list[Outcome] = field(default_factory=list)
    others: list[Outcome] = field(default_factory=list)

    @property
    def by_grpc_clients(self) -> list[Outcome]:
        return [*self.base, *self.over_grpc, *self.others]

    @property
    def calls(self) -> list[Outcome]:
        return [*self.by_grpc_clients, *self.over_rest.outcomes]


async def burst(rate: float, extra: float, seconds: float) -> Findings:
    """A tenant with `rate` calls a second bursts by `extra` more; another one keeps its twenty a second."""
    with servers.echo() as bare:
        floor = await throughput(echo_target(bare), IN_FLIGHT, FLOOR_SECONDS)
    load, left = await _load(rate, extra, seconds)
    end = LEAD + seconds
    during, of_other = (_within(ones, LEAD, end) for ones in (load.calls, load.others))
    after = _within([*load.base, *load.others], end, end + TAIL)
    odd = [one for one in load.calls if not one.good and one.code not in LATE and not one.well_refused]
    in_time, late = punctuality(during)
    _, late_after = punctuality(after)
    rest, grpc = _refusals(load.over_rest.outcomes), _refusals(load.by_grpc_clients)
    served = sum(one.good for one in during) / seconds
    recovered = recovered_after(after, end)
    return Findings(
        "Burst",
        f"{extra:g} calls a second for {seconds:g} s, of these {OVER_GRPC * extra:g} over gRPC, the others over REST "
        f"and {load.over_rest.connections} connections, on top of {rate:g} over gRPC, all of one tenant; another "
        f"tenant with {OTHER_RATE:g} a second. The mix of the mixed load; a client gives each call ten seconds. The "
        "clients have the processors first.",
        (
            Promise(
                f"calls sent within {1000 * IN_TIME:g} ms of their due time, meanwhile",
                in_time,
                IN_TIME_PERCENT,
                "%",
                at_least=True,
                why_not=late and "this is the clients' doing",
            ),
            Promise("refusals without type or hint, and other failures", len(odd), 0),
            Promise("calls that ran out of time", sum(one.code in LATE for one in load.calls), 0, why_not=late),
            Promise("p99 of refusals over REST, from due time", rest.p99, 50, "ms", why_not=late),
            Promise("p99 of refusals over gRPC, from due time", grpc.p99, 50, "ms", why_not=late),
            Promise("good calls a second meanwhile", served, rate, "/s", at_least=True, why_not=late),
            Promise("seconds until p99 is below 100 ms again", recovered, RECOVERY, "s", why_not=late_after),
            Promise("refused calls of the other tenant", sum(one.code == REFUSED for one in load.others), 0),
            *left.promises,
        ),
        (
            f"A bare grpc.aio echo answers {floor:.0f} calls a second here, generator included, just before.",
            f"Before: {_quantiles(_within(load.base, 0, LEAD))}. Meanwhile: {by_code(during)}.",
            f"Good calls meanwhile: {_quantiles(during)}; of the other tenant: {_quantiles(of_other)}.",
            f"Refusals over REST: {rest.words}; over gRPC: {grpc.words}. Failures of another kind: {by_code(odd)}.",
            f"Afterwards nothing waited any more within {left.seconds:.1f} s.",
            "After the burst:\n" + latency_words(after),
            f"REST: {generator_words(load.over_rest.outcomes)} {load.over_rest.processor_ms:.2f} ms of processor each.",
            f"gRPC: {generator_words(load.by_grpc_clients)}",
        ),
    )


async def _load(rate: float, extra: float, seconds: float) -> tuple[_Load, Aftermath]:
    load = _Load()
    whole = LEAD + seconds + TAIL
    with servers.aion(niceness=NICENESS) as server:
        (other_key,) = keys_of_tenants(server, 1)
        async with (
            client_of(server.grpc, server.api_key, 1) as client,
            client_of(server.grpc, server.api_key, 2) as bursting,
            client_of(server.grpc, other_key, 3) as other,
        ):
            known = tuple(bursting.accepted)
            plan = Plan(server.http, server.api_key, (1 - OVER_GRPC) * extra, seconds, seed=4, known=known)
            async with apart(plan) as (begin, load.over_rest):

                async def bursts() -> None:
                    await asyncio.sleep(LEAD)
                    await at_rate(Mix(bursting), OVER_GRPC * extra, seconds, LEAD, load.over_grpc)

                now = time.perf_counter()
                begin(Begin(now, now + LEAD))
                await asyncio.gather(
                    at_rate(Mix(client), rate, whole, 0.0, load.base),
                    at_rate(Mix(other), OTHER_RATE, whole, 0.0, load.others),
                    bursts(),
                )
            bursting.accepted.extend(load.over_rest.accepted)
            return load, await aftermath(server, [client, bursting, other])


def punctuality(outcomes: Sequence[Outcome]) -> tuple[float, str]:
    """How many percent of the calls were sent in time, and if these are too few, what that means for the others."""
    percent = 100 * sum(one.lag <= IN_TIME for one in outcomes) / max(1, len(outcomes))
    return percent, "" if percent >= IN_TIME_PERCENT else "the clients were late, so this is not the server's time"


def recovered_after(outcomes: Sequence[Outcome], end: float, bound_ms: float = 100.0) -> float:
    """Whole seconds after `end` from which on the calls keep the bound at p99; a refusal is as bad as a slow one."""
    last = int(max((one.due for one in outcomes), default=end) - end)
    for second in range(last + 1):
        rest = [one for one in outcomes if one.due >= end + second]
        if quantile_ms((one.took if one.good else float("inf") for one in rest), 0.99) <= bound_ms:
            return float(second)
    return last + 1.0


class _Refusals(NamedTuple):
    p99: float
    words: str


def _refusals(outcomes: Sequence[Outcome]) -> _Refusals:
    times = [one.took for one in outcomes if one.code == REFUSED]
    p50, p99, most = (quantile_ms(times, share) for share in (0.5, 0.99, 1.0))
    return _Refusals(p99, f"{len(times)}, p50 {p50:.1f} ms, p99 {p99:.1f} ms, at most {most:.0f} ms")


def _within(outcomes: Sequence[Outcome], begin: float, end: float) -> list[Outcome]:
    return [one for one in outcomes if begin <= one.due < end]


def _quantiles(outcomes: Sequence[Outcome]) -> str:
    p50, p99 = (latency_ms(outcomes, share) for share in (0.5, 0.99))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
