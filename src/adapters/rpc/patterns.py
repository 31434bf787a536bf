"""The contract's patterns of names as a sentence for people, who are not to read a regular expression."""

import re
from functools import cache
from typing import Final

_NAME: Final = re.compile(
    r"\^(?P<optional>\()?(?:\[(?P<first>[^\]]+)\])?\[(?P<rest>[^\]]+)\]\{(?P<least>\d+),(?P<most>\d+)\}(?(optional)\)\?)\$"
)
_RANGE: Final = re.compile(r"(\w)-(\w)|(.)")


@cache
def form_of(pattern: str) -> str:
    """What fits a pattern of names, such as `1 to 64 characters of A to Z, a to z, 0 to 9, _ and -`; empty for one that
    is none.
    """
    name = _NAME.fullmatch(pattern)
    if name is None:
        return ""
    first = 1 if name["first"] else 0
    least, most = int(name["least"]) + first, int(name["most"]) + first
    length = f"{least} to {most}" if least else f"at most {most}"
    begin = f", the first one of {_characters(name['first'])}" if name["first"] else ""
    return f"{length} characters of {_characters(name['rest'])}{begin}{', or empty' if name['optional'] else ''}"


def lower_case_that_fits(pattern: str, text: str) -> str:
    """The text in lower case where that alone makes it fit; else empty."""
    lower = text.lower()
    return lower if lower != text and re.fullmatch(pattern.removeprefix("^").removesuffix("$"), lower) else ""


def _characters(inside: str) -> str:
    """The characters between the brackets of a pattern."""
    names = [f"{low} to {high}" if low else one for low, high, one in _RANGE.findall(inside)]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
