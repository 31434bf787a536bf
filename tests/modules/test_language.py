"""The module `language` as committed: what it takes, what it refuses, and how often it is right."""

import pytest

from tests.modules.conftest import bundled
from tests.modules.sandbox import PACKAGES, Answer, Package
from tests.modules.schema_checks import assert_valid, is_accepted


@pytest.fixture
def language() -> Package:
    return bundled("language")


def told(package: Package, **input_: object) -> Answer:
    answer = package.call(input_)
    assert_valid(package, "output", answer.result)
    return answer


@pytest.mark.parametrize(
    "input_",
    [
        {"languages": ["fr", "no"]},
        {"languages": " fr , en"},
        {"max_candidates": 10},
        {"max_candidates": "1"},
        {"segments": True},
        {"segments": "false"},
    ],
)
def test_schema_and_module_accept_the_same_inputs(language, input_):
    document = {"text": "Où est la gare ?"} | input_
    assert is_accepted(language, document)
    answer = told(language, **document)
    assert answer.exit_code == 0
    assert len(answer.result["candidates"]) <= int(input_.get("max_candidates", 3))
    assert ("segments" in answer.result) == (input_.get("segments") is True)


@pytest.mark.parametrize(
    "input_",
    [
        {"languages": []},
        {"languages": ""},
        {"languages": "fr,,en"},
        {"languages": ["fr", 1]},
        {"languages": "FR"},
        {"languages": ["xx"]},
        {"max_candidates": 0},
        {"max_candidates": "11"},
        {"max_candidates": 1.5},
        {"segments": 1},
        {"segments": "yes"},
        {"segments": None},
    ],
)
def test_schema_and_module_refuse_the_same_inputs(language, input_):
    document = {"text": "Où est la gare ?"} | input_
    assert not is_accepted(language, document)
    answer = language.call(document)
    assert answer.exit_code == 2
    assert answer.stderr.startswith(f"input refused: {next(iter(input_))}: ")


def test_segments_are_in_their_languages_and_cut_the_text_exactly(language):
    text = "\U0001f469\u200d\U0001f4bb The parcel came too late.\r\nLe paquet est arrivé trop tard."
    segments = told(language, text=text, segments=True).result["segments"]
    assert [segment["language"] for segment in segments] == ["en", "fr"]
    assert text[segments[1]["start"] : segments[1]["end"]] == "Le paquet est arrivé trop tard."


def test_the_committed_module_tells_phrases_and_sentences_that_were_held_back(language):
    asked = right = 0
    for path in sorted((PACKAGES / "language" / "tests" / "written_set").glob("*.txt")):
        blocks = dict(block.split("\n", 1) for block in path.read_text().split("== ")[1:])
        for heading in ("held back sentences", "held back phrases"):
            for text in blocks[heading].splitlines():
                best = language.call({"text": text, "max_candidates": 1}).result["candidates"]
                asked += 1
                right += bool(best) and best[0]["language"] == path.stem
    assert asked == 320
    assert right / asked >= 0.95


@pytest.mark.parametrize("text", ["", "radio", "42", "https://example.com", "let x = f(y);", "\U0001f600"])
def test_what_says_nothing_about_language_is_undetermined(language, text):
    result = told(language, text=text).result
    assert (result["language"], result["reliable"]) == ("und", False)
