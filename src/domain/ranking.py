"""Which engine a task runs on: of those that pass every gate, the one with the best score; and why."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from aion.domain.errors import FieldViolation, NoEligibleEngine
from aion.domain.gates import refusals
from aion.domain.routing import Candidate, Decision, EngineFacts, Refusal, Route, RoutingQuestion, whole_ms

_MILLISECOND: Final = timedelta(milliseconds=1)
# Each step outweighs all that stands below it: what is added below never reaches the next one.
_NOT_PINNED: Final = 1e12
_NOT_PREFERRED: Final = 1e9
_A_PLACE_LATER: Final = 1e6
_REMOTE: Final = 5e5
_LAST_PLACE: Final = 999
_MOST_MONEY_AND_TIME: Final = 499_999.0


def score(engine: EngineFacts, question: RoutingQuestion) -> float:
    """How good an eligible engine is for this task; lower is better.

    The operator's pin comes first, then the client's preference, the operator's order, local before remote,
    and then money and latency: a micro-dollar weighs as much as a millisecond. A latency that was never
    measured counts as none, so that a new engine gets its chance.
    """
    total = min(engine.cost_micros + (engine.p95 or timedelta()) / _MILLISECOND, _MOST_MONEY_AND_TIME)
    total += 0.0 if engine.route is Route.LOCAL else _REMOTE
    total += min(engine.preference, _LAST_PLACE) * _A_PLACE_LATER
    total += 0.0 if is_named(engine.name, question.preferred_engine) else _NOT_PREFERRED
    total += 0.0 if is_named(engine.name, question.pinned_engine) else _NOT_PINNED
    return total


def is_named(engine: str, name: str) -> bool:
    """Whether `name` means this engine; without a version it means any of its versions, empty any engine."""
    return not name or name in (engine, engine.partition("@")[0])


def decide(engines: Iterable[EngineFacts], question: RoutingQuestion, policy_version: str, now: datetime) -> Decision:
    """The decision for this question; raises NoEligibleEngine, naming every refusal, when nothing is left."""
    passed: list[tuple[float, int, timedelta, str, EngineFacts]] = []
    refused: list[Candidate] = []
    for engine in engines:
        if found := refusals(engine, question):
            refused.append(_refused(engine, found))
        else:
            # Where the score no longer tells apart, the cheaper, then the faster, then the name: never who came first.
            latency = engine.p95 or timedelta()
            passed.append((score(engine, question), engine.cost_micros, latency, engine.name, engine))
    refused.sort(key=lambda candidate: candidate.engine)
    if not passed:
        raise NoEligibleEngine(
            f"no engine may run {question.intent}: "
            + ("; ".join(candidate.reason for candidate in refused) or "none is bound to this intent"),
            violations=tuple(FieldViolation(candidate.engine, candidate.reason) for candidate in refused),
            facts={candidate.engine: ",".join(r.reason.name for r in candidate.refusals) for candidate in refused},
        )
    passed.sort(key=lambda entry: entry[:4])
    ranked = [_ranked(entry[-1], rank, entry[0], question) for rank, entry in enumerate(passed, start=1)]
    best = ranked[0]
    overridden = bool(question.pinned_engine) and is_named(best.engine, question.pinned_engine)
    return Decision(
        engine=best.engine,
        route=best.route,
        chosen_by="policy-override" if overridden else "ai-router",
        reason="; ".join(_why_decided(ranked, refused, question)),
        candidates=(*ranked, *refused),
        policy_version=policy_version,
        decide_time=now,
    )


def _refused(engine: EngineFacts, found: tuple[Refusal, ...]) -> Candidate:
    return Candidate(
        engine=engine.name,
        route=engine.route,
        refusals=found,
        reason="; ".join(refusal.message for refusal in found),
        expected_cost_micros=engine.cost_micros,
        expected_latency=engine.p95,
    )


def _ranked(engine: EngineFacts, rank: int, points: float, question: RoutingQuestion) -> Candidate:
    return Candidate(
        engine=engine.name,
        route=engine.route,
        refusals=(),
        reason=_why_ranked(engine, rank, question),
        rank=rank,
        score=points,
        expected_cost_micros=engine.cost_micros,
        expected_latency=engine.p95,
    )


def _why_ranked(engine: EngineFacts, rank: int, question: RoutingQuestion) -> str:
    named = ""
    if question.pinned_engine and is_named(engine.name, question.pinned_engine):
        named = " as policy pins it"
    elif question.preferred_engine and is_named(engine.name, question.preferred_engine):
        named = " as asked for"
    cost = f"{engine.cost_micros} micro-dollars" if engine.cost_micros else "free"
    latency = f"p95 {whole_ms(engine.p95)} ms" if engine.p95 else "latency not yet measured"
    return f"rank {rank}{named}: {engine.route.value}, {cost}, {latency}"


def _why_decided(ranked: Sequence[Candidate], refused: Sequence[Candidate], question: RoutingQuestion) -> Iterator[str]:
    best = ranked[0]
    yield best.reason
    yield f"{len(ranked)} of {len(ranked) + len(refused)} candidates eligible"
    for wish, name in (("pinned", question.pinned_engine), ("preferred", question.preferred_engine)):
        if is_named(best.engine, name):
            continue
        if any(is_named(candidate.engine, name) for candidate in refused):
            yield f"the {wish} {name} was refused"
        elif not any(is_named(candidate.engine, name) for candidate in ranked):
            yield f"the {wish} {name} is not an engine of {question.intent}"
