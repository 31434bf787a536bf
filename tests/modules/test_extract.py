"""The committed `extract.wasm`: what it and its schema accept alike, and how exactly it finds what is written."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.modules.conftest import bundled
from tests.modules.sandbox import MEBIBYTE, PACKAGES, Package

MARK = re.compile(r"\{\{(\w+)\|([^|]*)\|([^}]*)\}\}")


@pytest.fixture
def extract() -> Package:
    return bundled("extract")


def is_accepted(package: Package, document: object) -> bool:
    return jsonschema_rs.Draft202012Validator(package.schema("input")).is_valid(document)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kinds", ["date", "amount"]),
        ("kinds", "date , all"),
        ("kinds", ["date", "date"]),
        ("language", "fr"),
        ("date_order", "ymd"),
        ("reference_date", "2024-02-29"),
        ("reference_date", "2000-02-29"),
        ("default_region", "GB"),
        ("currency", "XOF"),
    ],
)
def test_schema_and_module_accept_the_same_settings(extract, field, value):
    input_ = {"text": "On 9 March 2025.", field: value}
    assert is_accepted(extract, input_)
    assert extract.call(input_).result["counts"]["date"] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kinds", []),
        ("kinds", "name"),
        ("kinds", "date,"),
        ("kinds", 5),
        ("language", "de"),
        ("date_order", "dym"),
        ("reference_date", "2025-02-29"),
        ("reference_date", "1900-02-29"),
        ("reference_date", "0000-01-01"),
        ("reference_date", "2025-3-9"),
        ("reference_date", 20250309),
        ("default_region", "XX"),
        ("default_region", None),
        ("currency", "usd"),
        ("currency", "ABC"),
    ],
)
def test_schema_and_module_refuse_the_same_settings(extract, field, value):
    input_ = {"text": "a", field: value}
    assert not is_accepted(extract, input_)
    assert extract.call(input_).stderr.startswith(f"input refused: {field}: ")


def test_the_texts_held_back_are_read_as_exactly_as_the_readme_says(extract):
    right = claimed = present = 0
    for path in sorted(Path(PACKAGES / "extract" / "tests" / "written_set").glob("held_*.txt")):
        marked = path.read_text()
        text = MARK.sub(r"\2", marked)
        claims = {
            (item["kind"], item["start"], item["end"], value_of(item))
            for item in extract.call({"text": text}).result["items"]
        }
        truths = set(truths_of(marked))
        right += len(claims & truths)
        claimed += len(claims)
        present += len(truths)
    assert present >= 50
    assert right / present >= 0.9
    assert right / claimed >= 0.9


def test_a_mebibyte_of_a_log_gives_what_fits_and_the_counts_of_all(extract):
    line = "2025-03-09 12:00:07 INFO from user@example.com took 9 ms, not 31 April\n"
    text = line * (MEBIBYTE // len(line))
    result = extract.call({"text": text}).result

    assert (result["texts"], result["truncated"]) == (False, True)
    assert result["counts"]["email"] == text.count("@")
    assert 900_000 < len(json.dumps(result, separators=(",", ":"))) <= MEBIBYTE
    jsonschema_rs.Draft202012Validator(extract.schema("output")).validate(result)
    ends = [result[name][-1]["end"] for name in ("items", "refused")]
    assert max(ends) - min(ends) <= len(line)


def test_items_lose_their_texts_before_any_is_left_out(extract):
    text = "user@example.com, user@example.org; " * 5_500
    result = extract.call({"text": text}).result

    assert (result["texts"], result["truncated"]) == (False, False)
    assert len(result["items"]) == result["counts"]["email"] == 11_000
    assert {text[item["start"] : item["end"]] for item in result["items"]} == {"user@example.com", "user@example.org"}


def truths_of(marked: str) -> list[tuple[str, int, int, str]]:
    """Kind, start, end and value of each mark, counted in the text without marks."""
    found, taken = [], 0
    for mark in MARK.finditer(marked):
        start = mark.start() - taken
        found.append((mark[1], start, start + len(mark[2]), mark[3]))
        taken += len(mark[0]) - len(mark[2])
    return found


def value_of(item: dict[str, Any]) -> str:
    """The value as the written set gives it."""
    match item["kind"]:
        case "id":
            return f"{item['form']} {item['value']}"
        case "amount":
            return f"{item['value']} {item['currency']}"
        case _:
            return str(item["value"])
