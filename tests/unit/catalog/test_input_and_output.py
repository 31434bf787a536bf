import json
from pathlib import Path
from typing import Any

import pytest

from aion.adapters.catalog.errors import ConfigurationInvalid
from aion.adapters.catalog.schemas import MAX_BYTES, compile_schema
from aion.domain.errors import MOST_VIOLATIONS, InputSchemaViolation
from tests.unit.catalog.operators import Operator


def violations(operator: Operator, document: str) -> dict[str, str]:
    operator.install()
    with pytest.raises(InputSchemaViolation) as caught:
        operator.load().check_input("summarize", document)
    return {violation.field: violation.description for violation in caught.value.violations}


def test_an_input_that_fits_passes(operator: Operator) -> None:
    operator.install()

    operator.load().check_input("summarize", '{"text": "hello", "max_sentences": "3", "language": "fr"}')


def test_a_parameter_that_looks_like_one_that_is_not_given_is_answered_with_its_name(operator: Operator) -> None:
    assert violations(operator, '{"txt": "hello"}') == {
        "params.text": "is required; add it",
        "params.txt": "is not a parameter; did you mean text?",
    }
    with pytest.raises(InputSchemaViolation, match=r"params\.txt is not a parameter of this intent; remove it"):
        operator.load().check_input("summarize", '{"text": "hello", "txt": "hello"}')


def test_what_is_said_of_an_input_counts_the_fields_that_it_does_not_name(operator: Operator) -> None:
    operator.install()
    with pytest.raises(InputSchemaViolation) as refused:
        operator.load().check_input("summarize", '{"txt": "hello"}')
    assert refused.value.message.endswith(" (and 1 more)")
    with pytest.raises(InputSchemaViolation) as refused:
        operator.load().check_input("summarize", "{}")
    assert refused.value.message == "the input does not fit summarize: params.text is required; add it"


def test_every_wrong_field_is_named_with_limit_and_remedy(operator: Operator) -> None:
    found = violations(operator, json.dumps({"text": "", "max_sentences": "x", "zz": 1, "language": "de"}))

    assert found == {
        "params.text": "must have at least 1 character",
        "params.max_sentences": 'must be a whole number from 1 to 20, also as a string (got "x")',
        "params.language": 'must be one of "en", "fr" (got "de")',
        "params.zz": "is not a parameter of this intent; remove it",
    }


@pytest.mark.parametrize(
    ("document", "field", "says"),
    [
        ("{}", "params.text", "is required; add it"),
        ('{"text": 5}', "params.text", "must be a string (got 5)"),
        ('{"text": null}', "params.text", "must be a string (got null)"),
        ('{"text": {"a": 1}}', "params.text", "must be a string (got an object of 1 field)"),
        ("[1, 2]", "params", "must be an object (got an array of 2 items)"),
        ("{", "params", "is not JSON"),
        ("", "params", "is not JSON"),
        ('{"text": NaN}', "params", "is not JSON"),
        ('{"text": "\\ud800"}', "params", "is not JSON"),
        ('{"text": ' + "[" * 5000 + "]" * 5000 + "}", "params", "is not JSON"),
        ('{"text": ' + "[" * 900 + "]" * 900 + "}", "params", "nested too deep"),
    ],
)
def test_an_input_that_is_wrong_as_a_whole_is_told_so(operator: Operator, document: str, field: str, says: str) -> None:
    found = violations(operator, document)

    assert says in found[field]


def test_a_long_value_is_shown_by_its_beginning_only(operator: Operator) -> None:
    found = violations(operator, json.dumps({"text": "x", "language": "s" * 100_000}))

    assert found["params.language"].endswith(f'(got "{"s" * 30}"... (100000 characters))')


def test_a_long_field_name_is_cut(operator: Operator) -> None:
    (field,) = violations(operator, json.dumps({"text": "x", "n" * 100_000: 1}))

    assert field == f"params.{'n' * 60}..."


def test_the_number_of_violations_is_bounded(operator: Operator) -> None:
    found = violations(operator, json.dumps({"text": "x", **{f"n{i}": 1 for i in range(1000)}}))

    assert len(found) == MOST_VIOLATIONS


