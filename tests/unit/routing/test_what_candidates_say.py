"""A decision keeps of every candidate what it was judged by, of those that were refused, too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aion.domain.errors import NoEligibleEngine
from aion.domain.ranking import decide
from aion.domain.routing import EngineFacts, Privacy, Route, RoutingQuestion

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
GOOD = EngineFacts("model:good", Route.API, cost_micros=20, p95=5 * MILLISECOND, digest="sha256:a", weight=3)
BROKEN = replace(GOOD, name="model:broken", refusal="it is broken", digest="sha256:b", weight=4, cost_micros=30)
QUESTION = RoutingQuestion("summarize", Privacy.ALLOW_API, lambda scope: True, timedelta(hours=2))


def test_candidates_keep_cost_latency_bytes_and_weight():
    ranked, refused = decide((BROKEN, GOOD), QUESTION, "v7", NOW).candidates
    assert (ranked.engine, ranked.route, ranked.rank, ranked.refusals) == ("model:good", Route.API, 1, ())
    assert (ranked.expected_cost_micros, ranked.expected_latency) == (20, 5 * MILLISECOND)
    assert (ranked.digest, ranked.weight) == ("sha256:a", 3)
    assert (refused.engine, refused.route, refused.rank) == ("model:broken", Route.API, 0)
    assert (refused.expected_cost_micros, refused.expected_latency) == (30, 5 * MILLISECOND)
    assert (refused.digest, refused.weight) == ("sha256:b", 4)
    assert "it is broken" in refused.reason


def test_a_decision_names_its_policy_its_time_and_the_bytes_of_its_engine():
    decision = decide((GOOD,), QUESTION, "v7", NOW)
    assert (decision.policy_version, decision.decide_time, decision.engine_digest) == ("v7", NOW, "sha256:a")
    assert (decision.digest_pinned, decision.pinned_digest) == (False, "")
    assert not decision.client_pinned


@pytest.mark.parametrize(("wish", "by_client"), [("pinned_engine", False), ("preferred_engine", True)])
def test_whoever_names_bytes_pins_them(wish, by_client):
    question = replace(QUESTION, **{wish: f"model:good@{'sha256:' + 'a' * 64}"})
    decision = decide((replace(GOOD, digest="sha256:" + "a" * 64),), question, "v7", NOW)
    assert (decision.digest_pinned, decision.client_pinned) == (True, by_client)
    assert decision.pinned_digest == "sha256:" + "a" * 64


def test_when_money_no_longer_tells_apart_the_faster_comes_first():
    dear = replace(GOOD, cost_micros=9_000_000, weight=None)
    slow, fast = (replace(dear, name=f"model:{n}", p95=p95 * MILLISECOND) for n, p95 in (("a", 9), ("b", 8)))
    assert [candidate.engine for candidate in decide((slow, fast), QUESTION, "v7", NOW).candidates] == [
        "model:b",
        "model:a",
    ]


def test_what_only_stands_in_comes_after_what_the_draw_left_over():
    stand_in, other = replace(GOOD, name="model:a", weight=0), replace(GOOD, name="model:b", weight=3)
    ranks = [candidate.engine for candidate in decide((stand_in, other, GOOD), QUESTION, "v7", NOW).candidates]
    assert ranks[-1] == "model:a"


def test_a_score_is_money_and_milliseconds_and_nothing_for_an_engine_that_is_free_and_local():
    local = EngineFacts("module:local", Route.LOCAL)
    assert decide((local,), QUESTION, "v7", NOW).candidates[0].score == 0.0
    priced = replace(local, cost_micros=20, p95=5 * MILLISECOND)
    assert decide((priced,), QUESTION, "v7", NOW).candidates[0].score == 25.0


def test_a_refusal_of_all_names_each_engine_with_its_reasons():
    with pytest.raises(NoEligibleEngine) as caught:
        decide((BROKEN, replace(BROKEN, name="model:away", refusal="it is away")), QUESTION, "v7", NOW)
    error = caught.value
    assert [violation.field for violation in error.violations] == ["model:away", "model:broken"]
    assert "it is away" in error.violations[0].description
    assert "it is broken" in error.violations[1].description
    assert set(error.facts) == {"model:away", "model:broken"}
