"""`make bench-growth`: the same load on stores with 0, 10^3, 10^5 and 10^6 ended tasks, in turn.

python -m benchmarks.growth [--sizes 0,1000,100000,1000000] [--seconds 6] [--rounds 3]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from aion.v1 import tasks_pb2
from benchmarks import machine, servers
from benchmarks.floor import IN_FLIGHT
from benchmarks.growth.filling import fill
from benchmarks.load import Target, WrongAnswer, open_loop, throughput
from benchmarks.report import Figure, Row, Section, at_least, table
from benchmarks.submits import aion_target, bearer

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
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    list_p50: list[float] = field(default_factory=list)


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
    with tempfile.TemporaryDirectory(prefix="aion-growth-") as folder:
        found: dict[int, Found] = {}
        for size in given.sizes:
            began = time.monotonic()
            fill(Path(folder, str(size)), size)
            found[size] = Found(time.monotonic() - began)
        for _ in range(given.rounds):
            for size, values in found.items():
                _measure(Path(folder, str(size)), values, given.seconds)
        print("\n" + table(_section(found, folder)))


def _measure(data: Path, found: Found, seconds: float) -> None:
    began = time.monotonic()
    with servers.aion(AION_DATA_DIR=str(data)) as server:
        found.start_seconds.append(time.monotonic() - began)
        target = aion_target(server)
        found.rates.append(asyncio.run(throughput(target, IN_FLIGHT, seconds)))
        latencies = asyncio.run(open_loop(target, RATE, seconds))
        found.p50.append(latencies.quantile(0.5))
        found.p99.append(latencies.quantile(0.99))
        found.list_p50.append(asyncio.run(open_loop(_list_target(server), RATE / 4, seconds / 2)).quantile(0.5))


def _list_target(server: servers.Served) -> Target:
    """The newest page of the tenant's tasks."""
    request = tasks_pb2.ListTasksRequest(page_size=PAGE).SerializeToString()

    def check(answer: bytes) -> None:
        page = tasks_pb2.ListTasksResponse.FromString(answer)
        if len(page.tasks) != PAGE or not page.next_page_token:
            raise WrongAnswer(page)

    return Target(server.grpc, "/aion.v1.AionTasks/ListTasks", lambda _: request, check, bearer(server.api_key))


def _section(found: dict[int, Found], folder: str) -> Section:
    empty = statistics.median(next(iter(found.values())).rates)
    rows = []
    for size, values in found.items():
        rate = statistics.median(values.rates)
        figures = (
            Figure("calls/s", rate),
            Figure("x empty", rate / empty, at_least(AIM) if size else None, 2),
            Figure("p50 ms", statistics.median(values.p50), None, 2),
            Figure("p99 ms", statistics.median(values.p99), None, 2),
            Figure("list p50 ms", statistics.median(values.list_p50), None, 2),
            Figure("ready s", statistics.median(values.start_seconds), None, 2),
            Figure("filled in s", values.fill_seconds),
            Figure("MiB at the end", Path(folder, str(size), "aion.db").stat().st_size / 2**20),
        )
        rows.append(Row(f"{size:,} stored tasks", figures))
    return Section(
        "Growth",
        f"Durable submit to result, {IN_FLIGHT} in flight on one connection; latency at {RATE:.0f}/s from due time; "
        f"the newest {PAGE} tasks listed at {RATE / 4:.0f}/s. Each size has its own data directory, which also keeps "
        "what the rounds add.",
        tuple(rows),
    )


if __name__ == "__main__":
    main()
