from pathlib import Path

import pytest

from aion.adapters.catalog.documents import MAX_BYTES, MAX_DEPTH, MAX_VALUES, parse_document, read_document
from aion.adapters.catalog.errors import ConfigurationInvalid, Problem


def problem_of(text: str) -> Problem:
    with pytest.raises(ConfigurationInvalid) as caught:
        parse_document(text, "f.yml")
    return caught.value.problems[0]


def test_every_value_knows_its_line() -> None:
    document = parse_document("a:\n  - x: 1\n    y: two\n  - {x: 3}\nb: true\n", "f.yml")

    assert document.value == {"a": [{"x": 1, "y": "two"}, {"x": 3}], "b": True}
    assert document.line(("a", 0, "y")) == 3
    assert document.line(("a", 1, "x")) == 4
    assert document.line(("b",)) == 5


def test_a_missing_value_has_the_line_of_what_is_around_it() -> None:
    assert parse_document("a:\n  - x: 1\n", "f.yml").line(("a", 0, "missing", "deep")) == 2


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert parse_document("# nothing\n", "f.yml").value == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.10", 1.1),
        ('"1.10"', "1.10"),
        ("0x10", 16),
        ("~", {}),
        ("yes", True),
        ("2026-01-01", "2026-01-01"),
        ("'null'", "null"),
    ],
)
def test_scalars_are_read_as_yaml_reads_them_but_dates_stay_text(text: str, value: object) -> None:
    assert parse_document(text, "f.yml").value == value


def test_a_duplicate_key_is_refused_with_both_lines() -> None:
    problem = problem_of("a: 1\nb:\n  c: 1\n  c: 2\n")

    assert (problem.line, problem.field) == (4, "b.c")
    assert "twice, first on line 3" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: &x 1\nb: 2\n", 1, "anchor"),
        ("a: 1\nb: *x\n", 2, "alias"),
        ("a: !!python/object:os.system {}\n", 1, "tag"),
        ("a: !!binary aGk=\n", 1, "tag"),
        ("a:\n\tb: 1\n", 2, "tab"),
        ("a: [1\nb: 2\n", 2, "not YAML"),
        ("a: 'x\n", 2, "not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("1: x\n", 1, "quotes"),
        ("? [a]\n: 1\n", 1, "keys are text"),
        ("a: \x07\n", 1, "control character"),
        (f"a: {'9' * 5000}\n", 1, "number"),
    ],
)
def test_what_a_configuration_does_not_need_is_refused_with_its_line(text: str, line: int, says: str) -> None:
    problem = problem_of(text)

    assert says in problem.message
    assert problem.line == line


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9))

    assert "anchor" in problem_of(f"l0: &l0 [lol]\n{levels}\n").message


def test_depth_is_bounded_for_lists_and_mappings() -> None:
    assert parse_document("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f.yml").value != {}
    assert "deeper than" in problem_of("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)).message
    assert "deeper than" in problem_of("{a: " * 5000 + "1" + "}" * 5000).message


def test_the_number_of_values_and_of_problems_is_bounded() -> None:
    assert "more than" in problem_of("[" + "1," * MAX_VALUES + "1]").message
    with pytest.raises(ConfigurationInvalid) as caught:
        parse_document("a: 1\n" * 1000, "f.yml")
    assert len(caught.value.problems) == 50


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))

    with pytest.raises(ConfigurationInvalid, match="larger than"):
        read_document(path)


def test_bytes_that_are_not_utf8_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(b"a: 1\nb: \xff\n")

    with pytest.raises(ConfigurationInvalid) as caught:
        read_document(path, "shown.yml")

    assert str(caught.value) == "shown.yml:2: is not UTF-8 text; save the file as UTF-8"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert read_document(path).value == {"a": 1}


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="does not exist"):
        read_document(tmp_path / "none.yml")
    with pytest.raises(ConfigurationInvalid, match="not a regular file"):
        read_document(tmp_path)
