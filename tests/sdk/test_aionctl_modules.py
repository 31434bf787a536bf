"""`aionctl modules`: what is installed, its schemas as tables, and a call that can be pasted."""

import json
import shlex
from typing import Any

import pytest

from aion.v1 import catalog_pb2
from aion_sdk import Module, ModuleDescription, ModuleExample, ModuleHealth
from aionctl.output.example_call import example_call
from aionctl.output.modules import show_module
from aionctl.output.schema_fields import MOST_FIELDS, fields_of
from tests.sdk.command_line import Call
from tests.sdk.double import Double, answer

DIGEST = f"sha256:{'ab' * 32}"
INPUT = {
    "type": "object",
    "required": ["text", "rules"],
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 200, "description": "What to read."},
        "lines": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "string", "pattern": "^[1-9]$"}]},
        "mode": {"enum": ["fast", "exact"], "default": "fast"},
        "rules": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/rule"}},
    },
    "$defs": {
        "rule": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"const": "all"}, "weight": {"type": "number"}},
        }
    },
}
OUTPUT = {"type": "object", "properties": {"found": {"type": "array", "items": {"type": "string"}}}}


def described(
    *examples: ModuleExample, schema: Any = INPUT, versions: tuple[str, ...] = ("1.0.0",)
) -> ModuleDescription:
    module = Module("find", "1.0.0", DIGEST, ("find",), ModuleHealth.READY, "", None, 1 << 26, 0, "MIT")
    return ModuleDescription(module, json.dumps(schema), json.dumps(OUTPUT), examples, versions)


def words(*examples: ModuleExample, **changes: Any) -> list[str]:
    return shlex.split(example_call(described(*examples, **changes)))


def test_a_schema_is_a_row_for_each_field_and_nested_ones_stand_below_theirs() -> None:
    rows = {(field.name, field.depth): field for field in fields_of(INPUT)}

    assert list(rows) == [("text", 0), ("lines", 0), ("mode", 0), ("rules", 0), ("name", 1), ("weight", 1)]
    assert (rows["text", 0].type, rows["text", 0].required, rows["text", 0].limits, rows["text", 0].about) == (
        "string",
        True,
        "1 to 200 characters",
        "What to read.",
    )
    assert (rows["lines", 0].type, rows["lines", 0].limits) == ("integer or string", "1 to 9")
    assert (rows["mode", 0].type, rows["mode", 0].default, rows["mode", 0].limits) == (
        "string",
        "fast",
        "one of fast, exact",
    )
    assert (rows["rules", 0].type, rows["rules", 0].limits) == ("list of object", "at least 1 entries")
    assert (rows["name", 1].required, rows["name", 1].limits, rows["weight", 1].type) == (True, "all", "number")


@pytest.mark.parametrize(
    ("member", "type_", "limits"),
    [
        ({"enum": [True, False, "true", "false"]}, "boolean or string", 'one of true, false, "true", "false"'),
        ({"enum": ["auto", ",", ";", "tab", "|", "1"]}, "string", 'one of auto, ",", ";", tab, "|", "1"'),
        (
            {"anyOf": [{"type": "array", "items": {"enum": ["a", "b"]}}, {"type": "string", "pattern": "^[ab]$"}]},
            "list of string or string",
            "one of a, b",
        ),
        ({"anyOf": [{"type": "boolean"}, {"enum": ["true"]}]}, "boolean or string", 'one of "true"'),
        ({"type": "string", "pattern": "^a$"}, "string", "matches ^a$"),
    ],
)
def test_types_and_limits_of_a_parameter_that_may_come_as_a_string(member: Any, type_: str, limits: str) -> None:
    (field,) = fields_of({"properties": {"a": member}})

    assert (field.type, field.limits) == (type_, limits)


def test_a_table_of_a_schema_is_narrow_enough_to_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    long = {"enum": [f"word{number}" for number in range(80)], "description": "Says a thing. " * 40}

    show_module(described(schema={"type": "object", "properties": {"a": long}}))

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < 200
    assert " ".join(lines).count("thing.") == 40


ENDLESS = {"type": "array", "items": {"$ref": "#/$defs/a"}}
STRANGE: list[Any] = [
    None,
    True,
    [],
    {"properties": []},
    {"properties": {"a": None, "b": 7, "c": {"type": {"x": 1}, "enum": 5, "items": 3, "anyOf": [1]}}},
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
    {"$ref": "elsewhere.json"},
    {"properties": {"a": ENDLESS}, "$defs": {"a": ENDLESS}},
    {"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": ["a", "b", 3]},
]


@pytest.mark.parametrize("schema", STRANGE)
def test_a_schema_that_is_none_or_has_no_end_is_shown_as_far_as_it_goes(schema: Any) -> None:
    assert len(fields_of(schema)) <= MOST_FIELDS
    assert words(schema=schema)[:3] == ["aionctl", "run", "find"]


