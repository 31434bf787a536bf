"""Counting words. It knows nothing of AION, so `python3 -m unittest` tests it on this machine."""

import re
from collections import Counter

_WORD = re.compile(r"[^\W_]+")


def count(text: str) -> tuple[int, list[tuple[str, int]]]:
    """How many words the text has, and each with its count, the most common first, then by the alphabet."""
    found = [word.lower() for word in _WORD.findall(text)]
    return len(found), sorted(Counter(found).items(), key=lambda each: (-each[1], each[0]))
