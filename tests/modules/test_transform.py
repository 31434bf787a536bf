"""`transform` as committed: what its schema and the module accept alike, its numbers, and that hostile input is
refused and not trapped on the guest's small stack."""

import json
from typing import Any

import jsonschema_rs
import pytest

from tests.modules.conftest import bundled
from tests.modules.sandbox import MEBIBYTE, Package


@pytest.fixture
def transform() -> Package:
    return bundled("transform")


def is_accepted(package: Package, document: object) -> bool:
    return jsonschema_rs.Draft202012Validator(package.schema("input")).is_valid(document)


def raw_result(package: Package, document: str, expression: str) -> str:
    """The digits as they stand in the answer: Python would read them as floats."""
    raw = f'{{"document": {document}, "expression": {json.dumps(expression)}}}'.encode()
    (line,) = package.call(None, raw=raw).writes
    return line.decode().removeprefix('{"type":"result","data":{"result":').removesuffix("}}\n")


@pytest.mark.parametrize(
    ("document", "expression", "result"),
    [
        ({"a": [{"b": 1}, {"b": 2}]}, "a[?b > `1`].b", [2]),
        ('{"a": [{"b": 1}, {"b": 2}]}', "sum(a[].b)", 3),
        ('"text"', "length(@)", 4),
        (None, "@", None),
        ([], "[0]", None),
        ({"b": 1, "a": 2}, "keys(@)", ["b", "a"]),
        ({"é": "\U0001f469\u200d\U0001f4bb"}, '"é" | length(@)', 3),
    ],
)
def test_documents_come_typed_or_as_json_in_a_string(transform, document, expression, result):
    input_ = {"document": document, "expression": expression}
    assert is_accepted(transform, input_)
    assert transform.call(input_).result == {"result": result}


@pytest.mark.parametrize("expressions", [{"n": "length(@)", "last": "[-1]"}, '{"n": "length(@)", "last": "[-1]"}'])
def test_several_expressions_give_an_object_by_their_names(transform, expressions):
    input_ = {"document": [1, 2, 3], "expressions": expressions}
    assert is_accepted(transform, input_)
    assert transform.call(input_).result == {"result": {"n": 3, "last": 3}}


@pytest.mark.parametrize(
    ("input_", "field"),
    [
        ({}, "document"),
        ({"document": 1}, "expression"),
        ({"document": 1, "expression": 5}, "expression"),
        ({"document": 1, "expression": ""}, "expression"),
        ({"document": 1, "expression": "a" * 16_385}, "expression"),
        ({"document": 1, "expression": "a", "expressions": {"a": "a"}}, "expressions"),
        ({"document": 1, "expressions": {}}, "expressions"),
        ({"document": 1, "expressions": {"a": 1}}, "expressions"),
        ({"document": 1, "expressions": {"a" * 101: "a"}}, "expressions"),
        ({"document": 1, "expressions": "[]"}, "expressions"),
        ({"document": 1, "expressions": {str(i): "a" for i in range(65)}}, "expressions"),
        ({"document": 1, "expression": "a", "text": "b"}, "text"),
    ],
)
def test_schema_and_module_refuse_the_same(transform, input_, field):
    assert not is_accepted(transform, input_)
    answer = transform.call(input_)
    assert (answer.exit_code, answer.lines) == (2, [])
    assert answer.stderr.startswith(f"input refused: {field}: ")


@pytest.mark.parametrize("digits", ["9007199254740993", "-123456789012345678901234567890", "19.90", "1e-300", "-0"])
def test_numbers_come_out_with_the_digits_they_went_in_with(transform, digits):
    assert raw_result(transform, f'{{"n": {digits}}}', "n") == digits
    assert raw_result(transform, json.dumps(digits), "@") == digits


@pytest.mark.parametrize(
    ("document", "expression"),
    [
        (1, "[" * 16_000),
        (1, "(" * 8_000 + "a" + ")" * 8_000),
        (1, "!" * 16_000 + "a"),
        (1, "[]" * 8_000),
        (1, "a[*]" * 4_000),
        (1, "*." * 8_000 + "a"),
        (1, "|".join(["[@]"] * 4_000)),
        (1, "|".join(["[@, @]"] * 60)),
        (1, "`" + "[" * 16_000 + "`"),
        ("[" * 100_000, "@"),
        ('{"a":' * 100_000, "@"),
        ("a" * 300_000, "@"),
        ("[" + "1," * 300_000 + "1]", "[" + ",".join("@" * 200) + "] | []"),
    ],
)
def test_what_is_hostile_is_refused_and_never_traps(transform, document, expression):
    answer = transform.call({"document": document, "expression": expression})
    assert (answer.exit_code, answer.lines) == (2, [])
    assert answer.stderr.startswith("input refused: ")


def nested(levels: int, open_: str, close: str, inside: str) -> str:
    return open_ * levels + inside + close * levels


@pytest.mark.parametrize(
    "expression",
    [
        nested(63, "[", "]", "@"),
        nested(63, "(", ")", "@"),
        nested(62, "to_array(", ")", "@"),
        nested(31, "sort_by([@], &to_string(", "))[0]", "@"),
        nested(62, "[?", "]", "@"),
        nested(62, "{a: ", "}", "@"),
        "|".join(["[@]"] * 120) + " | [@, to_string(@)] | [0] == [0]",
    ],
)
def test_what_is_as_deep_as_allowed_fits_the_stack(transform, expression):
    document = nested(64, "[", "]", "")
    raw = f'{{"document": {json.dumps(document)}, "expression": {json.dumps(expression)}}}'.encode()
    answer = transform.call(None, raw=raw)
    assert answer.exit_code == 0 or "nested deeper than" in answer.stderr


def test_a_mebibyte_of_orders_is_within_a_fifth_of_the_fuel(transform):
    order: dict[str, Any] = {"id": 7, "customer": {"name": "Ana"}, "lines": [{"p": 1.5}, {"p": 3.25}], "paid": True}
    document = json.dumps([order] * (MEBIBYTE // len(json.dumps(order)) - 1))
    answer = transform.call({"document": document, "expression": "[?paid].{id: id, sum: sum(lines[].p)} | [-1]"})
    assert answer.result == {"result": {"id": 7, "sum": 4.75}}
    assert answer.fuel < transform.fuel / 5
