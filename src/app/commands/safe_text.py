"""Text of others on an operator's terminal: what a module wrote may hold sequences that move the cursor or hide text.

aionctl spells out the same characters; the server does not import it.
"""

import re

# C0 without tab, DEL, C1, and the characters that change the direction or place of other text.
_UNSAFE = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def visible_line(text: str) -> str:
    r"""The text on one line, with unsafe characters spelled out, such as `\x1b`."""
    return _UNSAFE.sub(_spelled, text)


def visible_json(document: str) -> str:
    """A JSON document of the same meaning; of unsafe characters only the line ends between its members stay."""
    return _UNSAFE.sub(lambda match: "\n" if match[0] == "\n" else f"\\u{ord(match[0]):04x}", document)


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "\\n" if code == ord("\n") else f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
