"""`chunk` as committed: what its schema and the module accept alike, exact offsets, and where its cuts fall."""

from pathlib import Path

import jsonschema_rs
import pytest

from tests.modules.conftest import bundled
from tests.modules.sandbox import MEBIBYTE, PACKAGES, Package

WRITTEN = PACKAGES / "chunk" / "tests" / "written_set"
TEXTS = Path(__file__).resolve().parents[2] / "examples" / "texts"
GOLD = "\u00a6"


@pytest.fixture
def chunk() -> Package:
    return bundled("chunk")


def is_accepted(package: Package, document: object) -> bool:
    return jsonschema_rs.Draft202012Validator(package.schema("input")).is_valid(document)


@pytest.mark.parametrize(
    "options",
    [
        {"max_tokens": 16, "overlap_tokens": 7},
        {"max_tokens": "4096", "overlap_tokens": "2047"},
        {"max_tokens": "0100", "overlap_tokens": "0"},
        {"by": "tokens", "format": "markdown", "language": "de", "texts": "yes"},
        {"by": "sentences", "format": "html", "language": "auto", "texts": "auto"},
        {"by": "headings", "format": "auto"},
    ],
)
def test_what_the_schema_accepts_the_module_accepts(chunk, options):
    input_ = {"text": "One. Two.", **options}
    assert is_accepted(chunk, input_)
    (only,) = chunk.call(input_).result["chunks"]
    assert (only["text"], only["start"], only["end"]) == ("One. Two.", 0, 9)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"max_tokens": 15}, "max_tokens"),
        ({"max_tokens": "4097"}, "max_tokens"),
        ({"max_tokens": ""}, "max_tokens"),
        ({"max_tokens": 20.5}, "max_tokens"),
        ({"overlap_tokens": -1}, "overlap_tokens"),
        ({"overlap_tokens": "2048"}, "overlap_tokens"),
        ({"by": "words"}, "by"),
        ({"format": "pdf"}, "format"),
        ({"language": "xx"}, "language"),
        ({"texts": True}, "texts"),
    ],
)
def test_schema_and_module_refuse_the_same_options(chunk, options, field):
    input_ = {"text": "a", **options}
    assert not is_accepted(chunk, input_)
    assert chunk.call(input_).stderr.startswith(f"input refused: {field}: ")


def test_an_overlap_of_half_a_chunk_or_more_is_refused(chunk):
    answer = chunk.call({"text": "a", "max_tokens": 17, "overlap_tokens": 9})
    assert answer.stderr == "input refused: overlap_tokens: is not less than half of max_tokens; send less than 9\n"


@pytest.mark.parametrize("by", ["headings", "sentences", "tokens"])
def test_chunks_are_slices_that_leave_nothing_out(chunk, by):
    for path in [*TEXTS.glob("*.txt"), *PACKAGES.glob("*.md")]:
        text = path.read_text()
        result = chunk.call({"text": text, "by": by, "max_tokens": 64}).result
        assert result["format"] == ("markdown" if "\n## " in text else "text")
        assert all(text[one["start"] : one["end"]] == one["text"] for one in result["chunks"])
        assert all(one["tokens"] <= 64 for one in result["chunks"])
        assert "".join("".join(one["text"] for one in result["chunks"]).split()) == "".join(text.split())


def test_texts_are_left_out_rather_than_making_the_result_too_large(chunk):
    text = "A sentence of six short words. " * (MEBIBYTE // 31)
    result = chunk.call({"text": text}).result
    assert result["texts"] is False
    assert "text" not in result["chunks"][0]
    assert result["chunks"][-1]["end"] == len(text.rstrip())
    assert "texts: would make the result larger" in chunk.call({"text": text, "texts": "yes"}).stderr
    assert "max_tokens: gives more chunks" in chunk.call({"text": text, "max_tokens": 16}).stderr
    assert chunk.call({"text": "One.", "texts": "no"}).result["texts"] is False


def test_cuts_fall_where_sentences_and_blocks_end(chunk):
    right = cuts = 0
    for path in WRITTEN.glob("held_*"):
        marked = path.read_text().split("--- questions")[0]
        gold = {len(before.rstrip().replace(GOLD, "")) for before in pieces_before(marked)}
        chunks = chunk.call({"text": marked.replace(GOLD, ""), "max_tokens": 72}).result["chunks"]
        cuts += len(chunks) - 1
        right += sum(one["end"] in gold for one in chunks[:-1])
    assert cuts >= 25
    assert right / cuts >= 0.95


def pieces_before(marked: str) -> list[str]:
    return [marked[:at] for at, letter in enumerate(marked) if letter == GOLD]
