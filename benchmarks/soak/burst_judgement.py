"""What a burst says of the server, from the outcomes of its calls alone: who was refused, how, and how soon all was as
before. Nothing here measures, so that tests can hold it to outcomes that they make up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.soak.aftermath import Aftermath
from benchmarks.soak.outcomes import (
    LATE,
    REFUSED,
    Outcome,
    by_code,
    generator_words,
    latency_ms,
    latency_words,
    quantile_ms,
)
from benchmarks.soak.promises import Findings, Promise
from benchmarks.soak.rest_clients import Made

LEAD = 10.0
TAIL = 30.0
OTHER_RATE = 20.0

RECOVERY = 10.0
"""Seconds after a burst by which all is to be as before."""

BEFORE_MS = 100.0
"""What p99 was before a burst, and is to be again."""

WINDOW = 5
"""Seconds over which p99 is taken to see whether all is as before: of the calls of a single one, three decide."""

OVER_GRPC = 1 / 15
"""The share of the burst that comes over gRPC: both doors see it, and clients of gRPC cost too much to be many."""

IN_TIME = 0.020
IN_TIME_PERCENT = 99.0
"""A client that sends a call later than so many seconds after its due time measures itself; so many must not."""


@dataclass(frozen=True, slots=True)
class Size:
    """Calls a second below the burst and of the burst, and its seconds."""

    rate: float
    extra: float
    seconds: float


@dataclass(slots=True)
class Load:
    """What became of every call: of the tenant's usual load, of its burst by its two doors, of the other tenant's."""

    base: list[Outcome] = field(default_factory=list)
    over_rest: Made = field(default_factory=Made)
    over_grpc: list[Outcome] = field(default_factory=list)
    others: list[Outcome] = field(default_factory=list)

    @property
    def by_grpc_clients(self) -> list[Outcome]:
        """All but those over REST."""
        return [*self.base, *self.over_grpc, *self.others]

    @property
    def calls(self) -> list[Outcome]:
        """All of both tenants, by both doors."""
        return [*self.by_grpc_clients, *self.over_rest.outcomes]


def judged(load: Load, left: Aftermath, size: Size, floor: float) -> Findings:
    """The promises and what explains them. `floor` is what the bare echo made just before."""
    end = LEAD + size.seconds
    during, of_other = (_within(ones, LEAD, end) for ones in (load.calls, load.others))
    after = _within([*load.base, *load.others], end, end + TAIL)
    odd = [one for one in load.calls if not one.good and one.code not in LATE and not one.well_refused]
    in_time, late = punctuality(during)
    _, late_after = punctuality(after)
    rest, grpc = _refusals(load.over_rest.outcomes), _refusals(load.by_grpc_clients)
    served = sum(one.good for one in during) / size.seconds
    return Findings(
        "Burst",
        f"{size.extra:g} calls a second for {size.seconds:g} s, of these {OVER_GRPC * size.extra:g} over gRPC, the "
        f"others over REST and {load.over_rest.connections} connections, on top of {size.rate:g} over gRPC, all of one "
        f"tenant; another tenant with {OTHER_RATE:g} a second. The mix of the mixed load; a client gives each call ten "
        "seconds. The clients have the processors first. All is as before from the first second from which each "
        f"{WINDOW} seconds keep the bound, to the end of the {TAIL:g} that are looked at; inf: it never was.",
        (
            Promise(
                f"calls sent within {1000 * IN_TIME:g} ms of their due time, meanwhile",
                in_time,
                IN_TIME_PERCENT,
                "%",
                at_least=True,
            ),
            Promise("refusals without type or hint, and other failures", len(odd), 0),
            Promise("calls that ran out of time", sum(one.code in LATE for one in load.calls), 0, why_not=late),
            Promise("p99 of refusals over REST, from due time", rest.p99, 50, "ms", why_not=late),
            Promise("p99 of refusals over gRPC, from due time", grpc.p99, 50, "ms", why_not=late),
            Promise("good calls a second meanwhile", served, size.rate, "/s", at_least=True, why_not=late),
            Promise(
                f"seconds until p99 is below {BEFORE_MS:g} ms again",
                recovered_after(after, end),
                RECOVERY,
                "s",
                why_not=late_after,
            ),
            Promise("refused calls of the other tenant", sum(one.code == REFUSED for one in load.others), 0),
            *left.promises,
        ),
        (
            f"A bare grpc.aio echo answers {floor:.0f} calls a second here, generator included, just before.",
            f"Before: {_quantiles(_within(load.base, 0, LEAD))}. Meanwhile: {by_code(during)}.",
            f"Good calls meanwhile: {_quantiles(during)}; of the other tenant: {_quantiles(of_other)}.",
            f"Refusals over REST: {rest.words}; over gRPC: {grpc.words}. Failures of another kind: {by_code(odd)}.",
            f"Afterwards nothing waited any more within {left.seconds:.1f} s.",
            "After the burst:\n" + latency_words(after),
            f"REST: {generator_words(load.over_rest.outcomes)} {load.over_rest.processor_ms:.2f} ms of processor each.",
            f"gRPC: {generator_words(load.by_grpc_clients)}",
        ),
    )


def punctuality(outcomes: Sequence[Outcome]) -> tuple[float, str]:
    """How many percent of the calls were sent in time, and if these are too few, what that means for the others."""
    percent = 100 * sum(one.lag <= IN_TIME for one in outcomes) / max(1, len(outcomes))
    return percent, "" if percent >= IN_TIME_PERCENT else "the clients were late, so this is not the server's time"


def recovered_after(outcomes: Sequence[Outcome], end: float) -> float:
    """Whole seconds after `end` from which on the calls of every window keep the bound at p99; infinite when there is
    no such second. A refusal is as bad as a slow call, and a window without calls shows nothing that is good.
    """
    recovered = math.inf
    for second in range(int(TAIL) - WINDOW, -1, -1):
        window = _within(outcomes, end + second, end + second + WINDOW)
        times = [one.took if one.good else math.inf for one in window]
        if not times or quantile_ms(times, 0.99) > BEFORE_MS:
            break
        recovered = float(second)
    return recovered


class _Refusals(NamedTuple):
    p99: float
    words: str


def _refusals(outcomes: Sequence[Outcome]) -> _Refusals:
    times = [one.took for one in outcomes if one.code == REFUSED]
    p50, p99, most = (quantile_ms(times, share) for share in (0.5, 0.99, 1.0))
    return _Refusals(p99, f"{len(times)}, p50 {p50:.1f} ms, p99 {p99:.1f} ms, at most {most:.0f} ms")


def _within(outcomes: Sequence[Outcome], begin: float, end: float) -> list[Outcome]:
    return [one for one in outcomes if begin <= one.due < end]


def _quantiles(outcomes: Sequence[Outcome]) -> str:
    p50, p99 = (latency_ms(outcomes, share) for share in (0.5, 0.99))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
