"""The comparison as a section of the report: medians of all rounds, and who did not run, with why."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.peers.one_round import Plan
from benchmarks.peers.rounds import Outcome
from benchmarks.report import Figure, Row, Section

_REASON = 300


def section(outcomes: Sequence[Outcome], plan: Plan) -> Section:
    """The first outcome is the echo, the second AION: ratios are to them. Both ran."""
    medians = [_medians(outcome) for outcome in outcomes]
    echo, aion = medians[0]["calls/s"], medians[1]["calls/s"]
    rows = [
        Row(_subject(outcome), _figures(found, echo, aion, plan) if found else ())
        for outcome, found in zip(outcomes, medians, strict=True)
    ]
    rounds = len(outcomes[0].rounds)
    return Section(
        "Peers: a job is submitted, its result waited for",
        f"calls/s with {plan.in_flight} in flight, and microseconds of processor time for each; latency in open loop "
        f"from the moment a call was due; idle MiB: PSS of all processes but the client; first answer: from exec of "
        f"the first process. AION runs a WASM module over the text, the others a Python function that returns it. "
        f"Medians of {rounds} interleaved rounds of {plan.seconds:g} s.",
        tuple(rows),
    )


def reasons(outcomes: Sequence[Outcome]) -> Sequence[str]:
    """A line for each that did not run, or not to the end."""
    return [f"{outcome.entry.name}: {_last_line(outcome.failed)}" for outcome in outcomes if outcome.failed]


def packages(outcomes: Sequence[Outcome]) -> str:
    """The versions of what was measured."""
    named = {name: version for outcome in outcomes for name, version in outcome.packages.items()}
    return ", ".join(f"{name} {version}" for name, version in named.items())


def _medians(outcome: Outcome) -> Mapping[str, float]:
    if outcome.failed:
        return {}
    return {name: statistics.median(found[name] for found in outcome.rounds) for name in outcome.rounds[0]}


def _subject(outcome: Outcome) -> str:
    entry = outcome.entry
    return f"{entry.name} ({'did not run' if outcome.failed else 'durable' if entry.durable else 'nothing kept'})"


def _figures(found: Mapping[str, float], echo: float, aion: float, plan: Plan) -> tuple[Figure, ...]:
    at_rates = [
        figure
        for rate in plan.rates
        for figure in (
            Figure(f"p50 ms at {rate:g}/s", found[f"p50 ms at {rate:g}/s"], None, 1),
            Figure(f"p99 ms at {rate:g}/s", found[f"p99 ms at {rate:g}/s"], None, 1),
        )
    ]
    highest = f"refused % at {max(plan.rates):g}/s"
    return (
        Figure("calls/s", found["calls/s"]),
        Figure("x echo", found["calls/s"] / echo, None, 3),
        Figure("x AION", found["calls/s"] / aion, None, 2),
        *at_rates,
        Figure(highest, found[highest], None, 1),
        Figure("servers us", found["servers us"]),
        Figure("client us", found["client us"]),
        Figure("idle MiB", found["idle MiB"]),
        Figure("processes", found["processes"]),
        Figure("first answer s", found["first answer s"], None, 2),
    )


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2][-_REASON:]