def test_the_author_s_first_example_is_the_call() -> None:
    plain = ModuleExample("first", '{"text": "it\'s 5 $", "mode": "@fast"}', "")
    typed = ModuleExample("second", '{"text": "a\\nb", "rules": [1]}', "")

    assert words(plain, typed) == ["aionctl", "run", "find", "-p", "text=it's 5 $", "-p", "mode=@@fast"]
    assert words(typed)[3:] == ["--params-json", '{"text": "a\\nb", "rules": [1]}']


def test_what_a_terminal_would_not_show_is_spelled_out_in_the_call_and_means_the_same() -> None:
    call = words(ModuleExample("evil", json.dumps({"text": "a\x1b[2J\u202eb"}), ""))

    assert call[3] == "--params-json"
    assert json.loads(call[4]) == {"text": "a\x1b[2J\u202eb"}
    assert not {"\x1b", "\u202e"} & set(call[4])


def test_without_an_example_the_schema_suggests_one() -> None:
    assert json.loads(words()[4]) == {"text": "Some text.", "rules": [{"name": "all"}]}
    assert words(schema={"type": "object"}) == ["aionctl", "run", "find"]


NESTED: Any = {"type": "string"}
for _ in range(4):
    NESTED = {"type": "array", "minItems": 200, "items": NESTED}
WIDE: Any = {
    "type": "object",
    "properties": {f"p{number}": {"$ref": "#"} for number in range(100)},
    "required": [f"p{number}" for number in range(100)],
}


@pytest.mark.parametrize("schema", [{"properties": {"a": NESTED}, "required": ["a"]}, WIDE])
def test_a_suggested_call_is_short_whatever_the_schema_wants(schema: Any) -> None:
    assert len(words(schema=schema)[4]) < 2_000


def test_a_suggested_list_has_as_many_entries_as_the_schema_wants() -> None:
    numbers = {"type": "array", "minItems": 12, "items": {"type": "integer"}}
    assert json.loads(words(schema={"properties": {"a": numbers}, "required": ["a"]})[4]) == {"a": [1] * 12}


def test_of_several_versions_the_call_names_the_one_that_is_shown() -> None:
    assert words(versions=("2.0.0", "1.0.0"))[3:5] == ["--prefer", "module:find@1.0.0"]


def response(**facts: Any) -> catalog_pb2.DescribeModuleResponse:
    module = {
        "name": "find",
        "version": "1.2.0",
        "digest": DIGEST,
        "intents": ["find"],
        "health": 1,
        "memory_bytes": 1 << 26,
        "kind": 2,
        "deterministic": True,
        "authors": ["Ada"],
        **facts,
    }
    examples = [{"name": "one", "input_json": '{"text":"x"}', "result_json": '{"found":[]}'}]
    return catalog_pb2.DescribeModuleResponse(
        module=module,
        input_schema_json=json.dumps(INPUT),
        output_schema_json=json.dumps(OUTPUT),
        examples=examples,
        versions=["2.0.0", "1.2.0"],
    )


@pytest.mark.parametrize(
    ("asked", "name", "version"),
    [("find", "find", ""), ("find@^1.2", "find", "^1.2"), (f"module:find@{DIGEST}", "find", DIGEST)],
)
def test_a_module_is_asked_for_by_name_version_range_and_digest(
    double: Double, aionctl: Call, asked: str, name: str, version: str
) -> None:
    double.script("DescribeModule", answer(response()))

    done = aionctl("modules", "show", asked)

    assert done.returncode == 0
    assert (double.seen[0].request.name, double.seen[0].request.version) == (name, version)
    for shown in ("module:find@1.2.0", DIGEST, "component", "64 MiB", "Ada", "2.0.0", "1 to 200 characters", "INPUT"):
        assert shown in done.stdout
    assert "aionctl run find --prefer module:find@1.2.0 -p text=x" in done.stdout


def test_a_broken_module_says_why_and_suggests_no_call(double: Double, aionctl: Call) -> None:
    double.script("DescribeModule", answer(response(health=2, health_reason="no such file\x1b[2J")))

    done = aionctl("modules", "show", "find")

    assert "no such file\\x1b" in done.stdout
    assert "aionctl run" not in done.stdout


def test_programs_get_the_documents(double: Double, aionctl: Call) -> None:
    double.script("DescribeModule", answer(response()))

    shown = json.loads(aionctl("modules", "show", "find", "-o", "json").stdout)

    assert (shown["input_schema"], shown["versions"]) == (INPUT, ["2.0.0", "1.2.0"])
    assert shown["examples"] == [{"name": "one", "input": {"text": "x"}, "result": {"found": []}}]
    assert shown["module"]["deterministic"] is True


def test_modules_alone_lists_them(double: Double, aionctl: Call) -> None:
    module = {"name": "find", "version": "1.0.0", "digest": DIGEST, "health": 1, "kind": 1}
    double.script("ListModules", answer(catalog_pb2.ListModulesResponse(modules=[module])))

    listed = aionctl("modules", "list").stdout

    assert listed == aionctl("modules").stdout
    assert DIGEST[:19] in listed
    assert DIGEST[:20] not in listed
    assert json.loads(aionctl("modules", "-o", "json").stdout)[0]["kind"] == "CORE"
    assert "list" in aionctl("modules", "--help").stdout
