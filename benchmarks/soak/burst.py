"""More calls than the server can serve, for half a minute, on top of its normal load. What that says is judged in
`burst_judgement`.
"""

import asyncio
import time

from benchmarks import servers
from benchmarks.callers import keys_of_tenants
from benchmarks.load import throughput
from benchmarks.soak.aftermath import Aftermath, aftermath
from benchmarks.soak.burst_judgement import LEAD, OTHER_RATE, OVER_GRPC, TAIL, Load, Size, judged
from benchmarks.soak.calls import Mix, client_of
from benchmarks.soak.generator import at_rate
from benchmarks.soak.promises import Findings
from benchmarks.soak.rest_clients import Begin, Plan, apart
from benchmarks.submits import echo_target

IN_FLIGHT = 64
FLOOR_SECONDS = 3.0
NICENESS = 5
"""Of the server: clients that fall behind their times measure themselves. Those of the burst take a quarter of a
processor, what they leave is the server's. As its equals they were late with 3 % of the calls where two cores were
busy, with 5 with 0.4 %. More of it would put the server behind whatever else runs at a niceness of its own.
"""


async def burst(rate: float, extra: float, seconds: float) -> Findings:
    """A tenant with `rate` calls a second bursts by `extra` more; another one keeps its twenty a second."""
    with servers.echo() as bare:
        floor = await throughput(echo_target(bare), IN_FLIGHT, FLOOR_SECONDS)
    load, left = await _load(rate, extra, seconds)
    return judged(load, left, Size(rate, extra, seconds), floor)


async def _load(rate: float, extra: float, seconds: float) -> tuple[Load, Aftermath]:
    load = Load()
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
