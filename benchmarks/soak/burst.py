"""More calls than the server can serve, for half a minute, on top of its normal load: who is refused, how, and how soon
all is as before.
"""

import asyncio
from collections.abc import Sequence

from benchmarks import servers
from benchmarks.callers import keys_of_tenants
from benchmarks.load import throughput
from benchmarks.soak.aftermath import aftermath
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
from benchmarks.submits import echo_target

LEAD = 10.0
TAIL = 30.0
OTHER_RATE = 20.0
IN_FLIGHT = 64
FLOOR_SECONDS = 3.0
NICENESS = 10
"""Of the server: clients that fall behind their times would measure themselves."""

RECOVERY = 10.0
"""Seconds after a burst by which all is to be as before."""


async def burst(rate: float, extra: float, seconds: float) -> Findings:
    """A tenant with `rate` calls a second bursts by `extra` more; another one keeps its twenty a second."""
    base: list[Outcome] = []
    more: list[Outcome] = []
    others: list[Outcome] = []
    whole = LEAD + seconds + TAIL
    with servers.echo() as bare:
        floor = await throughput(echo_target(bare), IN_FLIGHT, FLOOR_SECONDS)
    with servers.aion(niceness=NICENESS) as server:
        (other_key,) = keys_of_tenants(server, 1)
        async with (
            client_of(server.grpc, server.api_key, 1) as client,
            client_of(server.grpc, server.api_key, 2) as bursting,
            client_of(server.grpc, other_key, 3) as other,
        ):

            async def bursts() -> None:
                await asyncio.sleep(LEAD)
                await at_rate(Mix(bursting), extra, seconds, LEAD, more)

            await asyncio.gather(
                at_rate(Mix(client), rate, whole, 0.0, base),
                at_rate(Mix(other), OTHER_RATE, whole, 0.0, others),
                bursts(),
            )
            left = await aftermath(server, [client, bursting, other])
    all_of_it = [*base, *more, *others]
    during, of_other = (_within(ones, LEAD, LEAD + seconds) for ones in (all_of_it, others))
    refused = [one for one in all_of_it if one.code == REFUSED]
    odd = [one for one in all_of_it if not one.good and one.code not in LATE and not one.well_refused]
    after = _within([*base, *others], LEAD + seconds, whole)
    p50, p99, most = (quantile_ms((one.took for one in refused), share) for share in (0.5, 0.99, 1.0))
    return Findings(
        "Burst",
        f"{extra:g} calls a second for {seconds:g} s on top of {rate:g}, all of one tenant over two "
        f"connections; another tenant with {OTHER_RATE:g} a second. The mix of the mixed load; a client gives each "
        "call ten seconds. The clients have the processors first.",
        (
            Promise("refusals without type or hint, and other failures", len(odd), 0),
            Promise("calls that ran out of time", sum(one.code in LATE for one in all_of_it), 0),
            Promise("p99 of refusals, from due time", p99, 50, "ms"),
            Promise(
                "good calls a second meanwhile", sum(one.good for one in during) / seconds, rate, "/s", at_least=True
            ),
            Promise("seconds until p99 is below 100 ms again", recovered_after(after, LEAD + seconds), RECOVERY, "s"),
            Promise("refused calls of the other tenant", sum(one.code == REFUSED for one in others), 0),
            *left.promises,
        ),
        (
            f"A bare grpc.aio echo answers {floor:.0f} calls a second here, generator included, just before.",
            f"Before: {_quantiles(_within(base, 0, LEAD))}. Meanwhile: {by_code(during)}.",
            f"Good calls meanwhile: {_quantiles(during)}; of the other tenant: {_quantiles(of_other)}.",
            f"Refusals: p50 {p50:.1f} ms, at most {most:.0f} ms. Failures of another kind: {by_code(odd)}.",
            f"Afterwards nothing waited any more within {left.seconds:.1f} s.",
            "After the burst:\n" + latency_words(after),
            generator_words(all_of_it),
        ),
    )


def recovered_after(outcomes: Sequence[Outcome], end: float, bound_ms: float = 100.0) -> float:
    """Whole seconds after `end` from which on the calls keep the bound at p99; a refusal is as bad as a slow one."""
    last = int(max((one.due for one in outcomes), default=end) - end)
    for second in range(last + 1):
        rest = [one for one in outcomes if one.due >= end + second]
        if quantile_ms((one.took if one.good else float("inf") for one in rest), 0.99) <= bound_ms:
            return float(second)
    return last + 1.0


def _within(outcomes: Sequence[Outcome], begin: float, end: float) -> list[Outcome]:
    return [one for one in outcomes if begin <= one.due < end]


def _quantiles(outcomes: Sequence[Outcome]) -> str:
    p50, p99 = (latency_ms(outcomes, share) for share in (0.5, 0.99))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
