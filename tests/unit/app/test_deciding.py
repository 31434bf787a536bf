"""A remembered decision is the one that would be made, and never somebody else's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from aion.app.usecases.deciding import Decider
from aion.domain.errors import NoEligibleEngine
from aion.domain.identity import Identity
from aion.domain.routing import EngineFacts, Privacy, Route
from aion.domain.tasks import Sla
from aion.ports.catalog import Catalog, IntentFacts
from aion.ports.usecases import SubmitCommand

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FREE = EngineFacts("module:free@1.0.0", Route.LOCAL)
GUARDED = EngineFacts("module:guarded@1.0.0", Route.LOCAL, required_scope="guarded:use", preference=1)
INTENT = IntentFacts("echo", "", "{}", "{}", (FREE.name, GUARDED.name), timedelta(minutes=1))
LOCAL = Sla(Privacy.LOCAL_ONLY)


class Desk:
    """A decider over candidates that a test can change."""

    def __init__(self) -> None:
        self.engines = (FREE, GUARDED)
        catalog = SimpleNamespace(candidates=lambda _: self.engines, policy_version="sha256:0")
        self._decide = Decider(cast("Catalog", catalog))

    def decide(self, *scopes: str, sla: Sla = LOCAL, now: datetime = NOW, time_left: timedelta = INTENT.default_expiry):
        identity = Identity("t", "p", frozenset(scopes))
        return self._decide(identity, SubmitCommand("echo", b""), INTENT, sla, now=now, time_left=time_left)


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
