"""The same submit through every door, each with a fresh server."""

import asyncio
import statistics
from collections.abc import Callable
from functools import partial

from benchmarks import servers
from benchmarks.doors import http_doors, typescript_sdk
from benchmarks.doors.python_sdk import PythonSdk
from benchmarks.doors.socket_door import SocketDoor
from benchmarks.floor import IN_FLIGHT, echo_rate
from benchmarks.load import Door, Latencies, Pace, closed_loop, open_loop
from benchmarks.processes import processor_seconds
from benchmarks.report import Figure, Row, Section, at_least
from benchmarks.scale import Scale
from benchmarks.submits import aion_target

RATE = 100.0
REST = "REST"
TYPESCRIPT = "TypeScript SDK"

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


def measure(scale: Scale) -> Section:
    """The echo before and after, so that its share in the ratio is of the same minutes."""
    before = echo_rate(scale)
    measures: dict[str, Measure] = {name: partial(_measured, door_of) for name, door_of in DOORS.items()}
    measures[TYPESCRIPT] = _node
    found: dict[str, tuple[Pace, Latencies, float]] = {}
    for name, of_door in measures.items():
        with servers.aion() as server:
            used = processor_seconds(server.pid)
            pace, latencies = of_door(server, scale)
            used = processor_seconds(server.pid) - used
            found[name] = pace, latencies, used / (pace.calls + len(latencies.seconds) + 1)
    floor = statistics.mean((before, echo_rate(scale)))
    return Section(
        "Doors",
        f"A durable submit to its result. calls/s with {IN_FLIGHT} in flight: {IN_FLIGHT} kept connections for REST, "
        f"SSE, WebSocket, Connect and gRPC-Web, one for the others; p50 and p99 in open loop at {RATE:.0f}/s. The HTTP "
        "and WebSocket clients are sockets and a parser; `server us` and `client us` are what the server's process, "
        f"without its hosts, and the client take of the processors for a call. Echo {floor:.0f}/s.",
        tuple(_row(name, *one, floor) for name, one in found.items()),
    )


def _measured(
    door_of: Callable[[servers.Served], Door], server: servers.Served, scale: Scale
) -> tuple[Pace, Latencies]:
    door = door_of(server)
    pace = asyncio.run(closed_loop(door, IN_FLIGHT, scale.seconds))
    return pace, asyncio.run(open_loop(door, RATE, scale.seconds, IN_FLIGHT))


def _node(server: servers.Served, scale: Scale) -> tuple[Pace, Latencies]:
    return typescript_sdk.measure(server, IN_FLIGHT, RATE, scale.seconds)


def _row(name: str, pace: Pace, latencies: Latencies, used: float, floor: float) -> Row:
    return Row(
        name,
        (
            Figure("calls/s", pace.per_second),
            Figure("x echo", pace.per_second / floor, at_least(0.30) if name == REST else None, 2),
            Figure("p50 ms", latencies.quantile(0.5), None, 2),
            Figure("p99 ms", latencies.quantile(0.99), None, 2),
            Figure("refused %", latencies.refused_percent, None, 1),
            Figure("server us", 1e6 * used),
            Figure("client us", pace.client_us),
        ),
    )
