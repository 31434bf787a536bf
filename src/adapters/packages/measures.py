"""Limits for a manifest, from what its fixtures were seen to take.

A limit is there for the input that nobody thought of: generous beside what was seen, and still a bound. What the
fixtures do not show, the suggestion does not know; so the largest input that is expected belongs among them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aion.adapters.catalog.packages import AgentPackage

FUEL_FACTOR: Final = 10
MEMORY_FACTOR: Final = 2
TIME_FACTOR: Final = 20
_LEAST_FUEL: Final = 10_000_000
_LEAST_MILLISECONDS: Final = 500
_MEBIBYTE: Final = 1 << 20
_MOST_MEMORY: Final = 512 * _MEBIBYTE


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run took. `memory_bytes` 0: the engine could not tell."""

    fuel: int
    memory_bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One limit: what was seen, what the manifest says, what would fit. `verdict` is fine, tight or wide."""

    field: str
    seen: str
    manifest: str
    suggested: str
    verdict: str


def suggestions(package: AgentPackage, runs: Sequence[Taken]) -> list[Suggestion]:
    """A limit each for fuel, memory and time; nothing when nothing was run."""
    if not runs:
        return []
    found = [_fuel(package, max(run.fuel for run in runs))]
    if memory := max(run.memory_bytes for run in runs):
        found.append(_memory(package, memory))
    return [*found, _timeout(package, max(run.seconds for run in runs))]


def _fuel(package: AgentPackage, seen: int) -> Suggestion:
    fitting = max(_LEAST_FUEL, _two_digits(seen * FUEL_FACTOR))
    return Suggestion(
        "runtime.resources.fuel",
        f"{seen:,}",
        f"{package.fuel:,}" if package.fuel else "unlimited",
        str(fitting),
        _verdict(package.fuel or 10**15, seen * 2, fitting),
    )


def _memory(package: AgentPackage, seen: int) -> Suggestion:
    fitting = _MEBIBYTE
    while fitting < min(seen * MEMORY_FACTOR, _MOST_MEMORY):
        fitting *= 2
    return Suggestion(
        "runtime.resources.memory",
        mebibytes(seen),
        mebibytes(package.memory_bytes),
        f"{fitting // _MEBIBYTE}Mi",
        _verdict(package.memory_bytes, seen * 5 // 4, fitting),
    )


def _timeout(package: AgentPackage, seconds: float) -> Suggestion:
    fitting = max(_LEAST_MILLISECONDS, _two_digits(math.ceil(seconds * 1000 * TIME_FACTOR)))
    given = round(package.timeout.total_seconds() * 1000)
    return Suggestion(
        "policies.timeout_ms",
        f"{seconds * 1000:.1f} ms",
        f"{given} ms",
        str(fitting),
        _verdict(given, math.ceil(seconds * 1000 * 4), fitting),
    )


def _verdict(given: int, least: int, fitting: int) -> str:
    """`least` leaves the limit some room; a hundred times what would fit is no bound any more."""
    if given < least:
        return "tight"
    return "wide" if given > fitting * 100 else "fine"


def _two_digits(number: int) -> int:
    """The number rounded up to two digits that count."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // step) * step


def mebibytes(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / _MEBIBYTE:.1f} Mi" if count % _MEBIBYTE else f"{count // _MEBIBYTE} Mi"
