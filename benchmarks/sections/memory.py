"""Memory of the server and its host processes: idle, after load, and what a thousand tasks leave behind."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks import servers
from benchmarks.load import open_loop, throughput
from benchmarks.processes import pss_mib, tree_of
from benchmarks.report import Figure, Row, Section, at_most
from benchmarks.scale import Scale
from benchmarks.scraping import scrape, total
from benchmarks.submits import aion_target

RATE = 200.0
IN_FLIGHT = 64
_QUIET_SECONDS = 3.0
"""How long nothing is asked of a server before it counts as idle."""

PARTS = 6
"""So often there is a look when it is said how many tasks there are to be."""


def measure(scale: Scale) -> Section:
    """Idle, then a steady load, then all that it bears, with a look in the quiet after each."""
    with servers.aion() as server:
        target = aion_target(server)
        looks = [_look(server)]
        asyncio.run(open_loop(target, RATE, scale.load_seconds))
        looks.append(_look(server))
        for goal in goals(scale.memory_tasks):
            while True:
                asyncio.run(throughput(target, IN_FLIGHT, scale.load_seconds))
                if _ended(server) - looks[0].ended >= goal:
                    break
            looks.append(_look(server))
    return Section(
        "Memory",
        f"PSS of the server with its host processes, three quiet seconds after each load: {scale.load_seconds:g} s at "
        f"{RATE:.0f}/s, from then on all that it bears, {IN_FLIGHT} in flight. Growth is against the row before; part "
        "of it is the cache of tasks, which has a bound.",
        tuple(rows(looks)),
    )


@dataclass(frozen=True, slots=True)
class Look:
    """At a server that has been quiet for a while: its memory, its processes, and the tasks that have ended so far."""

    mib: float
    processes: int
    ended: float


def goals(tasks: int) -> Sequence[int]:
    """After how many tasks in all there is a look: without a number as soon as there may be one."""
    return [tasks * part // PARTS for part in range(1, PARTS + 1)] if tasks else [0]


def rows(looks: Sequence[Look]) -> Iterator[Row]:
    """Each look by the tasks that came before it, and what grew since the last one."""
    first = looks[0]
    yield Row("idle, just started", (Figure("MiB", first.mib, at_most(220), 1), Figure("processes", first.processes)))
    for before, look in pairwise(looks):
        tasks = look.ended - before.ended
        yield Row(
            f"after {look.ended - first.ended:,.0f} tasks",
            (
                Figure("MiB", look.mib, None, 1),
                Figure("processes", look.processes),
                Figure("tasks", tasks),
                Figure("MiB grown a 1,000 tasks", 1000 * (look.mib - before.mib) / tasks, None, 3),
            ),
        )


def _quiet(server: servers.Served) -> float:
    time.sleep(_QUIET_SECONDS)
    return pss_mib(server.pid)


def _ended(server: servers.Served) -> float:
    return total(scrape(server), "aion_tasks_ended_total")


def _look(server: servers.Served) -> Look:
    mib = _quiet(server)
    return Look(mib, len(tree_of(server.pid)), _ended(server))