def test_a_result_that_does_not_fit_is_a_sentence(operator: Operator) -> None:
    operator.install()
    problem = operator.load().judge("summarize", "module:summarize@1.0.0")
    assert problem is not None

    assert problem('{"summary": "short"}') is None
    assert problem('{"summary": 3}') == "result.summary must be a string (got 3)"
    assert problem("{}") == "result.summary is required; add it"
    assert "is not JSON" in str(problem("nope"))


DEFINED = {"few": {"pattern": "^20$"}, "some": {"type": "integer", "minimum": 1}}


@pytest.mark.parametrize(
    ("keyword", "value", "says"),
    [
        ({"minimum": 2}, 1, "must be at least 2 (got 1)"),
        ({"maximum": 2}, 3, "must be at most 2 (got 3)"),
        ({"exclusiveMinimum": 2}, 2, "must be more than 2 (got 2)"),
        ({"exclusiveMaximum": 2}, 2, "must be less than 2 (got 2)"),
        ({"multipleOf": 2}, 3, "must be a multiple of 2 (got 3)"),
        ({"minLength": 2}, "a", "must have at least 2 characters"),
        ({"maxLength": 1}, "ab", "must have at most 1 character; shorten it"),
        ({"minItems": 1}, [], "must have at least 1 item"),
        ({"maxItems": 1}, [1, 2], "must have at most 1 item"),
        ({"minProperties": 1}, {}, "must have at least 1 field"),
        ({"maxProperties": 0}, {"a": 1}, "must have at most 0 fields"),
        ({"uniqueItems": True}, [1, 1], "must not have the same item twice"),
        ({"const": "a"}, "b", 'must be "a"'),
        ({"format": "email"}, "nobody", 'must have the format email (got "nobody")'),
        ({"type": ["integer", "null"]}, "a", 'must be null or a whole number (got "a")'),
        ({"not": {}}, 1, "has a form that is not allowed here"),
        ({"contains": {"const": 1}}, [2], "must contain an item"),
        ({"oneOf": [{"type": "integer"}, {"minimum": 0}]}, -1.5, "fits none of the allowed forms"),
        ({"oneOf": [{}, {}]}, 1, "fits more than one form where only one may fit"),
        ({"oneOf": [{"required": ["b"]}, {"required": ["c"]}]}, {"b": 1, "c": 1}, "takes only one of b, c"),
        (
            {"anyOf": [{"anyOf": [False]}, {"required": ["b"]}]},
            {},
            "needs b",
        ),
        ({"oneOf": [{"required": ["b"]}, {"required": ["c"]}]}, {}, "needs b, or c"),
        (
            {"oneOf": [{"required": ["b"], "properties": {"c": False}}, {"required": ["c", "d"]}]},
            {"c": 1},
            "needs d",
        ),
        (
            {"anyOf": [{"type": "array", "items": {"enum": ["x", "y"]}}, {"type": "string", "pattern": "^(x|y)$"}]},
            "z",
            'must be a list of "x", "y", also as a string (got "z")',
        ),
        (
            {"anyOf": [{"type": "array", "items": {"enum": ["x", "y"]}}, {"type": "string", "pattern": "^(x|y)$"}]},
            ["x", "z"],
            '[1] must be one of "x", "y" (got "z")',
        ),
        (
            {"anyOf": [{"type": "number", "minimum": 0.05, "maximum": 1}, {"type": "string", "pattern": "^1$"}]},
            7,
            "must be a number from 0.05 to 1, also as a string (got 7)",
        ),
        (
            {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}]},
            "yes",
            'must be true or false, also as a string (got "yes")',
        ),
        (
            {"anyOf": [{"items": {"anyOf": [{"type": "string"}, {"required": ["b"]}]}}, {"type": "string"}]},
            [{}],
            "[0] needs b",
        ),
        (
            {"description": "A day that exists.", "pattern": f"^({'0|' * 40}1)$"},
            "2",
            'does not have the form that it needs (got "2"); the schema says: A day that exists.',
        ),
        (
            {"anyOf": [{"$ref": "#/$defs/some"}, {"type": "null"}]},
            0,
            "must be a whole number of at least 1 or null (got 0)",
        ),
        (
            {"description": "How many,\n 1 to 20.", "anyOf": [{"type": "integer"}, {"pattern": "^20$"}]},
            "99",
            'fits none of the allowed forms (got "99"); the schema says: How many, 1 to 20.',
        ),
        (
            {"description": "A colour.", "type": "string", "pattern": "^#[0-9a-f]{6}$"},
            "red",
            'must match "^#[0-9a-f]{6}$" (got "red"); the schema says: A colour.',
        ),
        ({"$ref": "#/$defs/few"}, "99", 'must match "^20$" (got "99")'),
        (False, 1, "is not allowed here; remove it"),
    ],
)
def test_each_keyword_says_what_it_wants(tmp_path: Path, keyword: Any, value: Any, says: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"type": "object", "properties": {"a": keyword}, "$defs": DEFINED}))

    (violation,) = compile_schema(path, "s.json").violations(json.dumps({"a": value}), "params")

    assert violation.field == "params.a"
    assert says in violation.description


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "s.json:1: is not JSON"),
        ("[]", 's.json:1: type: must describe an object, as inputs and results are; write "type": "object"'),
        ('{"type": "array"}', "must describe an object"),
        (
            '{"type": "object", "$schema": "http://json-schema.org/draft-07/schema#"}',
            "$schema: must be https://json-schema.org/draft/2020-12/schema",
        ),
        ('{"type": "object", "$schema": 5}', "$schema: must be"),
        ('{"type": "object", "properties": 5}', "properties"),
        (
            '{"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:1/s"}}}',
            "refers to another document (http://127.0.0.1:1/s); copy what it needs into $defs",
        ),
        ('{"type": "object", "properties": {"a": {"$ref": "file:///etc/hostname"}}}', "refers to another document"),
        ('{"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}', "does not exist"),
        ('{"type": "object", "properties": {"a": {"pattern": "(?=a)b"}}}', "linear time"),
        ('{"type": "object", "properties": {"a": {"pattern": "("}}}', "linear time"),
        ('{"type": "object", "x": ' + "[" * 2000 + "]" * 2000 + "}", "is not JSON"),
        ('{"type": "object", "not": ' + '{"not": ' * 500 + "{}" + "}" * 501, "cannot be compiled"),
    ],
)
def test_a_schema_that_cannot_be_checked_safely_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text)

    with pytest.raises(ConfigurationInvalid) as caught:
        compile_schema(path, "s.json")

    assert says in str(caught.value)


