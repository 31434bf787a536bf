"""Decide where a task runs; remember decisions that cannot differ.

A decision is a pure function of the candidates, the question and the time left. The candidates change about once a
second (measured latency), the questions of one client hardly ever; so most decisions were made a moment ago, but for
their time. Where weights are drawn, the same question has as many answers as there are lots, and each is remembered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aion.domain.drawing import drawn
from aion.domain.identity import Identity
from aion.domain.ranking import decide, lots
from aion.domain.routing import Decision, EngineFacts, Privacy, RoutingQuestion
from aion.domain.tasks import Sla
from aion.ports.catalog import Catalog, IntentFacts

MOST_REMEMBERED = 1024

Question = tuple[str, frozenset[str], Privacy, int | None, timedelta | None, str]
"""What a decision depends on besides candidates, draw and time: intent, scopes, the promise, preferred engine."""


@dataclass(frozen=True, slots=True)
class _Made:
    """The decisions of one question over these candidates, by the engine that was drawn; empty where none is drawn."""

    engines: Sequence[EngineFacts]
    lots: Mapping[str, int]
    by_lot: dict[str, Decision]


@dataclass(frozen=True, slots=True)
class Decider:
    """Decisions of one catalogue."""

    catalog: Catalog
    _made: dict[Question, _Made] = field(default_factory=dict)

    def __call__(
        self,
        identity: Identity,
        preferred_engine: str,
        intent: IntentFacts,
        sla: Sla,
        *,
        now: datetime,
        time_left: timedelta,
        draw: str = "",
    ) -> Decision:
        """The decision for this question; `draw` is the task's identity. Raises NoEligibleEngine."""
        engines = self.catalog.candidates(intent.name)
        key: Question = (intent.name, identity.scopes, sla.privacy, sla.budget_micros, sla.p95, preferred_engine)
        # Only where no engine is short of time does the time left not matter.
        timeless = all((engine.p95 or engine.minimum_time) <= time_left for engine in engines)
        made = self._made.get(key)
        if timeless and made is not None and made.engines is engines:
            known = made.by_lot.get(drawn(made.lots, draw) if made.lots else "")
            if known is not None:
                return known.at(now)
        question = RoutingQuestion(
            intent=intent.name,
            privacy=sla.privacy,
            may=identity.may,
            time_left=time_left,
            budget_micros=sla.budget_micros,
            promised_p95=sla.p95,
            preferred_engine=preferred_engine,
            pinned_engine=intent.pinned_engine,
            draw=draw,
        )
        decision = decide(engines, question, self.catalog.policy_version, now)
        if timeless:
            self._remember(key, engines, question, decision)
        return decision

    def _remember(
        self, key: Question, engines: Sequence[EngineFacts], question: RoutingQuestion, decision: Decision
    ) -> None:
        made = self._made.get(key)
        if made is None or made.engines is not engines:
            if len(self._made) >= MOST_REMEMBERED:
                self._made.clear()
            eligible = {candidate.engine for candidate in decision.candidates if candidate.eligible}
            among = lots((engine for engine in engines if engine.name in eligible), question)
            made = self._made[key] = _Made(engines, among, {})
        made.by_lot[drawn(made.lots, question.draw)] = decision
