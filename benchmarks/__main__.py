"""`make bench`: echo, bare path and AION in one run, alternating, as ratios to the echo."""

import argparse
import asyncio
import itertools
import json
import statistics
from collections.abc import Callable
from contextlib import AbstractContextManager

from aion.v1 import lifecycle_pb2, tasks_pb2
from benchmarks import servers
from benchmarks.load import Latencies, Target, open_loop, throughput

IN_FLIGHT = 64
RATE = 200.0
TEXT = "Please write to ada@example.org or call +33 1 42 68 53 00 before 2026-11-21; the order 4711-0815 is ready. " * 4
_KEYS = itertools.count()
"""Makes every idempotency key new: a replay would cost nothing."""

PARAMS = json.dumps({"text": TEXT})


def echo_target(server: servers.Served) -> Target:
    """The request that AION gets, echoed."""
    return Target(server.grpc, "/bench/Echo", lambda _: _request(0), lambda _: None)


def bare_target(server: servers.Served) -> Target:
    """The module's input, run."""
    return Target(server.grpc, "/bench/Run", lambda _: PARAMS.encode(), _check_bare)


def aion_target(server: servers.Served) -> Target:
    """A durable submit that waits for its result."""
    metadata = (("authorization", f"Bearer {server.api_key}"),)
    return Target(server.grpc, "/aion.v1.AionTasks/Submit", _request, _check_aion, metadata)


def _request(number: int) -> bytes:
    request = tasks_pb2.TaskRequest(intent="redact", params={"text": TEXT}, request_id=f"{number}-{next(_KEYS)}")
    request.wait.seconds = 30
    return request.SerializeToString()


def _check_bare(answer: bytes) -> None:
    if b"EMAIL_1" not in answer:
        raise AssertionError(answer)


def _check_aion(answer: bytes) -> None:
    task = tasks_pb2.TaskResult.FromString(answer)
    if task.state != lifecycle_pb2.TASK_STATE_OK or task.replayed:
        raise AssertionError(task)


SUBJECTS: dict[str, tuple[Callable[[], AbstractContextManager[servers.Served]], Callable[[servers.Served], Target]]] = {
    "grpc.aio echo": (servers.echo, echo_target),
    "bare path": (servers.bare_path, bare_target),
    "AION": (servers.aion, aion_target),
}


def main() -> None:
    """Measures and prints; a wrong answer ends the run."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    arguments.add_argument("--rounds", type=int, default=3, help="whose median is shown")
    given = arguments.parse_args()
    rates: dict[str, list[float]] = {name: [] for name in SUBJECTS}
    latencies: dict[str, list[Latencies]] = {name: [] for name in SUBJECTS}
    for round_number in range(1, given.rounds + 1):
        for name, (serve, target_of) in SUBJECTS.items():
            with serve() as server:
                target = target_of(server)
                rates[name].append(asyncio.run(throughput(target, IN_FLIGHT, given.seconds)))
                latencies[name].append(asyncio.run(open_loop(target, RATE, given.seconds)))
            print(f"round {round_number}: {name} {rates[name][-1]:.0f}/s", flush=True)
    _report(rates, latencies)


def _report(rates: dict[str, list[float]], latencies: dict[str, list[Latencies]]) -> None:
    floor = statistics.median(rates["grpc.aio echo"])
    print(f"\n{'durable submit -> WASM -> result':32}{'calls/s':>9}{'x echo':>8}", end="")
    print(f"{'p50 ms':>9}{'p99 ms':>9}{'p99.9 ms':>10}   at {RATE:.0f}/s from due time")
    for name in SUBJECTS:
        rate = statistics.median(rates[name])
        print(f"{name:32}{rate:9.0f}{rate / floor:8.2f}", end="")
        for share, width in ((0.5, 9), (0.99, 9), (0.999, 10)):
            print(f"{statistics.median(one.quantile(share) for one in latencies[name]):{width}.2f}", end="")
        print()


if __name__ == "__main__":
    main()
