"""A schema that multiplies work is refused at install; one that merely refers, or refers to itself, is not."""

import json
from typing import Any

import pytest

from aion.adapters.catalog.packages import read_package
from aion.adapters.catalog.schema_work import MOST_WORK, SchemaTooIntricate, most_work
from tests.unit.catalog.operators import INPUT_SCHEMA, OUTPUT_SCHEMA, Operator

Schema = dict[str, Any]


def reference(name: object) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def chain(length: int, link: Any, last: Any = True) -> Schema:
    """Definitions each of which is made from references to the next."""
    definitions = {f"d{n}": link(reference(f"d{n + 1}")) for n in range(length)}
    return {"type": "object", **reference("d0"), "$defs": {**definitions, f"d{length}": last}}


def tree(node: Schema) -> Schema:
    return {"type": "object", **reference("node"), "$defs": {"node": node}}


DOUBLED: list[tuple[str, Any]] = [
    ("allOf", lambda next_one: {"allOf": [next_one, next_one]}),
    ("anyOf and not", lambda next_one: {"anyOf": [next_one], "not": next_one}),
    ("a condition", lambda next_one: {"if": next_one, "then": next_one}),
    ("dependent schemas", lambda next_one: {"dependentSchemas": {"a": next_one, "b": next_one}}),
    (
        "a pointer in other words",
        lambda next_one: {"oneOf": [next_one, {"$ref": next_one["$ref"].replace("d", "%64")}]},
    ),
    ("a member twice", lambda next_one: {"properties": {"a": next_one}, "patternProperties": {"a": next_one}}),
    ("items twice", lambda next_one: {"items": next_one, "contains": next_one}),
    ("what is not evaluated", lambda next_one: {"allOf": [next_one], "unevaluatedProperties": False}),
]


@pytest.mark.parametrize(("how", "link"), DOUBLED, ids=[how for how, _ in DOUBLED])
def test_definitions_that_double_the_work_one_after_the_other_are_refused(how: str, link: Any) -> None:
    with pytest.raises(SchemaTooIntricate, match=f"more than {MOST_WORK} checks of one value"):
        most_work(chain(29, link))
    most_work(chain(5, link))


@pytest.mark.parametrize(
    "node",
    [
        {"properties": {"a": reference("node")}, "patternProperties": {"^a": reference("node")}},
        {"allOf": [{"properties": {"a": reference("node")}}, {"properties": {"a": reference("node")}}]},
        {"items": reference("node"), "contains": reference("node")},
        {"$anchor": "n", "properties": {"a": {"anyOf": [{"$ref": "#n"}, {"$dynamicRef": "#n"}]}}},
    ],
    ids=["a member under a pattern", "one member in two branches", "items", "an anchor"],
)
def test_a_definition_that_refers_to_itself_twice_at_one_value_is_refused(node: Schema) -> None:
    with pytest.raises(SchemaTooIntricate):
        most_work(tree(node))


@pytest.mark.parametrize(
    "schema",
    [
        INPUT_SCHEMA,
        OUTPUT_SCHEMA,
        {"type": "object", "properties": {"child": {"$ref": "#"}}},
        {"type": "object", "properties": {f"p{n}": {"$ref": "#"} for n in range(1500)}},
        tree({"properties": {"left": reference("node"), "right": reference("node")}}),
        tree({"properties": {"a": reference("node")}, "additionalProperties": reference("node")}),
        tree({"anyOf": [{"items": reference("node")}, {"additionalProperties": reference("node")}]}),
        tree(
            {
                "oneOf": [
                    {"properties": {"not": reference("node")}},
                    {"properties": {"or": {"items": reference("node")}}},
                ]
            }
        ),
        {
            "type": "object",
            "properties": {f"p{n}": reference("s") for n in range(1500)},
            "$defs": {"s": {"type": "string"}},
        },
        {
            "$id": "https://example.org/a",
            "type": "object",
            "$ref": "https://example.org/a#/$defs/a",
            "$defs": {"a": True},
        },
    ],
)
def test_what_people_write_is_not_refused(schema: Schema) -> None:
    most_work(schema)


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"allOf": [{"$ref": "#"}]}, "leads back to itself"),
        (chain(1000, lambda next_one: next_one), "chain of more than 200 references"),
        ({"properties": {"a": {"$id": "x:y", "$ref": "#/$defs/a"}}}, r"has \$id below its root"),
        ({"properties": {"a": {"$ref": "other.json#/$defs/a"}}}, "has the reference other.json"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_the_reason(schema: Schema, says: str) -> None:
    with pytest.raises(SchemaTooIntricate, match=says):
        most_work(schema)


@pytest.mark.parametrize("which", ["input", "output"])
def test_a_package_with_such_a_schema_is_broken_and_the_reason_names_its_file(operator: Operator, which: str) -> None:
    folder = operator.install(folder="summarize")
    (folder / f"{which}.json").write_text(json.dumps(chain(29, lambda next_one: {"allOf": [next_one, next_one]})))

    package = read_package(folder)

    assert package.broken == (
        f"summarize/{which}.json: asks for more than 10000 checks of one value; use fewer references and combinations"
    )
