"""The module `classify` as committed: what it takes, what it refuses, and how often it is right."""

import json

import pytest

from tests.modules.conftest import bundled
from tests.modules.sandbox import PACKAGES, Answer, Package
from tests.modules.schema_checks import assert_valid, is_accepted

LABELS = ["billing", {"name": "shipping", "description": "parcels", "examples": ["Where is my parcel?"]}, "praise"]


@pytest.fixture
def classify() -> Package:
    return bundled("classify")


def told(package: Package, **input_: object) -> Answer:
    assert is_accepted(package, input_)
    answer = package.call(input_)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert_valid(package, "output", answer.result)
    return answer


@pytest.mark.parametrize("labels", [LABELS, json.dumps(LABELS), "billing, shipping, praise"])
@pytest.mark.parametrize("options", [{}, {"multi": True}, {"multi": "false", "min_score": "0.5"}, {"min_score": 0}])
def test_labels_and_options_come_typed_or_as_strings(classify, labels, options):
    result = told(classify, text="My parcel has not arrived", labels=labels, **options).result
    assert result["label"] == "shipping"
    assert {one["label"] for one in result["scores"]} == {"billing", "shipping", "praise"}


@pytest.mark.parametrize(
    "input_",
    [
        {"labels": []},
        {"labels": ""},
        {"labels": "a,,b"},
        {"labels": [""]},
        {"labels": [" "]},
        {"labels": [1]},
        {"labels": {"name": "a"}},
        {"labels": [{"description": "a"}]},
        {"labels": [{"name": "a", "colour": "red"}]},
        {"labels": [{"name": "a", "examples": "b"}]},
        {"labels": ["a"] * 2},
        {"labels": [f"label {number}" for number in range(101)]},
        {"min_score": 1.5},
        {"min_score": "-1"},
        {"min_score": "half"},
        {"multi": 1},
    ],
)
def test_schema_and_module_refuse_the_same_inputs(classify, input_):
    document = {"text": "a", "labels": "a, b"} | input_
    assert not is_accepted(classify, document)
    answer = classify.call(document)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"input refused: {next(iter(input_))}: ")


def test_json_in_a_string_that_is_no_array_of_labels_is_refused_by_the_module(classify):
    for labels in ('["a"', "[1]", '[{"name": ""}]', '["a", "a"]', "[]"):
        assert classify.call({"text": "a", "labels": labels}).stderr.startswith("input refused: labels: ")


def test_the_evidence_cuts_words_out_of_the_text(classify):
    text = "\U0001f469\u200d\U0001f4bb Le pre\u0301le\u0300vement est faux,\r\net la facture aussi"
    (evidence,) = told(classify, text=text, labels=["billing"]).result["evidence"]
    assert {term["text"] for term in evidence["terms"]} >= {"pre\u0301le\u0300vement", "facture"}
    assert all(text[term["start"] : term["end"]] == term["text"] for term in evidence["terms"])


def test_the_committed_module_labels_what_was_held_back(classify):
    asked = right = 0
    for name in ("support", "news"):
        blocks = (PACKAGES / "classify" / "tests" / "written_set" / f"{name}.txt").read_text().split("== ")[1:]
        held_back = {
            block.split(" | ")[0]: [
                line.removeprefix("held back: ") for line in block.splitlines() if line.startswith("held back: ")
            ]
            for block in blocks
            if " | " in block.splitlines()[0]
        }
        for label, texts in held_back.items():
            for text in texts:
                asked += 1
                right += told(classify, text=text, labels=list(held_back)).result["scores"][0]["label"] == label
    assert asked == 64
    assert right / asked >= 0.9
