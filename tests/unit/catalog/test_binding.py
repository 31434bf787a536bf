import json
from datetime import timedelta

import pytest

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.domain.errors import IntentNotFound
from aion.domain.routing import Route
from tests.unit.catalog.operators import INPUT_SCHEMA, Operator


def refused(operator: Operator) -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        operator.load()
    return str(caught.value).replace(f"{operator.config}/", "")


def engines(operator: Operator, intent: str = "summarize") -> list[tuple[str, int]]:
    return [(engine.name, engine.preference) for engine in operator.load().candidates(intent)]


def test_listed_engines_stand_in_the_operators_order_and_are_all_there_is(operator: Operator) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        operator.install(version=version)
    operator.install("other")
    operator.write("models.yml", "models: [{name: gpt-x, provider: openai, route: api, cost_micros: 9}]\n")
    operator.write(
        "intents.yml", "intents:\n- name: summarize\n  engines: [module:summarize@1.0.0, gpt-x, summarize]\n"
    )

    assert engines(operator) == [
        ("module:summarize@1.0.0", 0),
        ("model:gpt-x", 1),
        ("module:summarize@1.2.0", 2),
        ("module:summarize@1.1.0", 3),
    ]


def test_without_a_list_modules_stand_side_by_side_and_newer_versions_before_older_ones(operator: Operator) -> None:
    operator.install("a", "1.0.0")
    operator.install("b", "1.9.0")
    operator.install("b", "1.10.0")
    operator.install("b", "2.0.0-rc.1")

    expected = [
        ("module:a@1.0.0", 0),
        ("module:b@1.10.0", 0),
        ("module:b@1.9.0", 1),
        ("module:b@2.0.0-rc.1", 2),
    ]
    assert engines(operator) == expected
    operator.write("intents.yml", "intents: [{name: summarize}]\n")
    assert engines(operator) == expected
    operator.write("intents.yml", "intents:\n")
    assert engines(operator) == expected


def test_an_entry_describes_its_intent(operator: Operator) -> None:
    operator.install()
    operator.write("intents.yml", "intents: [{name: summarize, description: Shorter., default_expiry: 90s}]\n")

    intent = operator.load().intent("summarize")

    assert (intent.description, intent.default_expiry) == ("Shorter.", timedelta(seconds=90))
    assert json.loads(intent.input_schema_json) == INPUT_SCHEMA
    assert intent.engines == ("module:summarize@1.0.0",)


def test_without_an_entry_its_engines_describe_the_intent(operator: Operator) -> None:
    operator.install()

    intent = operator.load().intent("summarize")

    assert intent.description == "Served by module:summarize."
    assert intent.default_expiry == timedelta(seconds=60)


def test_a_module_that_describes_itself_describes_the_intent_unless_the_operator_does(operator: Operator) -> None:
    operator.install(version="1.1.0", edit=lambda text: text.replace("metadata: {", "metadata: {description: Newer., "))
    operator.install(edit=lambda text: text.replace("metadata: {", "metadata: {description: Older., "))
    assert operator.load().intent("summarize").description == "Newer."

    operator.write("intents.yml", "intents: [{name: summarize, engines: [module:summarize@1.0.0]}]\n")
    assert operator.load().intent("summarize").description == "Older."
    operator.write("intents.yml", "intents: [{name: summarize, description: Mine.}]\n")
    assert operator.load().intent("summarize").description == "Mine."


def test_an_optional_intent_is_offered_only_when_an_engine_of_it_is_installed(operator: Operator) -> None:
    operator.install()
    operator.write(
        "intents.yml",
        "intents:\n- {name: summarize, optional: true}\n- {name: redact, optional: true}\n"
        "- {name: ask, optional: true, engines: [module:ask]}\n",
    )
    operator.write("policies.yml", "intents: {redact: {pin: 'module:redact'}}\n")

    assert [intent.name for intent in operator.load().intents()] == ["summarize"]


def test_an_entry_may_bring_its_own_schemas(operator: Operator) -> None:
    operator.write("in.json", '{"type": "object", "maxProperties": 1}')
    operator.write("out.json", '{"type": "object"}')
    operator.write("models.yml", "models: [{name: m, provider: p, route: local}]\n")
    operator.write("intents.yml", "intents: [{name: ask, engines: [m], schema: {input: in.json, output: out.json}}]\n")

    assert json.loads(operator.load().intent("ask").input_schema_json)["maxProperties"] == 1


def test_the_schema_is_taken_from_the_first_module_that_can_run(operator: Operator) -> None:
    operator.install(version="2.0.0", wasm=None, input_schema={"type": "object", "title": "broken one"})
    operator.install(version="1.0.0", input_schema={"type": "object", "title": "working one"})

    assert json.loads(operator.load().intent("summarize").input_schema_json)["title"] == "working one"


