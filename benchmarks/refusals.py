"""`python -m benchmarks.refusals`: what a REST call that is refused takes of the server's processors.

64 connections send the next one at once; of two places for calls that wait, none is ever free for long. Some calls get
one and are answered: with an error, since they ask for what is not there, so that they leave no work behind. What such
a call takes is measured apart, with as many at once and a place for each, and subtracted.
"""

import argparse
import asyncio
import time
from collections import Counter

from benchmarks import machine, servers
from benchmarks.doors.http_connection import HttpConnection, request
from benchmarks.load import WrongAnswer
from benchmarks.processes import processor_seconds

AT_ONCE = 64
PLACES, ENOUGH_PLACES = 2, 500
WARM_UP, SECONDS = 2.0, 5.0
LET_IN, REFUSED = 400, 429
BODY = b'{"intent":"nothing-of-the-kind","params":{}}'


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


def measured(places: int) -> tuple[float, Counter[int]]:
    """The processor seconds of a server with so many places, and what it answered meanwhile."""
    with servers.aion(AION_MAX_QUEUED_CALLS=str(places)) as server:
        asyncio.run(answered(server, WARM_UP))
        before = processor_seconds(server.pid)
        answers = asyncio.run(answered(server, SECONDS))
        return processor_seconds(server.pid) - before, answers


def of_one_let_in(taken: float, answers: Counter[int]) -> float:
    """Processor seconds of a call that is let in. Raises WrongAnswer when there were others."""
    if set(answers) != {LET_IN}:
        raise WrongAnswer(f"not all calls were let in: {dict(answers)}")
    return taken / answers[LET_IN]


def of_one_refused(taken: float, answers: Counter[int], let_in: float) -> float:
    """Processor seconds of a call that is refused: without what those took that were let in. Raises WrongAnswer."""
    if not answers[REFUSED] or not set(answers) <= {LET_IN, REFUSED}:
        raise WrongAnswer(f"none was refused, or some for another reason: {dict(answers)}")
    return (taken - answers[LET_IN] * let_in) / answers[REFUSED]


def main() -> None:
    """Prints it."""
    argparse.ArgumentParser(prog="python -m benchmarks.refusals", description=__doc__).parse_args()
    print(machine.head(machine.facts()))
    let_in = of_one_let_in(*measured(ENOUGH_PLACES))
    taken, answers = measured(PLACES)
    refused = of_one_refused(taken, answers, let_in)
    share = 100 * answers[REFUSED] / answers.total()
    print(
        f"{1e6 * refused:.0f} us of the server a refused call; {share:.1f} % of {answers.total()} calls were refused."
    )
    print(
        f"Subtracted: {1e6 * let_in:.0f} us for each of the {answers[LET_IN]} others, measured with a place for each."
    )


if __name__ == "__main__":
    main()
