"""`python -m benchmarks.refusals`: what a REST call that is refused takes of the server's processors.

64 connections send the next one at once; of two places for calls that wait, none is ever free for long.
"""

import argparse
import asyncio
import time
from collections import Counter

from benchmarks import machine, servers
from benchmarks.doors.http_connection import HttpConnection, request
from benchmarks.processes import processor_seconds

AT_ONCE = 64
PLACES = 2
WARM_UP, SECONDS = 2.0, 5.0
BODY = b'{"intent":"summarize","params":{"text":"x"}}'


async def _one_after_the_other(server: servers.Served, until: float, answers: Counter[int]) -> None:
    connection = await HttpConnection.open(server.http)
    headers = {"Authorization": f"Bearer {server.api_key}", "Content-Type": "application/json"}
    call = request("POST", "/v1/tasks", headers, BODY)
    while time.perf_counter() < until:
        answers[(await connection.call(call)).status] += 1
    connection.close()


async def answered(server: servers.Served, seconds: float) -> Counter[int]:
    """How many calls were answered with which status."""
    answers: Counter[int] = Counter()
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_one_after_the_other(server, until, answers) for _ in range(AT_ONCE)))
    return answers


def main() -> None:
    """Prints it."""
    argparse.ArgumentParser(prog="python -m benchmarks.refusals", description=__doc__).parse_args()
    print(machine.head(machine.facts()))
    with servers.aion(AION_MAX_QUEUED_CALLS=str(PLACES)) as server:
        asyncio.run(answered(server, WARM_UP))
        before = processor_seconds(server.pid)
        answers = asyncio.run(answered(server, SECONDS))
        taken = processor_seconds(server.pid) - before
    calls = answers.total()
    refused = answers[429]
    print(f"{1e6 * taken / calls:.0f} us a call, of which {100 * refused / calls:.1f} % were refused; {calls} calls in")
    print(f"{SECONDS:g} s, answered with {dict(answers)}")


if __name__ == "__main__":
    main()
