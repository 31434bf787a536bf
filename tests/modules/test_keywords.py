"""The committed `keywords.wasm`: what it and its schema accept alike, and how well it meets a reader's phrases."""

import unicodedata
from pathlib import Path

import jsonschema_rs
import pytest

from tests.modules.conftest import bundled
from tests.modules.sandbox import PACKAGES, Package

TESTS = Path(PACKAGES / "keywords" / "tests")


@pytest.fixture
def keywords() -> Package:
    return bundled("keywords")


def is_accepted(package: Package, document: object) -> bool:
    return jsonschema_rs.Draft202012Validator(package.schema("input")).is_valid(document)


@pytest.mark.parametrize(
    ("field", "value"),
    [("max_keywords", 1), ("max_keywords", "50"), ("max_words", 5), ("max_words", "1"), ("language", "fr")],
)
def test_schema_and_module_accept_the_same_settings(keywords, field, value):
    input_ = {"text": "A wind farm is a wind farm.", field: value}
    assert is_accepted(keywords, input_)
    assert keywords.call(input_).exit_code == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_keywords", 0),
        ("max_keywords", "51"),
        ("max_keywords", ""),
        ("max_words", 6),
        ("max_words", 1.5),
        ("max_words", None),
        ("language", "und"),
    ],
)
def test_schema_and_module_refuse_the_same_settings(keywords, field, value):
    input_ = {"text": "A wind farm.", field: value}
    assert not is_accepted(keywords, input_)
    assert keywords.call(input_).stderr.startswith(f"input refused: {field}: ")


def test_each_place_is_a_form_of_the_phrase(keywords):
    text = (TESTS / "texts" / "held_formation_fr.txt").read_text()
    result = keywords.call({"text": text, "max_keywords": 20}).result
    assert result["language"] == "fr"
    for keyword in result["keywords"]:
        forms = [text[start:end] for start, end in keyword["offsets"]]
        assert keyword["phrase"] in forms
        assert all(folded(form)[:4] == folded(keyword["phrase"])[:4] for form in forms)


def test_the_first_five_phrases_are_mostly_ones_that_a_reader_named(keywords):
    right = texts = 0
    for path in sorted((TESTS / "gold").glob("held_*.txt")):
        named = [{folded(name) for name in line.split("|")} for line in path.read_text().splitlines()]
        found = keywords.call({"text": text_of(path.name), "max_keywords": 5}).result["keywords"]
        right += sum(any(folded(keyword["phrase"]) in names for names in named) for keyword in found)
        texts += 1
    assert texts >= 8
    assert right / (5 * texts) >= 0.5


def text_of(name: str) -> str:
    """The text that a file of gold phrases is about."""
    own = TESTS / "texts" / name
    if own.exists():
        return own.read_text()
    return (PACKAGES / "summarize" / "tests" / "written_set" / name).read_text().partition("--- text\n")[2]


def folded(phrase: str) -> str:
    """Without case, accents and plural."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", phrase.lower()) if letter.isascii())
    return " ".join(word.rstrip("sx") for word in plain.replace("-", " ").split())
