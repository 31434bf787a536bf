"""How much of a document is checked, and how much of what is wrong with it is told."""

import json

import pytest

from aion.domain.errors import InputSchemaViolation
from tests.unit.catalog.operators import Operator


def test_of_a_huge_document_only_the_first_error_is_looked_for(operator: Operator) -> None:
    operator.install(input_schema={"type": "object", "additionalProperties": {"items": {"type": "string"}}})

    with pytest.raises(InputSchemaViolation) as caught:
        operator.load().check_input("summarize", json.dumps({"list": [1] * 100_000}))

    (violation,) = caught.value.violations
    assert (violation.field, violation.description) == ("params.list[0]", "must be a string (got 1)")


CODES = {"type": "array", "items": {"oneOf": [{"const": number} for number in range(250)]}}


def test_where_there_are_many_alternatives_only_what_is_small_is_told_in_detail(operator: Operator) -> None:
    """The first error of alternatives brings those of all of them: four hundred codes took seconds, and all memory."""
    operator.install(input_schema={"type": "object", "properties": {"codes": CODES}})
    catalog = operator.load()

    def told(count: int) -> str:
        with pytest.raises(InputSchemaViolation) as caught:
            catalog.check_input("summarize", json.dumps({"codes": [-1] * count}))
        return caught.value.violations[0].description

    assert "must be 0 or 1" in told(5)
    assert told(400) == "does not fit its schema; send fewer values to be told where"
    catalog.check_input("summarize", json.dumps({"codes": [7] * 400}))


def test_how_many_values_are_checked_follows_from_what_the_schema_asks_of_each(operator: Operator) -> None:
    operator.install(input_schema={"type": "object", "properties": {"codes": CODES}})

    with pytest.raises(InputSchemaViolation) as caught:
        operator.load().check_input("summarize", json.dumps({"codes": [7] * 8_000}))

    (violation,) = caught.value.violations
    assert violation.description == "has more than 7968 values, the most that this schema is checked for"


def test_a_tree_may_have_as_many_values_as_any_document(operator: Operator) -> None:
    node = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}}
    operator.install(input_schema={**node, "$defs": {"node": node}})

    operator.load().check_input("summarize", json.dumps({"children": [{"children": [{}] * 300}] * 300}))
