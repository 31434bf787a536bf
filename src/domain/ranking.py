"""Which engine a task runs on: of those that pass every gate, the one with the best score; and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from aion.domain.drawing import drawn
from aion.domain.errors import FieldViolation, NoEligibleEngine
from aion.domain.gates import refusals
from aion.domain.routing import (
    AI_ROUTER,
    ENOUGH_ATTEMPTS,
    POLICY_OVERRIDE,
    RECENT,
    Candidate,
    Decision,
    EngineFacts,
    Refusal,
    Route,
    RoutingQuestion,
    digest_of,
    is_named,
    whole_ms,
)

_LATENCY_UNKNOWN: Final = (
    f"latency unknown: fewer than {ENOUGH_ATTEMPTS} attempts ended OK in the last "
    f"{RECENT // timedelta(minutes=1)} minutes"
)
_MILLISECOND: Final = timedelta(milliseconds=1)
# Each step outweighs all that stands below it: what is added below never reaches the next one.
_NOT_PINNED: Final = 1e12
_NOT_PREFERRED: Final = 1e10
_NOT_DRAWN: Final = 2e9
_STANDS_IN: Final = 1e9
_A_PLACE_LATER: Final = 1e6
_REMOTE: Final = 5e5
_LAST_PLACE: Final = 999
_MOST_MONEY_AND_TIME: Final = 499_999.0


def score(engine: EngineFacts, question: RoutingQuestion, first: str = "") -> float:
    """How good an eligible engine is for this task; lower is better. `first` is the engine that was drawn by weight.

    The operator's pin comes first, then the client's preference, the draw, the operator's order, local before remote,
    and then money and latency: a micro-dollar weighs as much as a millisecond. A latency that was never
    measured counts as none, so that a new engine gets its chance.
    """
    total = min(engine.cost_micros + (engine.p95 or timedelta()) / _MILLISECOND, _MOST_MONEY_AND_TIME)
    total += 0.0 if engine.route is Route.LOCAL else _REMOTE
    total += min(engine.preference, _LAST_PLACE) * _A_PLACE_LATER
    total += _STANDS_IN if engine.weight == 0 else 0.0
    total += _NOT_DRAWN if first and engine.name != first else 0.0
    not_pinned, not_preferred = _wishes(engine, question)
    return total + not_preferred * _NOT_PREFERRED + not_pinned * _NOT_PINNED


def lots(eligible: Iterable[EngineFacts], question: RoutingQuestion) -> Mapping[str, int]:
    """The engines among which this task's is drawn, with their weights.

    Pin and preference win over the draw: only the engines that fulfil most of both are in it.
    """
    weighted = list(eligible)
    best = min((_wishes(engine, question) for engine in weighted), default=None)
    return {engine.name: engine.weight for engine in weighted if engine.weight and _wishes(engine, question) == best}


def _wishes(engine: EngineFacts, question: RoutingQuestion) -> tuple[bool, bool]:
    """Whether it is not the pinned engine, and whether it is not the preferred one."""
    return (
        not is_named(engine.name, question.pinned_engine, engine.digest),
        not is_named(engine.name, question.preferred_engine, engine.digest),
    )


def decide(engines: Iterable[EngineFacts], question: RoutingQuestion, policy_version: str, now: datetime) -> Decision:
    """The decision for this question; raises NoEligibleEngine, naming every refusal, when nothing is left."""
    eligible: list[EngineFacts] = []
    refused: list[Candidate] = []
    for engine in engines:
        if found := refusals(engine, question):
            refused.append(_refused(engine, found))
        else:
            eligible.append(engine)
    refused.sort(key=lambda candidate: candidate.engine)
    if not eligible:
        raise NoEligibleEngine(
            f"no engine may run {question.intent}: "
            + ("; ".join(candidate.reason for candidate in refused) or "none is bound to this intent"),
            violations=tuple(FieldViolation(candidate.engine, candidate.reason) for candidate in refused),
            facts={candidate.engine: ",".join(r.reason.name for r in candidate.refusals) for candidate in refused},
        )
    weights = lots(eligible, question)
    first = drawn(weights, question.draw)
    # Where the score no longer tells apart, the cheaper, then the faster, then the name: never who came first.
    scored = sorted(
        ((score(e, question, first), e.cost_micros, e.p95 or timedelta(), e.name, e) for e in eligible),
        key=lambda entry: entry[:4],
    )
    ranked = [_ranked(each[-1], rank, each[0], question, weights) for rank, each in enumerate(scored, start=1)]
    best = ranked[0]
    overridden = bool(question.pinned_engine) and is_named(best.engine, question.pinned_engine, best.digest)
    return Decision(
        engine=best.engine,
        route=best.route,
        chosen_by=POLICY_OVERRIDE if overridden else AI_ROUTER,
        reason="; ".join(_why_decided(ranked, refused, question)),
        candidates=(*ranked, *refused),
        policy_version=policy_version,
        decide_time=now,
        engine_digest=best.digest,
        digest_pinned=bool(digest_of(question.pinned_engine) or digest_of(question.preferred_engine)),
        client_pinned=bool(digest_of(question.preferred_engine)),
    )


def _refused(engine: EngineFacts, found: tuple[Refusal, ...]) -> Candidate:
    return Candidate(
        engine=engine.name,
        route=engine.route,
        refusals=found,
        reason="; ".join(refusal.message for refusal in found),
        expected_cost_micros=engine.cost_micros,
        expected_latency=engine.p95,
        digest=engine.digest,
        weight=engine.weight,
    )


def _ranked(
    engine: EngineFacts, rank: int, points: float, question: RoutingQuestion, weights: Mapping[str, int]
) -> Candidate:
    return Candidate(
        engine=engine.name,
        route=engine.route,
        refusals=(),
        reason=_why_ranked(engine, rank, question, weights),
        rank=rank,
        score=points,
        expected_cost_micros=engine.cost_micros,
        expected_latency=engine.p95,
        digest=engine.digest,
        weight=engine.weight,
    )


def _why_ranked(engine: EngineFacts, rank: int, question: RoutingQuestion, weights: Mapping[str, int]) -> str:
    named = ""
    if question.pinned_engine and is_named(engine.name, question.pinned_engine, engine.digest):
        named = " as policy pins it"
    elif question.preferred_engine and is_named(engine.name, question.preferred_engine, engine.digest):
        named = " as asked for"
    if engine.name in weights and len(weights) > 1:
        share = f"weight {engine.weight} of {sum(weights.values())}"
        named += f", drawn by {share}" if rank == 1 else f", {share}"
    elif engine.weight is not None:
        named += f", weight {engine.weight}"
    cost = f"{engine.cost_micros} micro-dollars" if engine.cost_micros else "free"
    latency = f"p95 {whole_ms(engine.p95)} ms" if engine.p95 else _LATENCY_UNKNOWN
    return f"rank {rank}{named}: {engine.route.value}, {cost}, {latency}"


def _why_decided(ranked: Sequence[Candidate], refused: Sequence[Candidate], question: RoutingQuestion) -> Iterator[str]:
    best = ranked[0]
    yield best.reason
    yield f"{len(ranked)} of {len(ranked) + len(refused)} candidates eligible"
    for wish, name in (("pinned", question.pinned_engine), ("preferred", question.preferred_engine)):
        if is_named(best.engine, name, best.digest):
            continue
        if any(is_named(candidate.engine, name, candidate.digest) for candidate in refused):
            yield f"the {wish} {name} was refused"
        elif not any(is_named(candidate.engine, name, candidate.digest) for candidate in ranked):
            yield f"the {wish} {name} is not an engine of {question.intent}"
