"""The same load from one tenant and from a thousand, each call as the next of them."""

import asyncio
import statistics

from benchmarks import servers
from benchmarks.callers import keys_of_tenants
from benchmarks.floor import IN_FLIGHT
from benchmarks.load import Latencies, Target, open_loop, pooled, throughput
from benchmarks.refusal_reasons import for_want_of_room
from benchmarks.report import Figure, Row, Section
from benchmarks.scale import Scale
from benchmarks.submits import SUBMIT, bearer, check_submit, submit
from benchmarks.turns import rotated

RATE = 200.0


def measure(scale: Scale) -> Section:
    """In turn, with fresh servers."""
    found: dict[int, list[tuple[float, Latencies]]] = {1: [], scale.tenants: []}
    for number in range(scale.rounds):
        for tenants in rotated(list(found), number):
            with servers.aion() as server:
                target = _target(server, tenants)
                rate = asyncio.run(throughput(target, IN_FLIGHT, scale.seconds))
                found[tenants].append((rate, asyncio.run(open_loop(target, RATE, scale.seconds))))
    one = statistics.median(rate for rate, _ in found[1])
    rows = []
    for tenants, results in found.items():
        rate = statistics.median(rate for rate, _ in results)
        latencies = pooled(one for _, one in results)
        figures = (
            Figure("calls/s", rate),
            Figure("x one tenant", rate / one, None, 2),
            *(Figure(f"p{share * 100:g} ms", latencies.quantile(share), None, 2) for share in (0.5, 0.99)),
            Figure("of calls", len(latencies.seconds)),
            Figure("refused %", latencies.refused_percent, None, 1),
        )
        rows.append(Row(f"{tenants} tenant{'s' if tenants > 1 else ''}", figures))
    return Section(
        "Tenants",
        f"Durable submit to result over one connection, {IN_FLIGHT} in flight; latency at {RATE:.0f}/s, of all rounds. "
        "Every call comes with the key of the next tenant, which the server looks up anew every few seconds.",
        tuple(rows),
    )


def _target(server: servers.Served, tenants: int) -> Target:
    keys = [bearer(key) for key in keys_of_tenants(server, tenants)]
    return Target(
        server.grpc,
        SUBMIT,
        submit,
        check_submit,
        metadata_of=lambda number: keys[number % len(keys)],
        too_much=for_want_of_room,
    )
