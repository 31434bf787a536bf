"""Two versions of a module and a model, as an operator would write them, from the files to the decision."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aion.adapters.catalog.file_catalog import FileCatalog
from aion.domain.errors import NoEligibleEngine
from aion.domain.ranking import decide
from aion.domain.routing import Decision, Privacy, RefusalReason, RoutingQuestion
from tests.unit.catalog.operators import Operator

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NEW, OLD, MODEL = "module:summarize@1.1.0", "module:summarize@1.0.0", "model:gpt-x"
QUESTION = RoutingQuestion("summarize", Privacy.ALLOW_API, lambda scope: True, timedelta(seconds=60))


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    operator = Operator(tmp_path)
    operator.install(version="1.0.0")
    operator.install(version="1.1.0")
    operator.write(
        "models.yml",
        (
            "models: [{name: gpt-x, provider: openai, route: api, cost_micros: 1500, p95_ms: 900, "
            "required_scope: 'models:use'}]\n"
        ),
    )
    operator.write("intents.yml", "intents: [{name: summarize, engines: [module:summarize, model:gpt-x]}]\n")
    return operator


def ask(catalog: FileCatalog, question: RoutingQuestion = QUESTION) -> Decision:
    pinned = catalog.intent(question.intent).pinned_engine
    question = replace(question, pinned_engine=pinned)
    return decide(catalog.candidates(question.intent), question, catalog.policy_version, NOW)


def refusals(decision: Decision) -> dict[str, set[RefusalReason]]:
    return {candidate.engine: {refusal.reason for refusal in candidate.refusals} for candidate in decision.candidates}


def measured(operator: Operator, engine: str, latency: timedelta) -> None:
    for _ in range(20):
        operator.latency.observe(engine, latency)


def test_the_newest_module_is_chosen_and_the_model_is_refused_as_not_installed(operator: Operator) -> None:
    decision = ask(operator.load())

    assert decision.engine == NEW
    assert refusals(decision) == {NEW: set(), OLD: set(), MODEL: {RefusalReason.ENGINE_NOT_INSTALLED}}
    assert [candidate.rank for candidate in decision.candidates] == [1, 2, 0]
    assert all(candidate.reason for candidate in decision.candidates)


def test_a_narrower_question_adds_reasons_to_the_model_and_leaves_the_modules_eligible(operator: Operator) -> None:
    question = replace(
        QUESTION,
        privacy=Privacy.LOCAL_ONLY,
        may=lambda scope: False,
        budget_micros=1000,
        time_left=timedelta(milliseconds=800),
        promised_p95=timedelta(milliseconds=500),
    )

    decision = ask(operator.load(), question)

    assert refusals(decision)[MODEL] == set(RefusalReason) - {RefusalReason.UNHEALTHY, RefusalReason.DIGEST}
    assert decision.engine == NEW


def test_a_slow_module_gives_way_to_a_faster_version(operator: Operator) -> None:
    catalog = operator.load()
    measured(operator, NEW, timedelta(milliseconds=700))
    measured(operator, OLD, timedelta(milliseconds=70))

    promised = ask(catalog, replace(QUESTION, promised_p95=timedelta(milliseconds=500)))
    late = ask(catalog, replace(QUESTION, time_left=timedelta(milliseconds=600)))

    assert (promised.engine, refusals(promised)[NEW]) == (OLD, {RefusalReason.LATENCY})
    assert (late.engine, refusals(late)[NEW]) == (OLD, {RefusalReason.DEADLINE})


def test_a_broken_version_gives_way_to_the_other(operator: Operator) -> None:
    (operator.modules / "summarize-1.1.0" / "summarize.wasm").write_bytes(b"not a module")

    decision = ask(operator.load())

    assert (decision.engine, refusals(decision)[NEW]) == (OLD, {RefusalReason.UNHEALTHY})


def test_a_pin_of_the_operator_overrides(operator: Operator) -> None:
    operator.write("policies.yml", f"intents: {{summarize: {{pin: '{OLD}'}}}}\n")

    decision = ask(operator.load(), replace(QUESTION, preferred_engine=NEW))

    assert (decision.engine, decision.chosen_by) == (OLD, "policy-override")


def test_when_every_candidate_is_refused_the_error_lists_why_for_each(operator: Operator) -> None:
    for version in ("1.0.0", "1.1.0"):
        (operator.modules / f"summarize-{version}" / "summarize.wasm").unlink()

    with pytest.raises(NoEligibleEngine) as caught:
        ask(operator.load())

    assert caught.value.facts == {NEW: "UNHEALTHY", OLD: "UNHEALTHY", MODEL: "ENGINE_NOT_INSTALLED"}
