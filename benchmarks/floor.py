"""The floor of a section: the bare echo, measured right beside what is compared with it."""

import asyncio

from benchmarks import servers
from benchmarks.load import throughput
from benchmarks.scale import Scale
from benchmarks.submits import echo_target

IN_FLIGHT = 64


def echo_rate(scale: Scale) -> float:
    """Calls a second of the echo at 64 in flight, now."""
    with servers.echo() as server:
        return asyncio.run(throughput(echo_target(server), IN_FLIGHT, scale.echo_seconds))
