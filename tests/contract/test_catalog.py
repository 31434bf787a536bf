"""What `aion.ports.catalog.Catalog` promises: what the operator declared, fixed while a process runs."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from aion.domain.errors import InputSchemaViolation, IntentNotFound, ModuleNotFound, ValidationFailed
from aion.domain.routing import Privacy
from aion.ports.catalog import Catalog, ModuleExample
from tests.unit.catalog.operators import INPUT_SCHEMA, OUTPUT_SCHEMA, Operator

SUMMARIZE = "module:summarize@1.0.0"
BROKEN = "module:summarize@2.0.0"


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Declares two intents: `summarize`, by two versions of a module (one is broken) and a model, and `redact`."""
    operator = Operator(tmp_path)
    operator.install("summarize", "1.0.0")
    operator.install("summarize", "2.0.0", wasm=None)
    operator.install("redact", "1.0.0", "redact")
    operator.write("models.yml", "models: [{name: m, provider: p, route: api, cost_micros: 9}]\n")
    operator.write(
        "intents.yml",
        "intents:\n- {name: summarize, engines: [m, summarize@1.0.0, summarize@2.0.0], default_expiry: 90s}\n"
        "- {name: redact}\n",
    )
    operator.write("policies.yml", "tenants: {open-minded: {privacy: allow-api}}\n")
    return operator


@pytest.fixture(params=["files"])
def catalog(operator: Operator) -> Catalog:
    return operator.load()


def test_an_intent_is_found_by_its_name(catalog):
    intent = catalog.intent("summarize")
    assert (intent.name, intent.default_expiry) == ("summarize", timedelta(seconds=90))
    assert json.loads(intent.input_schema_json) == INPUT_SCHEMA
    assert json.loads(intent.output_schema_json) == OUTPUT_SCHEMA


def test_candidate_names_stand_in_the_operators_order(catalog):
    expected = ["model:m", SUMMARIZE, BROKEN]
    assert list(catalog.intent("summarize").engines) == expected
    assert [engine.name for engine in catalog.candidates("summarize")] == expected


def test_the_engines_of_an_intent_are_candidates_eligible_or_not(catalog):
    model, works, broken = catalog.candidates("summarize")
    assert (model.installed, model.cost_micros) == (False, 9)
    assert (works.installed, works.refusal) == (True, "")
    assert broken.refusal


@pytest.mark.parametrize("ask", ["intent", "candidates"])
def test_an_intent_that_is_not_there_is_refused_and_close_matches_are_named(catalog, ask):
    with pytest.raises(IntentNotFound, match="summarize") as caught:
        getattr(catalog, ask)("summarise")
    assert caught.value.facts["intent"] == "summarise"


def test_an_input_of_an_intent_that_is_not_there_is_refused(catalog):
    with pytest.raises(IntentNotFound):
        catalog.check_input("nobody-offers-this", "{}")


def test_all_intents_are_listed_by_name(catalog):
    listed = catalog.intents()
    assert [intent.name for intent in listed] == ["redact", "summarize"]
    assert [catalog.intent(intent.name) for intent in listed] == list(listed)


def test_all_modules_are_listed_by_name_broken_ones_too(catalog):
    listed = {module.engine: module for module in catalog.modules()}
    assert [module.name for module in catalog.modules()] == ["redact", "summarize", "summarize"]
    assert listed.keys() == {"module:redact@1.0.0", SUMMARIZE, BROKEN}
    assert (listed[SUMMARIZE].broken, listed[SUMMARIZE].timeout) == ("", timedelta(milliseconds=1500))
    assert listed[BROKEN].broken


def test_a_module_is_found_by_its_candidate_name_and_a_model_is_none(catalog):
    assert catalog.module(SUMMARIZE).engine == SUMMARIZE
    assert catalog.module(BROKEN).broken
    assert catalog.module("model:m") is None
    assert catalog.module("module:summarize@9.0.0") is None


@pytest.mark.parametrize(
    ("version", "chosen"),
    [("", "1.0.0"), ("*", "1.0.0"), ("1.0.0", "1.0.0"), (">=1.0", "1.0.0"), ("2.0.0", "2.0.0"), ("^2", "2.0.0")],
)
def test_a_module_is_described_by_its_name_and_a_range_means_the_newest_that_can_run(catalog, version, chosen):
    described = catalog.describe_module("summarize", version)
    assert described.facts == catalog.module(f"module:summarize@{chosen}")
    assert described.versions == ("2.0.0", "1.0.0")
    assert json.loads(described.input_schema_json) == INPUT_SCHEMA
    assert json.loads(described.output_schema_json) == OUTPUT_SCHEMA


def test_a_module_is_described_by_the_digest_of_its_bytes(catalog):
    module = catalog.module(SUMMARIZE)
    assert catalog.describe_module("summarize", module.digest).facts == module
    with pytest.raises(ModuleNotFound):
        catalog.describe_module("summarize", f"sha256:{'0' * 64}")


def test_a_described_module_shows_its_examples(operator):
    fixtures = operator.modules / "summarize-1.0.0" / "fixtures"
    fixtures.mkdir()
    (fixtures / "short.json").write_text('{"input": {"text": "One."}, "result": {"summary": "One."}}')
    (fixtures / "wrong.json").write_text('{"input": {"text": ""}, "fails": "empty"}')
    examples = operator.load().describe_module("summarize", "").examples
    assert examples == (ModuleExample("short", '{"text":"One."}', '{"summary":"One."}'),)


