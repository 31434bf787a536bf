"""A remembered decision is the one that would be made, and never somebody else's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from aion.app.usecases.deciding import Decider
from aion.domain.errors import NoEligibleEngine
from aion.domain.identity import Identity
from aion.domain.ranking import decide
from aion.domain.routing import EngineFacts, Privacy, Route, RoutingQuestion
from aion.domain.tasks import Sla
from aion.ports.catalog import Catalog, IntentFacts

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FREE = EngineFacts("module:free@1.0.0", Route.LOCAL)
GUARDED = EngineFacts("module:guarded@1.0.0", Route.LOCAL, required_scope="guarded:use", preference=1)
INTENT = IntentFacts("echo", "", "{}", "{}", (FREE.name, GUARDED.name), timedelta(minutes=1))
LOCAL = Sla(Privacy.LOCAL_ONLY)
NAMES = [str(number) for number in range(200)]


class Desk:
    """A decider over candidates that a test can change."""

    def __init__(self) -> None:
        self.engines = (FREE, GUARDED)
        catalog = SimpleNamespace(candidates=lambda _: self.engines, policy_version="sha256:0")
        self._decide = Decider(cast("Catalog", catalog))

    def decide(self, *scopes: str, sla: Sla = LOCAL, now: datetime = NOW, time_left: timedelta = INTENT.default_expiry):
        identity = Identity("t", "p", frozenset(scopes))
        return self._decide(identity, "", INTENT, sla, now=now, time_left=time_left)

    def drawn(self, task_id: str, preferred: str = ""):
        identity, times = Identity("t", "p", frozenset()), {"now": NOW, "time_left": INTENT.default_expiry}
        return self._decide(identity, preferred, INTENT, LOCAL, draw=f"t/{task_id}", **times)


def test_the_same_question_has_the_same_answer_with_its_own_time():
    desk = Desk()
    first, later = desk.decide(), desk.decide(now=NOW + timedelta(seconds=1))
    assert later.candidates is first.candidates
    assert later == replace(first, decide_time=NOW + timedelta(seconds=1))


def test_another_callers_scopes_are_another_question():
    desk = Desk()
    assert [candidate.eligible for candidate in desk.decide("guarded:use").candidates] == [True, True]
    assert [candidate.eligible for candidate in desk.decide().candidates] == [True, False]


def test_a_measured_latency_makes_it_decide_anew():
    desk = Desk()
    desk.decide()
    desk.engines = (replace(FREE, p95=timedelta(seconds=1)), GUARDED)
    with pytest.raises(NoEligibleEngine):
        desk.decide(sla=replace(LOCAL, p95=timedelta(milliseconds=5)))
    assert desk.decide().candidates[0].expected_latency == timedelta(seconds=1)


def test_a_remembered_yes_is_no_yes_when_time_is_short():
    desk = Desk()
    desk.decide()
    with pytest.raises(NoEligibleEngine, match="left until expire_time"):
        desk.decide(time_left=timedelta(microseconds=1))


def test_remembered_draws_are_those_that_would_be_made():
    desk = Desk()
    stable, canary = replace(FREE, weight=3), replace(FREE, name="module:free@1.1.0", weight=1)
    desk.engines = (stable, canary)
    first = [desk.drawn(name) for name in NAMES]
    assert {decision.engine for decision in first} == {stable.name, canary.name}
    question = RoutingQuestion("echo", Privacy.LOCAL_ONLY, lambda scope: False, INTENT.default_expiry)
    for name, decision in zip(NAMES, first, strict=True):
        assert decision == decide(desk.engines, replace(question, draw=f"t/{name}"), "sha256:0", NOW)
    # Each lot is decided once: a decision remembered is the very tuple of candidates.
    assert len({id(decision.candidates) for decision in first}) == 2
    assert [desk.drawn(name).candidates for name in NAMES] == [decision.candidates for decision in first]


def test_a_preference_is_remembered_apart_from_the_draw():
    desk = Desk()
    desk.engines = (replace(FREE, weight=1), replace(FREE, name="module:free@1.1.0", weight=1))
    assert {desk.drawn(name, FREE.name).engine for name in NAMES} == {FREE.name}
    assert {desk.drawn(name).engine for name in NAMES} == {FREE.name, "module:free@1.1.0"}


def test_where_nothing_is_weighed_the_task_does_not_matter():
    desk = Desk()
    assert desk.drawn("a").candidates is desk.drawn("b").candidates
