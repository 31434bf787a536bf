from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aion.domain.errors import NoEligibleEngine
from aion.domain.ranking import decide
from aion.domain.routing import Decision, EngineFacts, Privacy, RefusalReason, Route, RoutingQuestion

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)

FREE = EngineFacts("module:summarize@1.0.0", Route.LOCAL, preference=1)
"""A second engine that every question below lets pass, so that a refusal is seen in a decision and not in an error."""

BYTES = "sha256:" + "a" * 64
PINNED = f"module:summarize@{BYTES}"
OTHER_PIN = f"module:summarize@sha256:{'c' * 64}"

QUESTION = RoutingQuestion(intent="summarize", privacy=Privacy.ALLOW_API, may=lambda scope: True, time_left=60 * SECOND)


def refusals(engine: EngineFacts, question: RoutingQuestion = QUESTION) -> list[RefusalReason]:
    decision = decide([engine, FREE], question, "v1", NOW)
    (candidate,) = [candidate for candidate in decision.candidates if candidate.engine == engine.name]
    assert candidate.eligible is (not candidate.refusals)
    assert candidate.reason
    return [refusal.reason for refusal in candidate.refusals]


ENGINE = EngineFacts("module:summarize@1.1.0", Route.LOCAL)
API = EngineFacts("model:gpt-x", Route.API, cost_micros=1500)


@pytest.mark.parametrize(
    ("passes", "refused", "question", "reason"),
    [
        (ENGINE, replace(ENGINE, installed=False), QUESTION, RefusalReason.ENGINE_NOT_INSTALLED),
        (ENGINE, API, replace(QUESTION, privacy=Privacy.LOCAL_ONLY), RefusalReason.PRIVACY),
        (
            ENGINE,
            replace(API, route=Route.HYBRID),
            replace(QUESTION, privacy=Privacy.LOCAL_ONLY),
            RefusalReason.PRIVACY,
        ),
        (
            replace(ENGINE, required_scope="models:read"),
            replace(ENGINE, required_scope="models:use"),
            replace(QUESTION, may=lambda scope: scope == "models:read"),
            RefusalReason.PERMISSION,
        ),
        (ENGINE, replace(ENGINE, refusal="its file is gone"), QUESTION, RefusalReason.UNHEALTHY),
        (replace(ENGINE, p95=60 * SECOND), replace(ENGINE, p95=61 * SECOND), QUESTION, RefusalReason.DEADLINE),
        (
            replace(ENGINE, minimum_time=60 * SECOND),
            replace(ENGINE, minimum_time=61 * SECOND),
            QUESTION,
            RefusalReason.DEADLINE,
        ),
        (API, replace(API, cost_micros=1501), replace(QUESTION, budget_micros=1500), RefusalReason.BUDGET),
        (
            replace(ENGINE, p95=SECOND),
            replace(ENGINE, p95=1.001 * SECOND),
            replace(QUESTION, promised_p95=SECOND),
            RefusalReason.LATENCY,
        ),
    ],
)
def test_each_gate_passes_at_its_limit_and_refuses_beyond_it(
    passes: EngineFacts, refused: EngineFacts, question: RoutingQuestion, reason: RefusalReason
) -> None:
    assert refusals(passes, question) == []
    assert refusals(refused, question) == [reason]


@pytest.mark.parametrize(
    ("engine", "question", "said"),
    [
        (
            replace(ENGINE, p95=timedelta(microseconds=1200)),
            replace(QUESTION, time_left=timedelta(microseconds=1100)),
            "needs 2 ms and 1 ms are left until expire_time",
        ),
        (
            replace(ENGINE, p95=timedelta(microseconds=10_001)),
            replace(QUESTION, promised_p95=timedelta(milliseconds=10)),
            "has a measured p95 of 11 ms, sla.p95_ms is 10",
        ),
    ],
)
def test_what_is_refused_by_less_than_a_millisecond_does_not_read_like_enough(
    engine: EngineFacts, question: RoutingQuestion, said: str
) -> None:
    with pytest.raises(NoEligibleEngine, match=said):
        decide([engine], question, "v1", NOW)


