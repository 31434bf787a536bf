"""Where a task runs, and why: gates first, then a score. Both deterministic, neither knows the other.

A gate is a pure function from (candidate, question) to a refusal or nothing; every candidate passes every
gate, so that the answer names all that is in the way and not only the first thing. The score orders what is
left.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

from aion.domain.errors import FieldViolation, NoEligibleEngine

_MILLISECOND: Final = timedelta(milliseconds=1)


class Privacy(StrEnum):
    """Where the data of a task may go."""

    LOCAL_ONLY = "local-only"
    ALLOW_API = "allow-api"
    HYBRID = "hybrid"


class Route(StrEnum):
    """Where an engine computes: here, at a provider, or both."""

    LOCAL = "local"
    API = "api"
    HYBRID = "hybrid"


class RefusalReason(IntEnum):
    """The gate that refused; the numbers are the contract's."""

    PRIVACY = 1
    PERMISSION = 2
    UNHEALTHY = 3
    DEADLINE = 4
    BUDGET = 5
    ENGINE_NOT_INSTALLED = 6
    LATENCY = 7


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What is known of one engine before a task is decided.

    `name` is `module:NAME@VERSION` or `model:NAME`; `refusal` is why it cannot run at all, if it cannot;
    `p95` its measured latency, None before it was measured; `minimum_time` what one attempt needs at least;
    `cost_micros` what one attempt is expected to cost; `preference` the operator's order, lower first.
    """

    name: str
    route: Route
    installed: bool = True
    refusal: str = ""
    required_scope: str = ""
    p95: timedelta | None = None
    minimum_time: timedelta = timedelta(milliseconds=1)
    cost_micros: int = 0
    preference: int = 0


@dataclass(frozen=True, slots=True)
class RoutingQuestion:
    """What a decision depends on besides the engines."""

    intent: str
    privacy: Privacy
    may: Callable[[str], bool]
    time_left: timedelta
    budget_micros: int | None = None
    promised_p95: timedelta | None = None
    preferred_engine: str = ""
    pinned_engine: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One gate's no, with the facts in a sentence."""

    reason: RefusalReason
    message: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One engine and what was thought of it; `rank` is 0 for a refused one, 1 for the best."""

    engine: str
    route: Route
    refusals: tuple[Refusal, ...]
    reason: str
    rank: int = 0
    score: float = 0.0
    expected_cost_micros: int = 0
    expected_latency: timedelta | None = None

    @property
    def eligible(self) -> bool:
        """Whether every gate let it pass."""
        return not self.refusals


@dataclass(frozen=True, slots=True)
class Decision:
    """The stored answer: the chosen engine and every candidate, best first, refused ones last."""

    engine: str
    route: Route
    chosen_by: str
    reason: str
    candidates: tuple[Candidate, ...]
    policy_version: str
    decide_time: datetime


Gate = Callable[[EngineFacts, RoutingQuestion], Refusal | None]


def installed_gate(engine: EngineFacts, _question: RoutingQuestion) -> Refusal | None:
    """Refuses what no adapter here can run."""
    if engine.installed:
        return None
    return Refusal(RefusalReason.ENGINE_NOT_INSTALLED, f"{engine.name} needs an engine that is not installed here")


def privacy_gate(engine: EngineFacts, question: RoutingQuestion) -> Refusal | None:
    """Refuses engines that would take the data further than the task allows."""
    if engine.route is Route.LOCAL or question.privacy is not Privacy.LOCAL_ONLY:
        return None
    return Refusal(
        RefusalReason.PRIVACY,
        f"privacy is {question.privacy.value} and {engine.name} would send data to a provider; "
        "ask for allow-api or hybrid to permit it",
    )


def permission_gate(engine: EngineFacts, question: RoutingQuestion) -> Refusal | None:
    """Refuses engines that need a scope which the caller lacks."""
    if not engine.required_scope or question.may(engine.required_scope):
        return None
    return Refusal(RefusalReason.PERMISSION, f"{engine.name} needs the scope {engine.required_scope}")


def health_gate(engine: EngineFacts, _question: RoutingQuestion) -> Refusal | None:
    """Refuses engines that are known to be broken."""
    if not engine.refusal:
        return None
    return Refusal(RefusalReason.UNHEALTHY, f"{engine.name} cannot run: {engine.refusal}")


def deadline_gate(engine: EngineFacts, question: RoutingQuestion) -> Refusal | None:
    """Refuses engines that need more time than the task has left."""
    need = engine.p95 or engine.minimum_time
    if need <= question.time_left:
        return None
    return Refusal(
        RefusalReason.DEADLINE,
        f"{engine.name} needs {_ms(need)} ms and {_ms(question.time_left)} ms are left until expire_time",
    )


def budget_gate(engine: EngineFacts, question: RoutingQuestion) -> Refusal | None:
    """Refuses engines that are expected to cost more than the task may; free engines always pass."""
    if question.budget_micros is None or engine.cost_micros <= question.budget_micros:
        return None
    return Refusal(
        RefusalReason.BUDGET,
        f"{engine.name} is expected to cost {engine.cost_micros} micro-dollars, the budget is {question.budget_micros}",
    )


def latency_gate(engine: EngineFacts, question: RoutingQuestion) -> Refusal | None:
    """Refuses engines whose measured latency is over the promised one; the unmeasured get a chance."""
    if question.promised_p95 is None or engine.p95 is None or engine.p95 <= question.promised_p95:
        return None
    return Refusal(
        RefusalReason.LATENCY,
        f"{engine.name} has a measured p95 of {_ms(engine.p95)} ms, sla.p95_ms is {_ms(question.promised_p95)}",
    )


GATES: tuple[Gate, ...] = (
    installed_gate,
    privacy_gate,
    permission_gate,
    health_gate,
    deadline_gate,
    budget_gate,
    latency_gate,
)


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
        refusals = [found for gate in GATES if (found := gate(engine, question)) is not None]
        if refusals:
            refused.append(_refused(engine, tuple(refusals)))
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


def _refused(engine: EngineFacts, refusals: tuple[Refusal, ...]) -> Candidate:
    return Candidate(
        engine=engine.name,
        route=engine.route,
        refusals=refusals,
        reason="; ".join(refusal.message for refusal in refusals),
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
    latency = f"p95 {_ms(engine.p95)} ms" if engine.p95 else "latency not yet measured"
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


def _ms(duration: timedelta) -> int:
    return round(duration / _MILLISECOND)
