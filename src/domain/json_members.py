"""What of a JSON document can be counted without a parser, and in what a parser made of it.

A document has at least as many values as separators, which is known before anything is parsed. And it has more colons
than members when one of them stands twice in an object: a quick parser keeps the last of the two in silence, and who
must not take such a document compares the two numbers.
"""

import re
from typing import Any, Final

# A text that is not closed goes on to the end. Nothing is ever read twice: who sends the document chooses its form.
_TEXT: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


def values_at_least(document: bytes, most: int) -> int:
    """A lower bound of the values in a document, 0 when they cannot be more than `most`. What stands in texts does not
    count.
    """
    if len(document) <= most or _separators(document) <= most:
        return 0
    return _separators(without_texts(document))


def without_texts(document: bytes) -> bytes:
    """What is left without the texts, and without the names of members."""
    return _TEXT.sub(b"", document)


def _separators(document: bytes) -> int:
    return document.count(b",") + document.count(b"[") + document.count(b"{")


def members_of(value: Any) -> int:
    """The members of all objects in a value. Colons in texts are not to be counted against them."""
    count, open_values = 0, [value]
    while open_values:
        one = open_values.pop()
        if type(one) is dict:
            count += len(one)
            one = one.values()
        elif type(one) is not list:
            continue
        # Most values hold nothing, and are not looked at one by one.
        open_values += [inner for inner in one if type(inner) is dict or type(inner) is list]
    return count
