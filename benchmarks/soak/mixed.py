"""A mixed load for a long time: no errors, no slow calls, and a server that is not larger at its end."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from benchmarks import servers
from benchmarks.soak.aftermath import Aftermath, aftermath
from benchmarks.soak.calls import HELD_FOR, Mix, client_of
from benchmarks.soak.footprint import Sample, growth_percent, watched
from benchmarks.soak.generator import at_rate
from benchmarks.soak.outcomes import Outcome, by_code, generator_words, latency_ms, latency_words
from benchmarks.soak.promises import Findings, Promise

SETTLED_AFTER = 180.0
"""Seconds of load after which caches, pools and arenas are as large as they get."""

JUDGED_FROM = 600.0
"""Seconds of load below which a slope says nothing: a single arena of the allocator would decide."""


@dataclass(frozen=True, slots=True)
class Size:
    """Calls a second, and for how many of them."""

    rate: float
    seconds: float


async def mixed(rate: float, seconds: float, held_for: timedelta = HELD_FOR, **settings: str) -> Findings:
    """Runs it against a server of its own. `settings` are those of the server, by their variables."""
    outcomes: list[Outcome] = []
    with servers.aion(**settings) as server:
        async with client_of(server.grpc, server.api_key, held_for=held_for) as client:
            began = time.perf_counter()
            async with watched(server.pid) as samples:
                await at_rate(Mix(client), rate, seconds, 0.0, outcomes)
                took = time.perf_counter() - began
            left = await aftermath(server, [client])
    return judged(outcomes, took, samples, left, Size(rate, seconds))


def judged(
    outcomes: Sequence[Outcome], took: float, samples: Sequence[Sample], left: Aftermath, size: Size
) -> Findings:
    """What the outcomes of the calls, which took so long, and the looks at the server say."""
    bad = [one for one in outcomes if not one.good]
    answered = len(outcomes) / took
    return Findings(
        "Mixed load",
        f"{size.rate:g} calls a second for {size.seconds / 60:g} minutes over one connection: 60 % submits (of these a "
        "twelfth streams, a twelfth for later), 25 % gets, 10 % lists, 5 % cancels.",
        (
            Promise("calls that were not answered well", len(bad), 0),
            Promise("p99 of all calls from due time", latency_ms(outcomes, 0.99), 100, "ms"),
            Promise("calls answered a second", answered, 0.99 * size.rate, "/s", at_least=True),
            *left.promises,
            *_flat(samples, size.seconds),
        ),
        (
            latency_words(outcomes),
            f"Calls that were not answered well: {by_code(bad)}.",
            _span(samples),
            generator_words(outcomes),
        ),
    )


def _flat(samples: Sequence[Sample], seconds: float) -> tuple[Promise, ...]:
    settled = [one for one in samples if one.at >= min(SETTLED_AFTER, seconds / 5)]
    times = [one.at for one in settled]
    why_not = "" if seconds >= JUDGED_FROM else f"it takes {JUDGED_FROM / 60:g} minutes of load"
    return tuple(
        Promise(f"growth of {what} once settled", growth_percent(times, values), 1, "%", why_not=why_not)
        for what, values in (
            ("memory (PSS of all processes)", [one.memory for one in settled]),
            ("open files", [one.files for one in settled]),
            ("threads", [one.threads for one in settled]),
        )
    )


def _span(samples: Sequence[Sample]) -> str:
    first, last = samples[0], samples[-1]
    most = max(one.memory for one in samples)
    return (
        f"Memory {first.memory:.1f} MiB at the start, {last.memory:.1f} at the end, at most {most:.1f}; open files "
        f"{first.files:g} and {last.files:g}; threads {first.threads:g} and {last.threads:g}; {len(samples)} samples. "
        f"Memory at the start of each minute: {_by_minute(samples)} MiB."
    )


def _by_minute(samples: Sequence[Sample]) -> str:
    """Shows when it grew: caches fill early, a leak goes on."""
    minutes: dict[int, float] = {}
    for one in samples:
        minutes.setdefault(int(one.at // 60), one.memory)
    return ", ".join(f"{memory:.0f}" for memory in minutes.values())
