"""Whatever a file holds, it is read or refused with a place: nothing else escapes."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from aion.adapters.catalog.documents import parse_document
from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.manifest import Manifest
from aion.adapters.catalog.operator_files import IntentsFile, ModelsFile, PoliciesFile
from aion.adapters.catalog.schemas import CompiledSchema
from aion.adapters.catalog.strict_models import model_of
from tests.unit.catalog.operators import INPUT_SCHEMA, MANIFEST

# How fast a machine is says nothing about what holds.

SYNTAX = st.text(alphabet=list("ab1.:-[]{}&*!?|>'\"#%@`,~<=\n\t \\0xé\u2028"), max_size=60)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
MODELS = [Manifest, IntentsFile, PoliciesFile, ModelsFile]


def paths(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, child in inner for path in paths(child, (*at, key)))]


@given(SYNTAX | st.text(max_size=60))
@example("? ")
@example("!<tag:yaml.org,2002:int> x")
@example("a: 0o9\nb: 1_\nc: 190:20:30\nd: .inf\ne: =\nf: <<\n")
@example("%YAML 9.9\n---\na")
@example("a: !!str\n")
def test_any_text_is_a_document_or_refused_with_its_file(text: str) -> None:
    try:
        document = parse_document(text, "f.yml")
    except ConfigurationInvalid as refusal:
        told = [(problem.file, bool(problem.message)) for problem in refusal.problems]
    else:
        told = [("f.yml", document.line(path) >= 1) for path in paths(document.value)]

    assert set(told) == {("f.yml", True)}


@pytest.mark.parametrize("model", MODELS)
@given(value=st.dictionaries(st.sampled_from(["intents", "models", "tenants", "defaults", "metadata", "x"]), VALUES))
def test_any_value_is_a_model_or_refused_with_a_sentence(model: Any, value: dict[str, Any]) -> None:
    messages = ["it is a model"]
    try:
        model_of(parse_document(yaml.safe_dump(value), "f.yml"), model)
    except ConfigurationInvalid as refusal:
        messages = [problem.message for problem in refusal.problems]

    assert all(messages)


MANIFEST_VALUE = yaml.safe_load(MANIFEST.format(name="summarize", version="1.0.0", intent="summarize"))


@given(path=st.sampled_from([path for path in paths(MANIFEST_VALUE) if path]), value=VALUES)
def test_one_wrong_value_in_a_manifest_is_told_at_its_place_or_harmless(path: tuple[Any, ...], value: Any) -> None:
    manifest = json.loads(json.dumps(MANIFEST_VALUE))
    at = manifest
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value

    lines = [1]
    try:
        model_of(parse_document(yaml.safe_dump(manifest), "manifest.yaml"), Manifest)
    except ConfigurationInvalid as refusal:
        lines = [problem.line for problem in refusal.problems]

    assert min(lines) >= 1


@given(st.text(max_size=40) | VALUES.map(json.dumps))
def test_any_input_passes_or_names_what_is_wrong(document: str) -> None:
    violations = CompiledSchema(INPUT_SCHEMA).violations(document, "params")

    assert all(violation.field.startswith("params") and violation.description for violation in violations)
    assert all(len(violation.description) <= 300 for violation in violations)