def test_an_engine_that_was_never_measured_gets_a_chance_under_any_promise() -> None:
    assert refusals(ENGINE, replace(QUESTION, promised_p95=timedelta(milliseconds=1))) == []


def test_a_free_engine_passes_a_budget_of_nothing() -> None:
    assert refusals(ENGINE, replace(QUESTION, budget_micros=0)) == []


def test_every_gate_is_asked_so_that_a_candidate_names_all_that_is_in_its_way() -> None:
    hopeless = EngineFacts(
        "model:gpt-x",
        Route.API,
        installed=False,
        refusal="out of order",
        required_scope="models:use",
        p95=90 * SECOND,
        cost_micros=2,
    )
    question = replace(
        QUESTION,
        privacy=Privacy.LOCAL_ONLY,
        may=lambda scope: False,
        budget_micros=1,
        promised_p95=SECOND,
        preferred_engine=PINNED,
    )
    pinned = replace(FREE, digest=BYTES)

    decision = decide([hopeless, pinned], question, "v1", NOW)

    assert {refusal.reason for refusal in decision.candidates[-1].refusals} == set(RefusalReason)


def test_a_digest_lets_only_these_bytes_pass_and_the_refusal_names_those_that_are_installed() -> None:
    other, same = replace(ENGINE, digest="sha256:" + "b" * 64), replace(FREE, digest=BYTES)

    decision = decide([other, same, API], replace(QUESTION, preferred_engine=PINNED), "v1", NOW)

    assert (decision.engine, decision.engine_digest, decision.digest_pinned) == (same.name, BYTES, True)
    assert {c.engine: [r.reason for r in c.refusals] for c in decision.candidates[1:]} == {
        other.name: [RefusalReason.DIGEST],
        API.name: [RefusalReason.DIGEST],
    }
    with pytest.raises(NoEligibleEngine, match=f"is {other.digest}; the task is pinned to {PINNED}") as caught:
        decide([other], replace(QUESTION, preferred_engine=PINNED), "v1", NOW)
    assert caught.value.facts == {other.name: "DIGEST"}


@pytest.mark.parametrize("pin", ["module:summarize@sha256:" + "A" * 64, "summarize@sha256:" + "a" * 64, "x@md5:1"])
def test_a_pin_that_is_misspelt_fits_nothing_rather_than_anything(pin: str) -> None:
    with pytest.raises(NoEligibleEngine):
        decide([replace(FREE, digest=BYTES)], replace(QUESTION, preferred_engine=pin), "v1", NOW)


def test_pins_of_client_and_policy_must_both_hold() -> None:
    engine, version = replace(FREE, digest=BYTES), f"{FREE.name}@{BYTES}"

    decision = decide([engine], replace(QUESTION, preferred_engine=PINNED, pinned_engine=version), "v1", NOW)
    assert (decision.chosen_by, decision.digest_pinned) == ("policy-override", True)
    with pytest.raises(NoEligibleEngine):
        decide([engine], replace(QUESTION, preferred_engine=PINNED, pinned_engine=OTHER_PIN), "v1", NOW)


def test_when_nothing_is_left_the_error_names_each_engine_with_its_reasons() -> None:
    question = replace(QUESTION, privacy=Privacy.LOCAL_ONLY, budget_micros=1)

    with pytest.raises(NoEligibleEngine) as caught:
        decide([replace(ENGINE, installed=False), API], question, "v1", NOW)

    assert caught.value.facts == {"module:summarize@1.1.0": "ENGINE_NOT_INSTALLED", "model:gpt-x": "PRIVACY,BUDGET"}
    assert [violation.field for violation in caught.value.violations] == ["model:gpt-x", "module:summarize@1.1.0"]
    assert "ask for allow-api or hybrid" in caught.value.message


def test_an_intent_without_engines_says_so() -> None:
    with pytest.raises(NoEligibleEngine, match="none is bound to this intent"):
        decide([], QUESTION, "v1", NOW)


def test_a_decision_carries_when_and_under_which_policy_it_was_made() -> None:
    decision: Decision = decide([ENGINE], QUESTION, "sha256:abc", NOW)

    assert (decision.policy_version, decision.decide_time) == ("sha256:abc", NOW)
