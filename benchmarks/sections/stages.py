"""What each stage of a submit costs, by the server's own profile (AION_STAGE_PROFILE), and what the profile costs."""

import asyncio
import statistics
from collections.abc import Mapping, Sequence

from aion.app.composition.stage_profile import PLACES
from benchmarks import servers
from benchmarks.floor import IN_FLIGHT
from benchmarks.load import Target, WrongAnswer, open_loop, throughput
from benchmarks.report import Figure, Row, Section, in_words, median_of
from benchmarks.scale import Scale
from benchmarks.scraping import Samples, scrape, total
from benchmarks.submits import aion_target
from benchmarks.turns import rotated

RATE = 200.0
Stages = Mapping[str, tuple[float, float, float]]
"""Of each stage: how often a task came through, its seconds and its processor seconds for a task."""

_SECONDS, _COUNT, _PROCESSOR = (
    f"aion_stage_{what}" for what in ("seconds_sum", "seconds_count", "processor_seconds_total")
)


def measure(scale: Scale) -> Section:
    """At a steady rate, where stages rarely wait for other calls; then at all that it bears. In each round once with
    the profile and once without it, by turns in either order.
    """
    steady: list[Stages] = []
    busy: list[Stages] = []
    rates: dict[str, list[float]] = {"on": [], "off": []}
    for number in range(scale.rounds):
        for profile in rotated(list(rates), number):
            with servers.aion(AION_STAGE_PROFILE=profile) as server:
                target = aion_target(server)
                before = asyncio.run(_warm(server, target))
                asyncio.run(open_loop(target, RATE, scale.stage_seconds))
                after = scrape(server)
                rates[profile].append(asyncio.run(throughput(target, IN_FLIGHT, scale.stage_seconds)))
                if profile == "on":
                    steady.append(_stages(before, after))
                    busy.append(_stages(after, scrape(server)))
    stages = dict.fromkeys(place.stage for place in PLACES)
    rows = [Row(one, (*_figures(_median(steady, one), ""), *_figures(_median(busy, one), ", busy"))) for one in stages]
    costs = [100 * (1 - profiled / plain) for profiled, plain in zip(rates["on"], rates["off"], strict=True)]
    profiled, plain, cost = (in_words(median_of("", values)) for values in (rates["on"], rates["off"], costs))
    return Section(
        "Stages of a submit",
        f"Microseconds a task by the clock, and of processor time where a stage never waits, at {RATE:.0f}/s and with "
        f"{IN_FLIGHT} in flight (busy). A stage is without the stages within it in its thread; `call` is all of a "
        f"call. `times` is how often a task passes. Medians of {scale.rounds} rounds of {scale.stage_seconds:g} s, "
        f"each with the profile and without it, by turns in either order: with it {profiled} calls/s, without it "
        f"{plain}; of a round's calls it costs {cost} %.",
        tuple(rows),
    )


def _median(rounds: Sequence[Stages], stage: str) -> tuple[float, float, float]:
    times, seconds, processor = (statistics.median(one[stage][which] for one in rounds) for which in range(3))
    return times, seconds, processor


async def _warm(server: servers.Served, target: Target) -> Samples:
    await open_loop(target, RATE, 0.5)
    return scrape(server)


def _stages(before: Samples, after: Samples) -> Stages:
    """What they grew by between the two."""

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