def test_a_schema_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(b" " * (MAX_BYTES + 1))

    with pytest.raises(ConfigurationInvalid, match="is larger than"):
        compile_schema(path, "s.json")


def test_a_schema_that_refers_to_itself_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('{"type": "object", "properties": {"child": {"$ref": "#"}}}')
    schema = compile_schema(path, "s.json")

    assert schema.violations('{"child": {"child": {}}}', "params") == ()
    assert schema.violations('{"child": {"child": 1}}', "params")[0].field == "params.child.child"


def test_of_many_unknown_fields_their_number_is_told_and_the_first_are_named(tmp_path: Path) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"text": {}, "kinds": {}}}
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    compiled = compile_schema(tmp_path / "schema.json", "schema.json")
    document = json.dumps({"text": "x"} | {f"k{number}": number for number in range(50_000)})
    compiled._validator = None  # who asks it collects all of them

    found = compiled.violations(document, "params")

    names = [f"params.k{number}" for number in range(MOST_VIOLATIONS - 1)]
    assert [violation.field for violation in found] == ["params", *names]
    assert found[0].description == "has 50000 fields that are not parameters of this intent; remove them"
    assert {violation.description for violation in found[1:]} == {"is not a parameter of this intent; remove it"}


@pytest.mark.parametrize(
    "open_to", [{}, {"additionalProperties": True}, {"additionalProperties": False, "patternProperties": {"^k": {}}}]
)
def test_a_schema_that_is_open_takes_as_many_fields_as_there_are(tmp_path: Path, open_to: dict[str, Any]) -> None:
    (tmp_path / "schema.json").write_text(json.dumps({"type": "object", "properties": {"text": {}}} | open_to))
    compiled = compile_schema(tmp_path / "schema.json", "schema.json")

    assert compiled.violations(json.dumps({f"k{number}": number for number in range(100)}), "params") == ()
