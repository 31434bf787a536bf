"""`make bench-growth`: the same load on stores with 0, 10^3, 10^5 and 10^6 ended tasks, in turn, each round begun with
another one. Each time on a fresh copy of what was filled: what one measurement adds is not there for the next.

python -m benchmarks.growth [--sizes 0,1000,100000,1000000] [--seconds 6] [--rounds 3]
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aion.v1 import tasks_pb2
from benchmarks import machine, servers
from benchmarks.floor import IN_FLIGHT
from benchmarks.growth.filling import fill
from benchmarks.load import Latencies, Target, WrongAnswer, open_loop, pooled, throughput
from benchmarks.report import Figure, Row, Section, at_least, median_of, table
from benchmarks.submits import aion_target, bearer
from benchmarks.turns import rotated

RATE = 200.0
AIM = 0.9
"""Of what the empty store bears."""

PAGE = 50


@dataclass
class Found:
    """What was measured of one size, a value a round."""

    fill_seconds: float
    start_seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    latencies: list[Latencies] = field(default_factory=list)
    lists: list[Latencies] = field(default_factory=list)
    mib: list[float] = field(default_factory=list)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument(
        "--sizes", type=lambda text: [int(size) for size in text.split(",")], default=[0, 10**3, 10**5, 10**6]
    )
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="whose median is shown")
    given = parser.parse_args()
    print("# Growth\n\n" + machine.head(machine.facts()))
    with servers.aion():
        pass  # it compiles the modules, so that no other start does
    with tempfile.TemporaryDirectory(prefix="aion-growth-") as folder:
        found: dict[int, Found] = {}
        for size in given.sizes:
            began = time.monotonic()
            fill(Path(folder, str(size)), size)
            found[size] = Found(time.monotonic() - began)
        for number in range(given.rounds):
            for size in rotated(given.sizes, number):
                with fresh_copy(Path(folder, str(size))) as data:
                    _measure(data, found[size], given.seconds)
        print("\n" + table(section(found)))


@contextlib.contextmanager
def fresh_copy(filled: Path) -> Iterator[Path]:
    """A copy of a data directory, on the disk, while the block runs."""
    copy = filled.with_name(f"{filled.name}-measured")
    shutil.copytree(filled, copy)
    os.sync()  # what is still to be written would be in the way of what is measured
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def _measure(data: Path, found: Found, seconds: float) -> None:
    began = time.monotonic()
    with servers.aion(AION_DATA_DIR=str(data)) as server:
        found.start_seconds.append(time.monotonic() - began)
        target = aion_target(server)
        found.rates.append(asyncio.run(throughput(target, IN_FLIGHT, seconds)))
        found.latencies.append(asyncio.run(open_loop(target, RATE, seconds)))
        found.lists.append(asyncio.run(open_loop(_list_target(server), RATE / 4, seconds / 2)))
    found.mib.append((data / "aion.db").stat().st_size / 2**20)


def _list_target(server: servers.Served) -> Target:
    """The newest page of the tenant's tasks."""
    request = tasks_pb2.ListTasksRequest(page_size=PAGE).SerializeToString()

    def check(answer: bytes) -> None:
        page = tasks_pb2.ListTasksResponse.FromString(answer)
        if len(page.tasks) != PAGE or not page.next_page_token:
            raise WrongAnswer(page)

    return Target(server.grpc, "/aion.v1.AionTasks/ListTasks", lambda _: request, check, bearer(server.api_key))


def section(found: Mapping[int, Found]) -> Section:
    """A row for each size; ratios are of the same round to the smallest one."""
    smallest = min(found)
    ratio = "x empty" if smallest == 0 else f"x {smallest:,} stored"
    rows = []
    for size, values in found.items():
        ratios = [rate / base for rate, base in zip(values.rates, found[smallest].rates, strict=True)]
        latencies, lists = pooled(values.latencies), pooled(values.lists)
        figures = (
            median_of("calls/s", values.rates),
            median_of(ratio, ratios, at_least(AIM) if size != smallest else None, 2),
            Figure("p50 ms", latencies.quantile(0.5), None, 2),
            Figure("p99 ms", latencies.quantile(0.99), None, 2),
            Figure("of calls", len(latencies.seconds)),
            Figure("list p50 ms", lists.quantile(0.5), None, 2),
            median_of("ready s", values.start_seconds, None, 2),
            Figure("filled in s", values.fill_seconds),
            Figure("MiB at the end", statistics.median(values.mib)),
        )
        rows.append(Row(f"{size:,} stored tasks", figures))
    return Section(
        "Growth",
        f"Durable submit to result, {IN_FLIGHT} in flight on one connection; latency at {RATE:.0f}/s from due time; "
        f"the newest {PAGE} tasks listed at {RATE / 4:.0f}/s. Each measurement has a fresh copy of the filled data "
        "directory; each round begins with another size. Medians of the rounds, with the least and the most; ratios "
        "are of the same round, quantiles of the calls of all rounds.",
        tuple(rows),
    )


if __name__ == "__main__":
    main()
