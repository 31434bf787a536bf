"""What is in the way of an engine: every candidate passes every gate, so that the answer names all that is in the way.

A gate is a pure function from (candidate, question) to a refusal or nothing. It knows no other gate and no score.
"""

from collections.abc import Callable
from datetime import timedelta

from aion.domain.routing import (
    MILLISECOND,
    EngineFacts,
    Privacy,
    Refusal,
    RefusalReason,
    Route,
    RoutingQuestion,
    digest_of,
    is_named,
    whole_ms,
)

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
        f"{engine.name} needs {_up(need)} ms and {question.time_left // MILLISECOND} ms are left until expire_time",
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
        f"{engine.name} has a measured p95 of {_up(engine.p95)} ms, sla.p95_ms is {whole_ms(question.promised_p95)}",
    )


def digest_gate(engine: EngineFacts, question: RoutingQuestion) -> Refusal | None:
    """Refuses what has other bytes than those that client or policy pinned the task to."""
    for name in (question.pinned_engine, question.preferred_engine):
        if digest_of(name) and not is_named(engine.name, name, engine.digest):
            return Refusal(
                RefusalReason.DIGEST,
                f"{engine.name} is {engine.digest or 'without a digest'}; the task is pinned to {name}",
            )
    return None


GATES: tuple[Gate, ...] = (
    installed_gate,
    digest_gate,
    privacy_gate,
    permission_gate,
    health_gate,
    deadline_gate,
    budget_gate,
    latency_gate,
)


def refusals(engine: EngineFacts, question: RoutingQuestion) -> tuple[Refusal, ...]:
    """What every gate that refuses says, in the order of the gates."""
    return tuple(found for gate in GATES if (found := gate(engine, question)) is not None)


def _up(duration: timedelta) -> int:
    """In milliseconds, rounded up: beside a bound, what is over it never reads like the bound."""
    return -(-duration // MILLISECOND)