def test_a_broken_package_is_described_as_far_as_it_can_be_read(operator):
    operator.install("broken", edit=lambda text: text.replace("timeout_ms: 1500", "timeout_ms: 0"))
    described = operator.load().describe_module("broken", "")
    assert (described.facts.broken != "", described.input_schema_json, described.examples) == (True, "", ())


def test_a_module_that_is_not_there_is_refused_and_close_matches_are_named(catalog):
    with pytest.raises(ModuleNotFound, match="did you mean summarize") as caught:
        catalog.describe_module("sumarize", "")
    assert caught.value.facts == {"module": "sumarize"}
    assert caught.value.violations[0].field == "name"


def test_a_version_that_is_not_there_is_refused_and_those_that_are_are_named(catalog):
    with pytest.raises(ModuleNotFound, match=r"version of summarize is \^3; there are 2.0.0, 1.0.0") as caught:
        catalog.describe_module("summarize", "^3")
    assert caught.value.facts == {"module": "summarize", "versions": "2.0.0, 1.0.0"}


def test_what_is_neither_version_nor_range_nor_digest_is_refused(catalog):
    with pytest.raises(ValidationFailed, match="write one such as") as caught:
        catalog.describe_module("summarize", "newest")
    assert caught.value.violations[0].field == "version"


def test_an_unset_privacy_is_local_only_unless_the_operator_said_otherwise(catalog):
    assert catalog.default_privacy("anybody") is Privacy.LOCAL_ONLY
    assert catalog.default_privacy("open-minded") is Privacy.ALLOW_API


def test_an_input_that_fits_passes(catalog):
    catalog.check_input("summarize", '{"text": "One. Two.", "max_sentences": "3"}')


def test_an_input_that_does_not_fit_is_refused_with_every_field(catalog):
    with pytest.raises(InputSchemaViolation) as caught:
        catalog.check_input("summarize", '{"text": "", "max_sentences": 21, "language": "tlh", "txet": 1}')
    said = {violation.field.rpartition(".")[2] for violation in caught.value.violations}
    assert {"text", "max_sentences", "language"} < said
    assert "txet" in repr(caught.value.violations)


def test_a_result_that_fits_has_no_problem(catalog):
    assert catalog.judge("summarize", SUMMARIZE)('{"summary": "short"}') is None


@pytest.mark.parametrize("document", ['{"summary": 5}', "{}", "[]", "null"])
def test_a_result_that_does_not_fit_has_one_in_words(catalog, document):
    assert catalog.judge("summarize", SUMMARIZE)(document)
    assert catalog.judge("summarize", "model:m")(document)


def test_a_result_of_an_intent_that_is_gone_is_judged_by_its_module_and_of_what_nobody_knows_not_at_all(catalog):
    assert catalog.judge("nobody-offers-this", SUMMARIZE)("{}")
    assert catalog.judge("nobody-offers-this", "module:gone@1.0.0") is None


def test_a_client_names_an_engine_by_range_version_or_digest(catalog):
    digest = catalog.module(SUMMARIZE).digest
    assert catalog.engine_meant("module:summarize@^1") == SUMMARIZE
    for same in (
        "",
        "module:summarize",
        SUMMARIZE,
        f"module:summarize@{digest}",
        "module:new@^1",
        "model:m",
        "model:a:b",
    ):
        assert catalog.engine_meant(same) == same


@pytest.mark.parametrize(
    "behind", ["@", "@{0}", "@sha256-{0}", "@sha256{0}", ":sha256:{0}", "@sha256:{0}0", "@sha256:", "@new"]
)
def test_a_digest_that_is_misspelt_is_refused_and_no_wish(catalog, behind):
    """9.7 What is neither a version nor a range nor a digest is refused."""
    digest = catalog.module(SUMMARIZE).digest.removeprefix("sha256:")
    with pytest.raises(ValidationFailed) as caught:
        catalog.engine_meant("module:summarize" + behind.format(digest))
    assert [violation.field for violation in caught.value.violations] == ["preferred_engine"]


def test_it_does_not_change_while_a_process_runs(operator, catalog):
    version, intents = catalog.policy_version, list(catalog.intents())
    shutil.rmtree(operator.modules)
    operator.write("policies.yml", "defaults: {privacy: hybrid}\n")
    operator.write("intents.yml", "intents: []\n")
    assert (catalog.policy_version, list(catalog.intents())) == (version, intents)
    assert catalog.default_privacy("anybody") is Privacy.LOCAL_ONLY
    catalog.check_input("summarize", '{"text": "One."}')


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("policies.yml", "tenants: {open-minded: {privacy: hybrid}}\n"),
        ("models.yml", "models: [{name: m, provider: p, route: api, cost_micros: 10}]\n"),
        ("intents.yml", "intents:\n- {name: summarize, engines: [summarize, m]}\n- {name: redact}\n"),
    ],
)
def test_the_policy_version_differs_when_a_decision_could(operator, catalog, name, text):
    assert operator.load().policy_version == catalog.policy_version
    operator.write(name, text)
    assert operator.load().policy_version != catalog.policy_version
