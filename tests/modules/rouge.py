"""How much of a reference summary another summary has: ROUGE (Lin, 2004), F1 of words and of word order."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Rouge:
    """Two ways to compare, both from 0 to 1: words in common, and their longest common subsequence."""

    one: float
    longest: float


def rouge(candidate: str, reference: str) -> Rouge:
    """Compares; words are runs of letters and digits without case, nothing is stemmed or left out."""
    said, wanted = _words(candidate), _words(reference)
    both = len(said) + len(wanted)
    common = (Counter(said) & Counter(wanted)).total()
    return Rouge(2 * common / both, 2 * _longest_common_subsequence(said, wanted) / both)


def mean(scores: list[Rouge]) -> Rouge:
    """The mean of each."""
    return Rouge(sum(score.one for score in scores) / len(scores), sum(score.longest for score in scores) / len(scores))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _longest_common_subsequence(one: list[str], other: list[str]) -> int:
    row = [0] * (len(other) + 1)
    for word in one:
        below = [0]
        for (diagonal, above), candidate in zip(pairwise(row), other, strict=True):
            below.append(diagonal + 1 if word == candidate else max(above, below[-1]))
        row = below
    return row[-1]
