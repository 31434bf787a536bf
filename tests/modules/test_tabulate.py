"""`tabulate` as committed: its streamed summary, what schema and module refuse alike, and tables of which all is
known."""

import random

import jsonschema_rs
import pytest

from tests.modules.conftest import bundled
from tests.modules.sandbox import MEBIBYTE, Package


@pytest.fixture
def tabulate() -> Package:
    return bundled("tabulate")


def is_accepted(package: Package, document: object) -> bool:
    return jsonschema_rs.Draft202012Validator(package.schema("input")).is_valid(document)


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"delimiter": "auto", "header": "auto", "decimal": "auto"},
        {"delimiter": ";", "header": "yes", "decimal": ","},
    ],
)
def test_what_is_said_of_the_dialect_may_be_left_out(tabulate, wishes):
    input_ = {"text": "part;weight\nbolt;1,5\nnut;2,25\n"} | wishes
    assert is_accepted(tabulate, input_)
    result = tabulate.call(input_).result
    assert [column["type"] for column in result["columns"]] == ["text", "number"]
    assert result["columns"][1]["numbers"]["mean"] == 1.875


@pytest.mark.parametrize(
    ("field", "value"),
    [("delimiter", ":"), ("delimiter", "\t"), ("header", True), ("header", "maybe"), ("decimal", ";"), ("text", 1)],
)
def test_schema_and_module_refuse_the_same(tabulate, field, value):
    input_ = {"text": "a", field: value}
    assert not is_accepted(tabulate, input_)
    answer = tabulate.call(input_)
    assert (answer.exit_code, answer.lines) == (2, [])
    assert answer.stderr.startswith(f"input refused: {field}: ")


def test_the_streamed_tokens_put_together_are_the_summary(tabulate):
    text = "id,name\n" + "".join(f"{i},n{i}\n" for i in range(50))
    answer = tabulate.call({"text": text})
    assert len(answer.tokens) > 2
    assert "".join(answer.tokens) == answer.result["summary"]


def test_more_columns_than_256_are_refused_with_a_remedy(tabulate):
    answer = tabulate.call({"text": ("1," * 300 + "\n") * 3})
    assert answer.exit_code == 2
    assert "text: has 301 columns, more than 256; send fewer columns" in answer.stderr


def test_the_largest_result_stays_below_a_mebibyte(tabulate):
    cell = '"' + "\x01" * 200 + '"'
    header = ",".join(f"\x02\x02{i}" + "\x02" * 100 for i in range(256))
    rows = [",".join(cell.replace("\x01\x01", chr(3 + (row + i) % 5) * 2, 1) for i in range(256)) for row in range(12)]
    text = "\n".join([header, *rows])
    assert len(text) < MEBIBYTE
    assert sum(map(len, tabulate.call({"text": text}).writes[-1:])) < MEBIBYTE


def test_planted_outliers_types_and_defects_are_found(tabulate):
    seeded = random.Random(5)
    for delimiter, comma in ((",", "."), (";", ","), ("\t", "."), ("|", ".")):
        rows = [
            [str(1000 + i), f"0{seeded.randrange(1000, 9999)}", f"{seeded.gauss(50, 4):.2f}".replace(".", comma)]
            for i in range(80)
        ]
        rows[17][2] = f"4999{comma}50"
        rows.append(rows[3])
        text = "\r\n".join(delimiter.join(row) for row in [["id", "ref", "reading"], *rows])
        result = tabulate.call({"text": text}).result
        assert result["dialect"]["delimiter"] == {"\t": "tab"}.get(delimiter, delimiter)
        assert result["dialect"]["decimal"] == comma
        assert [column["type"] for column in result["columns"]] == ["integer", "text", "number"]
        outliers = result["columns"][2]["outliers"]
        assert [(item["row"], item["value"]) for item in outliers["items"]] == [(18, 4999.5)]
        assert [note["kind"] for note in result["notes"]] == ["duplicate_rows", "leading_zeros"]
