"""What the bundled modules promise of their quality, measured on the committed `.wasm` and not on its source.

`redact`: recall on texts made from a seed, full of numbers that look like personal data and are none. `summarize`:
better than the first three sentences, on texts written for this project before anything was measured.
"""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.modules.rouge import Rouge, mean, rouge
from tests.modules.sandbox import PACKAGES, Package

SETS = Path(__file__).parent / "sets"
WRITTEN = PACKAGES / "summarize" / "tests" / "written_set"
KINDS = {"email", "phone", "card", "iban", "ipv4", "ipv6", "us_ssn", "fr_nir", "uk_nino"}
LEAST_RECALL = LEAST_PRECISION = 0.98
SENTENCES, MOST_SENTENCES = 3, 20
SHUFFLES = 5


def test_redact_finds_98_of_100_of_every_kind_and_takes_nearly_nothing_else(redact: Package):
    """Only the exact kind, start and end is right."""
    right, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    for labelled in json.loads((SETS / "redact.json").read_text()):
        entities = redact.call({"text": labelled["text"]}).result["entities"]
        found = {(entity["kind"], entity["start"], entity["end"]) for entity in entities}
        truth = {(kind, start, end) for kind, start, end in labelled["entities"]}
        right.update(kind for kind, *_ in found & truth)
        missed.update(kind for kind, *_ in truth - found)
        wrong.update(kind for kind, *_ in found - truth)
    assert right.keys() == KINDS
    assert min(right.values()) >= 100, "enough of every kind to tell 0.98 from 0.97"
    for kind in KINDS:
        assert right[kind] / (right[kind] + missed[kind]) >= LEAST_RECALL, f"recall of {kind}"
    assert right.total() / (right.total() + wrong.total()) >= LEAST_PRECISION, wrong


@pytest.mark.parametrize("prefix", ["held_", "dev_"])
def test_summarize_beats_the_first_three_sentences(summarize: Package, prefix):
    """`held_` texts were kept back for judging, `dev_` texts are for tuning."""
    assert_better(summarize, [(text, reference) for text, reference in examples(prefix)])


def test_summarize_beats_the_first_three_sentences_with_paragraphs_in_any_order(summarize: Package):
    order = random.Random(0)
    shuffled = []
    for text, reference in examples("") * SHUFFLES:
        paragraphs = text.split("\n\n")
        order.shuffle(paragraphs)
        shuffled.append(("\n\n".join(paragraphs), reference))
    assert_better(summarize, shuffled)


def test_rouge_counts_words_and_their_order():
    assert rouge("The cat sat.", "the cat sat") == Rouge(1, 1)
    assert rouge("sat cat the", "the cat sat") == Rouge(1, pytest.approx(1 / 3))
    assert rouge("dog", "the cat sat").one == 0


def assert_better(summarize: Package, texts: list[tuple[str, str]]) -> None:
    module = mean([rouge(summary(summarize, text), reference) for text, reference in texts])
    first = mean([rouge(first_sentences(summarize, text), reference) for text, reference in texts])
    assert module.one > first.one
    assert module.longest > first.longest


def summary(summarize: Package, text: str) -> str:
    said = summarize.call({"text": text, "max_sentences": SENTENCES}).result["summary"]
    assert isinstance(said, str)
    return said


def first_sentences(summarize: Package, text: str) -> str:
    """Asked for more sentences than half of the text has, the module gives all of them, in order."""
    half = summarize.call({"text": text[: len(text) // 2], "max_sentences": MOST_SENTENCES}).result["sentences"]
    assert SENTENCES < len(half) < MOST_SENTENCES
    return " ".join(sentence["text"] for sentence in half[:SENTENCES])


def examples(prefix: str) -> list[tuple[str, str]]:
    """Texts with a summary in other words."""
    found = []
    for path in sorted(WRITTEN.glob(f"{prefix}*.txt")):
        _, rest = path.read_text(encoding="utf-8").split("--- reference\n")
        reference, text = rest.split("--- text\n")
        found.append((text, reference.strip()))
    assert len(found) >= 8
    return found
