"""`aion module test`: fixtures run in the real engine, and authors are told what is wrong in words of their package."""

import pytest

from aion.adapters.catalog.packages import read_package
from aion.adapters.packages.fixtures import FixtureInvalid, differences, read_fixtures
from aion.adapters.packages.measures import Taken, suggestions
from aion.app.commands.module_words import report_lines
from aion.app.composition.module_room import try_out

ONE_NUMBER = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def test_every_kind_of_end_is_told_in_words_of_the_package(author, settings):
    result = {"type": "result", "data": {"n": 1}}
    report = try_out(
        settings,
        str(
            author.package(
                output_schema=ONE_NUMBER,
                a_whole_result={"input": result, "result": {"n": 1}},
                a_part={"input": {"n": 1, "m": [1, {"k": 2}]}, "contains": {"m": [1, {"k": 2}]}},
                another_result={"input": {"n": 1, "m": 2}, "result": {"n": 2}},
                not_the_abi={"input": {"type": "nonsense"}, "contains": {}},
                breaks_the_schema={"input": {"n": "one"}, "contains": {}},
                fails_as_expected={"input": {"type": "token", "text": "a"}, "fails": "without a result"},
                fails_with_other_words={"input": {"type": "token", "text": "a"}, "fails": "no such words"},
                was_to_fail={"input": {"n": 1}, "fails": "anything"},
            )
        ),
        runs=2,
    )
    told = {trial.name: " | ".join(trial.problems) for trial in report.trials}
    assert [name for name, problems in told.items() if not problems] == [
        "a_part",
        "a_whole_result",
        "fails_as_expected",
    ]
    assert told["another_result"] == "n: expected 2, got 1 | m: 2 was not expected"
    assert "OUTPUT_MALFORMED: stdout is not ABI v1" in told["not_the_abi"]
    assert "what is for people goes to stderr" in told["not_the_abi"]
    assert told["breaks_the_schema"].startswith("the output schema refuses the result: result.n")
    assert (
        "it was to fail with 'no such words', but it failed with: the module exited" in told["fails_with_other_words"]
    )
    assert told["was_to_fail"] == "it was to fail with 'anything', but it gave a result: {\"n\":1}"
    assert not report.passed
    (whole,) = [trial.taken for trial in report.trials if trial.name == "a_whole_result"]
    assert whole.fuel > 0
    assert whole.memory_bytes >= 65536
    assert [each.field for each in report.suggestions] == [
        "runtime.resources.fuel",
        "runtime.resources.memory",
        "policies.timeout_ms",
    ]


def test_a_failure_that_the_input_schema_brings_first_is_noted(author, settings):
    folder = author.package(refused={"input": {"type": "token", "text": "a"}, "fails": "without a result"})
    (schema,) = (folder / "schemas").glob("*in*.json")
    schema.write_text('{"type": "object", "properties": {"n": {}}, "additionalProperties": false}')
    report = try_out(settings, str(folder), runs=1)
    assert report.passed
    (trial,) = report.trials
    assert trial.note == (
        "the input schema refuses this before the module is asked: "
        "input.type is not a parameter of this intent; remove it"
    )
    assert f"refused: {trial.note}" in list(report_lines(report))


def test_what_a_dying_module_said_is_shown(author, settings):
    report = try_out(
        settings, str(author.package(wat="says_why_and_traps", dies={"input": {}, "contains": {}})), runs=1
    )
    (trial,) = report.trials
    assert trial.problems[0].startswith("MODULE_TRAPPED: ")
    assert "the list has no items" in trial.log


def test_a_package_without_fixtures_does_not_pass(author, settings):
    report = try_out(settings, str(author.package()), runs=1)
    assert (report.trials, report.passed) == ((), False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1 is not JSON"),
        ("[]", 'must be an object with "input"'),
        ('{"input": 1, "result": {}}', 'must be an object with "input"'),
        ('{"input": {"a": ' + "[" * 300 + "]" * 300 + '}, "result": {}}', "nested too deep"),
        ('{"input": {}}', "exactly one of result, contains, fails"),
        ('{"input": {}, "result": {}, "fails": "a"}', "exactly one of result, contains, fails"),
        ('{"input": {}, "expect": {}}', "exactly one of result, contains, fails"),
        ('{"input": {}, "fails": ""}', "some words of the message"),
        ('{"input": {}, "result": [1]}', "must be an object, as every result is"),
    ],
)
def test_a_file_that_is_no_fixture_is_named(author, text, says):
    folder = author.package()
    (folder / "fixtures" / "a.json").write_text(text)
    with pytest.raises(FixtureInvalid, match=says):
        read_fixtures(folder)


@pytest.mark.parametrize(
    ("expected", "got", "whole", "found"),
    [
        ({"a": 1}, {"a": 1}, True, []),
        ({"a": 1}, {"a": 1, "b": 2}, False, []),
        ({"a": 1}, {"a": 1, "b": 2}, True, ["b: 2 was not expected"]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, False, ["a.b[1]: expected 2, got 3"]),
        ({"a": [1]}, {"a": [1, 2]}, False, ["a: expected [1], got [1,2]"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, False, ["a[0].c: 2 was not expected"]),
        ({"a": 1}, {}, False, ["a: expected 1, but it is not there"]),
        ({"a": True}, {"a": 1}, True, ["a: expected true, got 1"]),
        ({"a": 1.0}, {"a": 1}, True, []),
        ({"a": None}, {"a": 0}, True, ["a: expected null, got 0"]),
    ],
)
def test_a_difference_is_a_place_and_two_values(expected, got, whole, found):
    assert differences(expected, got, whole=whole) == found


def test_of_many_differences_the_first_few_are_shown():
    assert len(differences({str(n): 1 for n in range(100)}, {}, whole=True)) == 9


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        (Taken(fuel=1_234_567, memory_bytes=3 << 20, seconds=0.1), ["13000000 fine", "8Mi fine", "2000 fine"]),
        (Taken(fuel=900_000_000, memory_bytes=300_000, seconds=2), ["9000000000 tight", "1Mi fine", "40000 tight"]),
        (Taken(fuel=1, memory_bytes=0, seconds=0), ["10000000 fine", "500 fine"]),
    ],
)
def test_limits_are_suggested_from_what_was_seen(author, taken, expected):
    package = read_package(author.package())
    found = [f"{each.suggested} {each.verdict}" for each in suggestions(package, [Taken(0, 0, 0), taken])]
    assert found == expected


def test_nothing_is_suggested_from_nothing(author):
    assert suggestions(read_package(author.package()), []) == []
