"""`similarity` as committed: what its schema and the module accept alike, two texts, and versions of the same text."""

import json
import random
from typing import Any

import jsonschema_rs
import pytest

from tests.modules.conftest import bundled
from tests.modules.sandbox import MEBIBYTE, PACKAGES, Package

WRITTEN = PACKAGES / "similarity" / "tests" / "written_set"


@pytest.fixture
def similarity() -> Package:
    return bundled("similarity")


def is_accepted(package: Package, document: object) -> bool:
    return jsonschema_rs.Draft202012Validator(package.schema("input")).is_valid(document)


@pytest.mark.parametrize(
    "input_",
    [
        {"documents": ["a b c", "a b c"]},
        {"documents": '["a b c", {"id": "x", "text": "a b c"}]'},
        {"documents": [{"text": "a b c"}, {"id": "\u00e9", "text": "a b c"}], "threshold": "1", "size": "20"},
        {"documents": ["a", "a"], "threshold": "0.05", "max_pairs": "10000", "marks": "true", "shingle": "characters"},
        {"documents": ["a", "a"], "threshold": 0.05, "max_pairs": 1, "marks": False, "size": 1},
        {"text": "a", "other": "a", "threshold": "0.5"},
    ],
)
def test_what_the_schema_accepts_the_module_accepts(similarity, input_):
    assert is_accepted(similarity, input_)
    (pair,) = similarity.call(input_).result["pairs"]
    assert (pair["similarity"], pair["containment"]) == (1, 1)


@pytest.mark.parametrize(
    ("input_", "said"),
    [
        ({}, "documents: is missing"),
        ({"text": "a"}, "other: is missing"),
        ({"other": "a"}, "text: is missing"),
        ({"text": "a", "other": "b", "documents": ["a"]}, "documents: came together"),
        ({"documents": []}, "documents: has 0 items"),
        ({"documents": ["a"] * 5_001}, "documents: has 5001 items"),
        ({"documents": "a, b"}, "documents: is not JSON"),
        ({"documents": [1]}, "documents[0]: is neither"),
        ({"documents": [{"id": "a"}]}, "documents[0].text: is not a string"),
        ({"documents": [{"text": "a", "title": "b"}]}, "documents[0].title: is not a field"),
        ({"documents": [{"text": "a", "id": ""}]}, "documents[0].id: is not a string of"),
        ({"documents": [{"text": "a", "id": "x" * 101}]}, "documents[0].id: is not a string of"),
        ({"documents": ["a"], "threshold": 0.04}, "threshold: "),
        ({"documents": ["a"], "threshold": "0.04"}, "threshold: "),
        ({"documents": ["a"], "threshold": "1.01"}, "threshold: "),
        ({"documents": ["a"], "threshold": ".5"}, "threshold: "),
        ({"documents": ["a"], "size": 0}, "size: "),
        ({"documents": ["a"], "size": "21"}, "size: "),
        ({"documents": ["a"], "max_pairs": 10_001}, "max_pairs: "),
        ({"documents": ["a"], "marks": "yes"}, "marks: "),
        ({"documents": ["a"], "shingle": "lines"}, "shingle: "),
    ],
)
def test_schema_and_module_refuse_the_same_inputs(similarity, input_, said):
    assert not is_accepted(similarity, input_)
    answer = similarity.call(input_)
    assert (answer.exit_code, answer.lines) == (2, [])
    assert answer.stderr.startswith(f"input refused: {said}")


@pytest.mark.parametrize("documents", [["a" * MEBIBYTE, "b"], '["' + "a" * MEBIBYTE + '", "b"]'])
def test_more_text_than_a_mebibyte_is_refused(similarity, documents):
    assert similarity.call({"documents": documents}).stderr.startswith(
        "input refused: documents: has 1048577 characters"
    )


def test_passages_are_what_both_texts_say(similarity):
    text = "\U0001f469\u200d\U0001f4bb \u05e9\u05dc\u05d5\u05dd: e\u0301te\u0301 in the old house,\r\nand more"
    other = "\u00c9t\u00e9 in the OLD house! and"
    (passage,) = similarity.call({"text": text, "other": other}).result["passages"]
    assert text[passage["start"] : passage["end"]] == "e\u0301te\u0301 in the old house,\r\nand"
    assert other[passage["other_start"] : passage["other_end"]] == other
    assert passage["words"] == 6


def test_among_hundreds_of_texts_the_versions_of_the_same_text_are_one_cluster(similarity):
    order = random.Random(5)
    texts = [part.split("\n", 1)[1] for path in sorted(WRITTEN.glob("held_*.txt")) for part in parts(path.read_text())]
    documents: list[dict[str, Any]] = []
    for index, text in enumerate(texts):
        for version in range(14):
            words = text.split()
            for _ in range(2):
                words[order.randrange(len(words))] = f"w{version}"
            documents.append({"id": f"{index}-{version}", "text": " ".join(words)})
    order.shuffle(documents)
    result = similarity.call({"documents": json.dumps(documents), "threshold": "0.4", "max_pairs": "10000"}).result
    assert (result["method"], result["complete"], len(result["clusters"])) == ("minhash", True, len(texts))
    assert all(len({name.split("-")[0] for name in cluster}) == 1 for cluster in result["clusters"])
    assert sorted(name for cluster in result["clusters"] for name in cluster) == sorted(d["id"] for d in documents)


def parts(whole: str) -> list[str]:
    return whole.split("--- ")[1:]


def test_a_ligature_counts_as_what_it_stands_for(similarity):
    half = "\ufdfa" * (MEBIBYTE // 36)
    answer = similarity.call({"text": half, "other": half, "size": 20})
    assert (answer.exit_code, answer.fuel < similarity.fuel / 10) == (0, True)
    said = similarity.call({"text": half + "\ufdfa", "other": half}).stderr
    assert "text: has 1048590 characters in all, ligatures written out" in said
