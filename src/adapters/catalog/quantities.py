"""Amounts as operators write them (`60s`, `64Mi`, `500m`), as types that say their unit."""

import re
from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

_DURATION: Final = re.compile(r"([0-9]{1,9})(ms|s|m|h|d)")
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_MEMORY: Final = re.compile(r"([0-9]{1,15})(Ki|Mi|Gi|k|M|G)?")
_FACTORS: Final = {"": 1, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "k": 10**3, "M": 10**6, "G": 10**9}
_CPU: Final = re.compile(r"(?P<cores>[0-9]{1,4}(\.[0-9]{1,3})?)|(?P<millis>[0-9]{1,7})m")

FOREVER: Final = "forever"
LONGEST_KEPT: Final = timedelta(days=36_500)
SHORTEST_EXPIRY: Final = timedelta(milliseconds=100)
LONGEST_EXPIRY: Final = timedelta(days=7)
WASM_PAGE: Final = 64 * 1024
MOST_MEMORY: Final = 512 * 1024**2
"""What one instruction can fill in the time that a host is given to end its guest; filling more would cost the host."""


def duration(text: object) -> timedelta:
    """`1500ms`, `60s`, `5m`, `2h`, `1d`."""
    return _duration(text, timedelta(days=366), "a year")


def kept(text: object) -> timedelta | Literal["forever"] | None:
    """How long something is kept: a duration, or `forever`. What is not said stays unsaid."""
    if text is None or isinstance(text, timedelta):
        return text
    return FOREVER if text == FOREVER else _duration(text, LONGEST_KEPT, "a hundred years, which is forever")


def _duration(text: object, longest: timedelta, shown_as: str) -> timedelta:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("is not a duration; write a whole number and a unit (ms, s, m, h, d), such as 60s")
    amount, unit = int(found[1]), _UNITS[found[2]]
    if amount * unit.total_seconds() > longest.total_seconds():
        raise ValueError(f"is longer than {shown_as}; write a shorter one")
    return amount * unit


def expiry(text: object) -> timedelta:
    """A duration that a task may live."""
    found = text if isinstance(text, timedelta) else duration(text)
    if not SHORTEST_EXPIRY <= found <= LONGEST_EXPIRY:
        raise ValueError("is out of range; write a duration from 100ms to 7d")
    return found


def memory(text: object) -> int:
    """`64Mi`, `1Gi`, `1000000`: bytes, at least a page and at most MOST_MEMORY."""
    # Bytes come back unchanged when a model is copied through validation.
    found = _MEMORY.fullmatch(str(text)) if isinstance(text, str | int) and not isinstance(text, bool) else None
    if found is None:
        raise ValueError("is not an amount of memory; write bytes or a number with Ki, Mi or Gi, such as 64Mi")
    amount = int(found[1]) * _FACTORS[found[2] or ""]
    if not WASM_PAGE <= amount <= MOST_MEMORY:
        raise ValueError(
            "is out of range; write 64Ki (one WebAssembly page) to 512Mi (the most that a module may have)"
        )
    return amount


def millicores(text: object) -> int:
    """`0.5` or `500m`: thousandths of a core."""
    shown = str(text) if isinstance(text, str | int | float) and not isinstance(text, bool) else ""
    found = _CPU.fullmatch(shown)
    if found is None:
        raise ValueError('is not an amount of CPU; write cores or thousandths of one, such as "0.5" or "500m"')
    amount = int(found["millis"]) if found["millis"] else round(float(found["cores"]) * 1000)
    if amount < 1:
        raise ValueError('is no CPU at all; write at least "1m"')
    return amount


Expiry = Annotated[timedelta, BeforeValidator(expiry)]
MemoryBytes = Annotated[int, BeforeValidator(memory)]
Millicores = Annotated[int, BeforeValidator(millicores)]
