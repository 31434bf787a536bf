"""What must never stand in a log: keys, tokens, passwords.

Found by the name of a field and by the look of a text.

The public id of an AION key stays readable, so that an operator can tell which key to revoke.
"""

import re
from collections.abc import Mapping
from typing import Final

HIDDEN: Final = "***"
_DEEPEST: Final = 6

# Names end like this, whatever stands before: access_token, clientSecret, sslpassword.
_SECRET_NAME: Final = re.compile(
    r"(pass(word|wd|phrase)|secret|token|ticket|authorization|cookie|pepper|credentials?|(api|private)[_-]?key)s?$",
    re.IGNORECASE,
)
_SECRET_TEXTS: Final = (
    # First, since it has several lines: what hides a value by its name would leave all but the first.
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL), HIDDEN),
    (re.compile(r"\b(aion_(?:ticket|[0-9A-Za-z]{12,32})_)[0-9A-Za-z_-]{8,}"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(whsec_)[0-9A-Za-z+/=_-]{8,}"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(bearer|basic)\s+[^\s\"',;]{6,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"(\w://[^\s/:@]*):[^\s/@]+@"), rf"\1:{HIDDEN}@"),
    (
        # What stands in quotes ends with them, or with the line if it was cut short. No text makes this slow: nothing
        # is read twice but the spaces around the sign.
        re.compile(
            r"(pass(?:word|wd|phrase)|secret|token|ticket|(?:api|private)[_-]?key)([\"']?\s*[=:]\s*)"
            r"(?:([\"'])(?:(?!\3)[^\\\n]|\\.)++|[^\s,;&\"']+)",
            re.IGNORECASE,
        ),
        rf"\1\2\3{HIDDEN}",
    ),
)


def redacted_text(text: str) -> str:
    """The text without what looks like a secret."""
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return text


def redacted(value: object, name: str = "", depth: int = 0) -> object:
    """The value as it may be logged under this name. Numbers pass: a count of tokens is no token."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_NAME.search(name):
        return HIDDEN
    if depth >= _DEEPEST:
        return "..."
    if isinstance(value, Mapping):
        return {str(key): redacted(item, str(key), depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(item, name, depth + 1) for item in value]
    return redacted_text(value if isinstance(value, str) else str(value))