def test_an_intent_of_broken_modules_alone_takes_any_object_and_leaves_the_refusal_to_the_gates(
    operator: Operator,
) -> None:
    operator.install(edit=lambda text: text.replace("kind: AgentPackage", "kind: Other"))

    catalog = operator.load()

    catalog.check_input("summarize", '{"whatever": 1}')
    assert "kind: must be 'AgentPackage'" in catalog.candidates("summarize")[0].refusal


def test_a_module_that_is_named_but_not_installed_stays_a_candidate(operator: Operator) -> None:
    operator.install()
    operator.write(
        "intents.yml", "intents: [{name: summarize, engines: [summarize, module:summarize@9.0.0, module:new]}]\n"
    )

    found = {engine.name: engine.installed for engine in operator.load().candidates("summarize")}

    assert found == {"module:summarize@1.0.0": True, "module:summarize@9.0.0": False, "module:new": False}


def test_a_model_is_a_candidate_that_is_not_installed(operator: Operator) -> None:
    operator.install()
    operator.write(
        "models.yml",
        "models: [{name: m, provider: p, route: api, cost_micros: 7, p95_ms: 900, required_scope: 'models:use'}]\n",
    )
    operator.write("intents.yml", "intents: [{name: summarize, engines: [summarize, m]}]\n")

    model = operator.load().candidates("summarize")[1]

    assert (model.name, model.route, model.installed) == ("model:m", Route.API, False)
    assert (model.cost_micros, model.p95, model.required_scope) == (7, timedelta(milliseconds=900), "models:use")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (
            "engines: [model:gtp-x]",
            (
                "intents.yml:3: intents[0].engines[0]: model:gtp-x is not in models.yml; add it there; did "
                "you mean model:gpt-x?"
            ),
        ),
        (
            "engines: [sumarize]",
            (
                "intents.yml:3: intents[0].engines[0]: sumarize is no installed module and no model of "
                "models.yml; did you mean summarize?"
            ),
        ),
        (
            "engines: [both]",
            "intents.yml:3: intents[0].engines[0]: both is a module and a model; write module:both or model:both",
        ),
        (
            "engines: ['module:']",
            "intents.yml:3: intents[0].engines[0]: module: is no engine; write module:NAME or module:NAME@VERSION",
        ),
        (
            "engines: ['module:a@']",
            "intents.yml:3: intents[0].engines[0]: module:a@ is no engine; write module:NAME or module:NAME@VERSION",
        ),
        (
            "engines: [model:gpt-x]",
            (
                "intents.yml:2: intents[0].schema: is missing, and no engine of this intent is an "
                "installed module to take it from; name files"
            ),
        ),
        (
            "description: x",
            (
                "intents.yml:2: intents[0].engines: has no engines and no installed module names this "
                "intent; list engines or install a module"
            ),
        ),
        (
            "schema: {input: a/../../in.json, output: none.json}\n  engines: [gpt-x]",
            "a/../../in.json leaves the configuration's folder; name a file inside it",
        ),
        (
            "schema: {input: none.json, output: none.json}\n  engines: [gpt-x]",
            "none.json: does not exist; create it or correct the name",
        ),
    ],
)
def test_what_does_not_fit_together_is_told_with_its_place(operator: Operator, entry: str, says: str) -> None:
    operator.install()
    operator.install("both", intent="other")
    operator.write(
        "models.yml", "models:\n- {name: gpt-x, provider: p, route: local}\n- {name: both, provider: p, route: local}\n"
    )
    operator.write("intents.yml", f"intents:\n- name: ask\n  {entry}\n")

    assert says in refused(operator)


def test_an_intent_that_is_listed_twice_is_refused(operator: Operator) -> None:
    operator.install()
    operator.write("intents.yml", "intents:\n- name: summarize\n- name: summarize\n")

    assert refused(operator) == "intents.yml:3: intents[1].name: summarize is intents[0] already; keep one"


def test_a_pin_must_name_an_engine_of_its_intent(operator: Operator) -> None:
    operator.install()
    operator.write("policies.yml", "intents: {summarize: {pin: 'module:summarize'}}\n")
    assert operator.load().intent("summarize").pinned_engine == "module:summarize"

    operator.write("policies.yml", "intents: {summarize: {pin: 'module:summarize@2.0.0'}}\n")
    assert refused(operator) == (
        "policies.yml:1: intents.summarize.pin: module:summarize@2.0.0 is not an engine of summarize; "
        "choose one of module:summarize@1.0.0"
    )


def test_an_unknown_intent_names_close_ones(operator: Operator) -> None:
    operator.install()

    with pytest.raises(IntentNotFound, match="did you mean summarize"):
        operator.load().intent("summarise")
    with pytest.raises(IntentNotFound, match="list the intents"):
        operator.load().candidates("x" * 10_000)
