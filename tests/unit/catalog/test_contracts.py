"""Versions of a module that take and give something else, side by side."""

import json

import pytest

from aion.domain.errors import InputSchemaViolation
from tests.unit.catalog.operators import INPUT_SCHEMA, Operator

OLD, NEW = "module:summarize@1.0.0", "module:summarize@2.0.0"
GIVES_A_NUMBER = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}
TAKES_A_TITLE = {**INPUT_SCHEMA, "required": ["text", "title"], "additionalProperties": True}


@pytest.fixture
def both(operator: Operator) -> Operator:
    operator.install(version="1.0.0")
    newer = operator.install(version="2.0.0", input_schema=TAKES_A_TITLE)
    (newer / "output.json").write_text(json.dumps(GIVES_A_NUMBER))
    operator.write("intents.yml", "intents: [{name: summarize, engines: [summarize@1.0.0, summarize@2.0.0]}]\n")
    return operator


def problems(operator: Operator, engine: str) -> list[str | None]:
    judge = operator.load().judge("summarize", engine)
    assert judge is not None
    return [judge('{"summary": "short"}'), judge('{"count": 3}')]


def test_a_result_is_judged_by_the_schema_of_the_module_that_made_it(both: Operator) -> None:
    """10.3 A result that breaks its schema is the module's error: its own schema."""
    assert problems(both, OLD) == [None, "result.summary is required; add it"]
    assert problems(both, NEW) == ["result.count is required; add it", None]


def test_an_input_must_fit_the_intent_and_the_module_that_was_chosen(both: Operator) -> None:
    """9.10 When the module that is chosen takes something else, the input must fit that as well."""
    catalog = both.load()
    catalog.check_input("summarize", '{"text": "hello"}')
    catalog.check_engine_input("summarize", OLD, '{"text": "hello"}')
    with pytest.raises(InputSchemaViolation, match=r"but not module:summarize@2\.0\.0, which was chosen") as caught:
        catalog.check_engine_input("summarize", NEW, '{"text": "hello"}')
    assert [violation.field for violation in caught.value.violations] == ["params.title"]
    assert caught.value.facts == {"engine": NEW}


def test_schemas_that_the_operator_named_hold_for_every_engine(both: Operator) -> None:
    """9.10 What the operator wrote holds for all engines of the intent, and for results too."""
    both.write("in.json", '{"type": "object"}')
    both.write("out.json", '{"type": "object", "maxProperties": 1}')
    both.write(
        "intents.yml",
        "intents:\n- name: summarize\n  engines: [summarize@1.0.0, summarize@2.0.0]\n"
        "  schema: {input: in.json, output: out.json}\n",
    )
    both.load().check_engine_input("summarize", NEW, "{}")
    assert problems(both, OLD) == problems(both, NEW) == [None, None]


def test_another_schema_of_a_version_that_stands_in_is_another_policy_version(both: Operator) -> None:
    before = both.load().policy_version
    (both.modules / "summarize-2.0.0" / "input.json").write_text(json.dumps(INPUT_SCHEMA))
    assert both.load().policy_version != before


def test_the_files_that_are_named_are_known_whether_they_are_there_or_not(operator: Operator) -> None:
    package = operator.install(edit=lambda text: text.replace("wasm: summarize.wasm", "wasm: build/out/later.wasm"))
    operator.write("in.json", '{"type": "object"}')
    operator.write("out.json", '{"type": "object"}')
    operator.write("intents.yml", "intents: [{name: summarize, schema: {input: in.json, output: out.json}}]\n")
    of_package = {package / name for name in ("build/out/later.wasm", "input.json", "output.json")}
    assert operator.load().files() == of_package | {operator.config / "in.json", operator.config / "out.json"}
