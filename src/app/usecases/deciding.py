"""Decide where a task runs; remember decisions that cannot differ.

A decision is a pure function of the candidates, the question and the time left. The candidates change about once a
second (measured latency), the questions of one client hardly ever; so most decisions were made a moment ago, but for
their time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aion.domain.identity import Identity
from aion.domain.ranking import decide
from aion.domain.routing import Decision, EngineFacts, RoutingQuestion
from aion.domain.tasks import Sla
from aion.ports.catalog import Catalog, IntentFacts
from aion.ports.usecases import SubmitCommand

MOST_REMEMBERED = 1024

Question = tuple[str, frozenset[str], Sla, str]
"""What a decision depends on besides candidates and time: intent, scopes, promise, preferred engine."""


@dataclass(frozen=True, slots=True)
class Decider:
    """Decisions of one catalogue."""

    catalog: Catalog
    _made: dict[Question, tuple[Sequence[EngineFacts], Decision]] = field(default_factory=dict)

    def __call__(
        self,
        identity: Identity,
        command: SubmitCommand,
        intent: IntentFacts,
        sla: Sla,
        *,
        now: datetime,
        time_left: timedelta,
    ) -> Decision:
        """The decision for this command. Raises NoEligibleEngine."""
        engines = self.catalog.candidates(intent.name)
        key: Question = (intent.name, identity.scopes, sla, command.preferred_engine)
        # Only where no engine is short of time does the time left not matter.
        timeless = all((engine.p95 or engine.minimum_time) <= time_left for engine in engines)
        made = self._made.get(key)
        if timeless and made is not None and made[0] is engines:
            return replace(made[1], decide_time=now)
        question = RoutingQuestion(
            intent=intent.name,
            privacy=sla.privacy,
            may=identity.may,
            time_left=time_left,
            budget_micros=sla.budget_micros,
            promised_p95=sla.p95,
            preferred_engine=command.preferred_engine,
            pinned_engine=intent.pinned_engine,
        )
        decision = decide(engines, question, self.catalog.policy_version, now)
        if timeless:
            if len(self._made) >= MOST_REMEMBERED:
                self._made.clear()
            self._made[key] = (engines, decision)
        return decision
