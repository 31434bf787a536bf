"""Bytes of a request to JSON values, within bounds.

Parsing holds the event loop, so the number of values is bounded before it begins. A member that stands twice is
refused: the parser keeps the last one, and who looked at the request before AION may have kept the first.
"""

import json
from contextlib import suppress
from typing import Any

import orjson

from aion.adapters.rpc.protobuf_reading import MOST_VALUES
from aion.domain.json_members import members_of, values_at_least, without_texts


class Unreadable(ValueError):
    """What came is not taken; the text goes on after "the body", or whatever it was that came."""


def read_json(data: bytes) -> Any:
    """The value that stands there (RFC 8259, UTF-8). Raises Unreadable."""
    if values_at_least(data, MOST_VALUES) > MOST_VALUES:
        raise Unreadable(f"has more than {MOST_VALUES} values; send fewer, or send them as text")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: {error}; send one JSON object in UTF-8") from None
    # Without repetition there are as many members as colons, not counting those in texts.
    members = members_of(value)
    if data.count(b":") != members and without_texts(data).count(b":") != members:
        raise Unreadable(f"has {_repeated(data)} twice in one object; give it once")
    return value


class _Repeated(Exception):
    """Brings the name of the member."""


def _repeated(data: bytes) -> str:
    """The member that stands twice, for people."""

    def look(members: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in members:
            if name in seen:
                raise _Repeated(name)
            seen.add(name)

    with suppress(RecursionError):  # the parser that tells nests less deeply than the one that took it
        try:
            json.loads(data, object_pairs_hook=look)
        except _Repeated as repeated:
            return f"the member {str(repeated)[:64]!r}"
    return "a member"
