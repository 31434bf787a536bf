"""What each stage of a submit costs, by the server's own profile (AION_STAGE_PROFILE), and what the profile costs."""

import asyncio

from aion.app.composition.stage_profile import PLACES
from benchmarks import servers
from benchmarks.floor import IN_FLIGHT
from benchmarks.load import Target, WrongAnswer, open_loop, throughput
from benchmarks.report import Figure, Row, Section
from benchmarks.scale import Scale
from benchmarks.scraping import Samples, scrape, total
from benchmarks.submits import aion_target

RATE = 200.0
_SECONDS, _COUNT, _PROCESSOR = (
    f"aion_stage_{what}" for what in ("seconds_sum", "seconds_count", "processor_seconds_total")
)


def measure(scale: Scale) -> Section:
    """At a steady rate, where stages rarely wait for other calls; then at all that it bears."""
    with servers.aion(AION_STAGE_PROFILE="on") as server:
        target = aion_target(server)
        before = asyncio.run(_warm(server, target))
        asyncio.run(open_loop(target, RATE, scale.seconds))
        steady = _stages(before, after := scrape(server))
        profiled = asyncio.run(throughput(target, IN_FLIGHT, scale.seconds))
        busy = _stages(after, scrape(server))
    with servers.aion() as server:
        plain = asyncio.run(throughput(aion_target(server), IN_FLIGHT, scale.seconds))
    stages = dict.fromkeys(place.stage for place in PLACES)
    rows = [Row(stage, (*_figures(steady[stage], ""), *_figures(busy[stage], ", busy"))) for stage in stages]
    return Section(
        "Stages of a submit",
        f"Microseconds a task by the clock, and of processor time where a stage never waits, at {RATE:.0f}/s and with "
        f"{IN_FLIGHT} in flight (busy). A stage is without the stages within it in its thread; `call` is all of a "
        f"call. `times` is how often a task passes. With the profile {profiled:.0f}/s, without it {plain:.0f}/s.",
        tuple(rows),
    )


async def _warm(server: servers.Served, target: Target) -> Samples:
    await open_loop(target, RATE, 0.5)
    return scrape(server)


def _stages(before: Samples, after: Samples) -> dict[str, tuple[float, float, float]]:
    """Of each stage: how often a task came through, its seconds and its processor seconds for a task."""

    def grown(name: str, **labels: str) -> float:
        return total(after, name, **labels) - total(before, name, **labels)

    stages = [dict(labels)["stage"] for name, labels in after if name == _COUNT]
    tasks = grown("aion_tasks_ended_total", state="OK")
    if not stages or tasks <= 0:
        raise WrongAnswer("the server shows no stages")
    return {
        stage: (
            grown(_COUNT, stage=stage) / tasks,
            grown(_SECONDS, stage=stage) / tasks,
            grown(_PROCESSOR, stage=stage) / tasks,
        )
        for stage in stages
    }


def _figures(stage: tuple[float, float, float], when: str) -> tuple[Figure, ...]:
    times, seconds, processor = stage
    figures = (Figure(f"times{when}", times, None, 2), Figure(f"us{when}", 1e6 * seconds))
    return (*figures, Figure(f"processor us{when}", 1e6 * processor)) if processor else figures
