"""The same submit through every door, each with a fresh server."""

import asyncio
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from benchmarks import servers
from benchmarks.doors import http_doors, typescript_sdk
from benchmarks.doors.python_sdk import PythonSdk
from benchmarks.doors.socket_door import SocketDoor
from benchmarks.floor import IN_FLIGHT, echo_rate
from benchmarks.load import Door, Latencies, Pace, closed_loop, open_loop, pooled
from benchmarks.processes import processor_seconds
from benchmarks.report import Figure, Row, Section, at_least, in_words, median_of
from benchmarks.scale import Scale
from benchmarks.submits import aion_target
from benchmarks.turns import rotated

RATE = 100.0
ECHO = "echo"
REST = "REST"
TYPESCRIPT = "TypeScript SDK"

TURN = 3
"""By so many places is the order of a round another one than that of the round before."""

Measure = Callable[[servers.Served, Scale], tuple[Pace, Latencies]]

DOORS: dict[str, Callable[[servers.Served], Door]] = {
    "gRPC, one connection": aion_target,
    REST: http_doors.rest,
    "SSE, POST /v1/tasks:stream": http_doors.sse,
    "WebSocket": SocketDoor,
    "Connect, protobuf": http_doors.connect,
    "gRPC-Web, protobuf": http_doors.grpc_web,
    "Python SDK": PythonSdk,
}


@dataclass(slots=True)
class Found:
    """What was measured of one door, a value a round. `used` are the server's processor seconds for a call."""

    paces: list[Pace] = field(default_factory=list)
    latencies: list[Latencies] = field(default_factory=list)
    used: list[float] = field(default_factory=list)


def measure(scale: Scale) -> Section:
    """The echo and all doors in turn, each round begun with another one."""
    measures: dict[str, Measure] = {name: partial(_measured, door_of) for name, door_of in DOORS.items()}
    measures[TYPESCRIPT] = _node
    found = {name: Found() for name in measures}
    echoes: list[float] = []
    for number in range(scale.rounds):
        for name in rotated([ECHO, *measures], number * TURN):
            if name == ECHO:
                echoes.append(echo_rate(scale))
            else:
                _round(measures[name], scale, found[name])
    floor = statistics.median(echoes)
    return Section(
        "Doors",
        f"A durable submit to its result. calls/s with {IN_FLIGHT} in flight: {IN_FLIGHT} kept connections for REST, "
        f"SSE, WebSocket, Connect and gRPC-Web, one for the others; p50 and p99 in open loop at {RATE:.0f}/s, of the "
        f"calls of all rounds. {scale.rounds} rounds of {scale.door_seconds:g} s for all doors and the echo, each "
        "begun with another one: medians, with the least and the most. The HTTP and WebSocket clients are sockets and "
        "a parser; `server us` and `client us` are what the server's process, without its hosts, and the client take "
        f"of the processors for a call. Echo {in_words(median_of('', echoes))}/s.",
        tuple(_row(name, one, floor) for name, one in found.items()),
    )


def _round(of_door: Measure, scale: Scale, found: Found) -> None:
    with servers.aion() as server:
        used = processor_seconds(server.pid)
        pace, latencies = of_door(server, scale)
        used = processor_seconds(server.pid) - used
    found.paces.append(pace)
    found.latencies.append(latencies)
    found.used.append(used / (pace.calls + len(latencies.seconds) + 1))


def _measured(
    door_of: Callable[[servers.Served], Door], server: servers.Served, scale: Scale
) -> tuple[Pace, Latencies]:
    door = door_of(server)
    pace = asyncio.run(closed_loop(door, IN_FLIGHT, scale.door_seconds))
    return pace, asyncio.run(open_loop(door, RATE, scale.door_seconds, IN_FLIGHT))


def _node(server: servers.Served, scale: Scale) -> tuple[Pace, Latencies]:
    return typescript_sdk.measure(server, IN_FLIGHT, RATE, scale.door_seconds)


def _row(name: str, found: Found, floor: float) -> Row:
    rates = [pace.per_second for pace in found.paces]
    latencies = pooled(found.latencies)
    return Row(
        name,
        (
            median_of("calls/s", rates),
            Figure("x echo", statistics.median(rates) / floor, at_least(0.30) if name == REST else None, 2),
            Figure("p50 ms", latencies.quantile(0.5), None, 2),
            Figure("p99 ms", latencies.quantile(0.99), None, 2),
            Figure("of calls", len(latencies.seconds)),
            Figure("refused %", latencies.refused_percent, None, 1),
            Figure("server us", 1e6 * statistics.median(found.used)),
            Figure("client us", statistics.median(pace.client_us for pace in found.paces)),
        ),
    )
