"""Text of others, made harmless for a terminal.

What a server, a module or a model wrote may hold escape sequences that move the cursor, change the title or hide text,
and marks that turn reading order around. On a terminal they are shown as what they are.
"""

import re

# C0 without tab and newline, DEL, C1, and the characters that change the direction or place of other text.
_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029"
UNSAFE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_MARKS}]")
UNSAFE_IN_LINE = re.compile(f"[\x00-\x1f\x7f-\x9f{_MARKS}]")


def visible(text: str) -> str:
    r"""Return text in which unsafe characters are spelled out, such as `\x1b`; tabs and newlines stay."""
    return UNSAFE.sub(_spelled, text)


def visible_line(text: str) -> str:
    """Return text that stays on its line: newlines and tabs are spelled out too."""
    return UNSAFE_IN_LINE.sub(_spelled, text)


def visible_json(document: str) -> str:
    """Return a JSON document of the same meaning without unsafe characters."""
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", document)


def _spelled(match: re.Match[str]) -> str:
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
    code = ord(match[0])
    return named.get(match[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
