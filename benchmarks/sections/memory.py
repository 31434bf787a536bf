"""Memory of the server and its host processes: idle, after load, and what a thousand tasks leave behind."""

import asyncio
import time

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


def measure(scale: Scale) -> Section:
    """Idle, then a steady load, then all that it bears, with a look in the quiet after each."""
    rows = []
    with servers.aion() as server:
        target = aion_target(server)
        rows.append(_look("idle, just started", server, first := _quiet(server), 0, first))
        done = _ended(server)
        asyncio.run(open_loop(target, RATE, scale.load_seconds))
        steady = _quiet(server)
        rows.append(
            _look(f"after {scale.load_seconds:g} s at {RATE:.0f}/s", server, steady, _ended(server) - done, first)
        )
        done = _ended(server)
        asyncio.run(throughput(target, IN_FLIGHT, scale.load_seconds))
        last = _quiet(server)
        rows.append(_look("after as long at all that it bears", server, last, _ended(server) - done, steady))
    return Section(
        "Memory",
        "PSS of the server with its host processes, three quiet seconds after each load. Growth is against the row "
        "before; part of it is the cache of tasks, which has a bound.",
        tuple(rows),
    )


def _quiet(server: servers.Served) -> float:
    time.sleep(_QUIET_SECONDS)
    return pss_mib(server.pid)


def _ended(server: servers.Served) -> float:
    return total(scrape(server), "aion_tasks_ended_total")


def _look(what: str, server: servers.Served, mib: float, tasks: float, before: float) -> Row:
    figures = [
        Figure("MiB", mib, None if tasks else at_most(220), 1),
        Figure("processes", len(tree_of(server.pid))),
        Figure("tasks", tasks),
    ]
    if tasks:
        figures.append(Figure("MiB grown a 1,000 tasks", 1000 * (mib - before) / tasks, None, 3))
    return Row(what, tuple(figures))
