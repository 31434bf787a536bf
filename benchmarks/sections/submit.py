"""A durable submit that waits for its WASM result, on one connection, beside the echo and the bare path."""

import asyncio
import statistics
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from benchmarks import servers
from benchmarks.floor import IN_FLIGHT
from benchmarks.load import Latencies, Target, closed_loop, open_loop, pooled
from benchmarks.processes import processor_seconds
from benchmarks.report import Aim, Figure, Row, Section, at_least, at_most, median_of
from benchmarks.scale import Scale
from benchmarks.submits import aion_target, bare_target, echo_target
from benchmarks.turns import rotated

RATE = 200.0
HIGH_RATE = 500.0
OF_WHAT_IT_BEARS = 0.8
ECHO, BARE, AION = "grpc.aio echo", "bare path", "AION"
_QUANTILES = (("p50 ms", 0.5), ("p99 ms", 0.99), ("p99.9 ms", 0.999))

Serve = Callable[[], AbstractContextManager[servers.Served]]
SUBJECTS: dict[str, tuple[Serve, Callable[[servers.Served], Target]]] = {
    ECHO: (servers.echo, echo_target),
    BARE: (servers.bare_path, bare_target),
    AION: (servers.aion, aion_target),
}


def measure(scale: Scale) -> Section:
    """All three in turn, so that what the machine does meanwhile meets them alike; then AION at higher rates."""
    rates: dict[str, list[float]] = {name: [] for name in SUBJECTS}
    at_rate: dict[str, list[Latencies]] = {name: [] for name in SUBJECTS}
    used: dict[str, list[float]] = {name: [] for name in SUBJECTS}
    high: dict[str, list[Latencies]] = {"at 500/s": [], "at 80% of what it bears": []}
    for number in range(scale.rounds):
        for name in rotated(list(SUBJECTS), number):
            serve, target_of = SUBJECTS[name]
            with serve() as server:
                target = target_of(server)
                before = processor_seconds(server.pid)
                pace = asyncio.run(closed_loop(target, IN_FLIGHT, scale.seconds))
                rates[name].append(pace.per_second)
                used[name].append((processor_seconds(server.pid) - before) / pace.calls)
                at_rate[name].append(asyncio.run(open_loop(target, RATE, scale.seconds)))
                if name == AION:
                    most = OF_WHAT_IT_BEARS * rates[name][-1]
                    for found, rate in zip(high.values(), (HIGH_RATE, most), strict=True):
                        found.append(asyncio.run(open_loop(target, rate, scale.seconds)))
    floor = statistics.median(rates[ECHO])
    rows = [
        Row(
            name,
            (
                median_of("calls/s", rates[name]),
                Figure("x echo", statistics.median(rates[name]) / floor, at_least(0.33) if name == AION else None, 2),
                *_latency(at_rate[name]),
                Figure("server us", 1e6 * statistics.median(used[name])),
            ),
        )
        for name in SUBJECTS
    ]
    of_aion, of_bare = pooled(at_rate[AION]), pooled(at_rate[BARE])
    over = {label: of_aion.quantile(share) - of_bare.quantile(share) for label, share in _QUANTILES}
    aims: dict[str, Aim | None] = {"p50 ms": at_most(1.0), "p99 ms": at_most(3.0)}
    rows.append(Row("AION over the bare path", tuple(Figure(k, v, aims.get(k), 2) for k, v in over.items())))
    most_tried = statistics.median(rates[AION]) * OF_WHAT_IT_BEARS
    for label, found in high.items():
        tried = HIGH_RATE if label == "at 500/s" else most_tried
        rows.append(Row(f"AION {label}", (Figure("offered/s", tried), *_latency(found))))
    return Section(
        "Durable submit, WASM, result",
        f"calls/s with {IN_FLIGHT} in flight on one connection; latency in open loop at {RATE:.0f}/s from the moment a "
        f"call was due, unless the row names another rate. `server us`: what its process, "
        f"without hosts, takes of the processors for a call. {scale.rounds} rounds of {scale.seconds:g} s, each "
        "begun with another subject: medians, with the least and the most; quantiles are of the calls of all rounds.",
        tuple(rows),
    )


def _latency(found: Sequence[Latencies]) -> tuple[Figure, ...]:
    latencies = pooled(found)
    return (
        *(Figure(label, latencies.quantile(share), None, 2) for label, share in _QUANTILES),
        Figure("of calls", len(latencies.seconds)),
        Figure("refused %", latencies.refused_percent, None, 1),
    )
