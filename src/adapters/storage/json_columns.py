"""What a column holds as JSON: lists and documents that no statement looks into."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import orjson

from aion.adapters.storage.times import span_us, to_us


def dump(document: Any) -> str:
    """JSON; dataclasses become objects with their fields' names, enumerations their values, times microseconds."""
    return orjson.dumps(document, _times, orjson.OPT_PASSTHROUGH_DATETIME).decode()


def encode_list(items: Iterable[tuple[str, ...]]) -> str:
    """Tuples as one JSON list, for a statement that looks for many things at once."""
    return dump(list(items))


def encode_scopes(scopes: frozenset[str]) -> str:
    """Scopes as a sorted list."""
    return dump(sorted(scopes))


def decode_scopes(document: str) -> frozenset[str]:
    """The scopes of a stored list."""
    return frozenset(orjson.loads(document))


def _times(value: Any) -> int:
    if isinstance(value, datetime):
        return to_us(value)
    if isinstance(value, timedelta):
        return span_us(value)
    raise TypeError(f"{type(value).__name__} has no place in a column")
