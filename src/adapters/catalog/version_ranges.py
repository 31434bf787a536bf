"""Ranges of versions as people write them: `^1.2`, `~1.2`, `1.x`, `>=1.0 <2.0`, `*`, by Semantic Versioning 2.0.0.

What a range means is what package managers made usual: parts that are left out stand for any, several comparators all
hold, and a pre-release is in a range only if a comparator names a pre-release of the very same version.
"""

import re
from dataclasses import dataclass
from typing import Final

from aion.adapters.catalog.names import MAX_VERSION, Identifier, precedence

MAX_RANGE: Final = 128
HOW: Final = "write one such as 1.2.0, or a range such as ^1.2, ~1.2, 1.x, >=1.0 <2.0 or *"

_PART: Final = r"(x|X|\*|0|[1-9][0-9]{0,8})"
_COMPARATOR: Final = re.compile(
    rf"(\^|~|>=|<=|>|<|=)?{_PART}(?:\.{_PART}(?:\.{_PART}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)?)?"
)
_AFTER_AN_OPERATOR: Final = re.compile(r"(?<=[\^~<>=])\s+")
_ANY: Final = frozenset("xX*")

Core = tuple[int, int, int]
Order = tuple[Core, bool, tuple[Identifier, ...]]
"""Sorts versions by Semantic Versioning: a pre-release just before its release."""


def order_of(version: str) -> Order:
    """Where a version stands among all. Raises ValueError for what is none."""
    released, core, identifiers = precedence(version)
    return core, released, identifiers


@dataclass(frozen=True, slots=True)
class VersionRange:
    """Everything from `low` to below `high`; None is no limit. `named` are the pre-releases that were written out."""

    low: Order
    high: Order | None
    named: frozenset[Core]

    def __contains__(self, version: str) -> bool:
        """Whether a version is in it."""
        at = order_of(version)
        core, released, _ = at
        return self.low <= at and (self.high is None or at < self.high) and (released or core in self.named)


def version_range(text: str) -> VersionRange:
    """The range that a text means; of a range that is empty no version is in it. Raises ValueError."""
    comparators = _AFTER_AN_OPERATOR.sub("", text.strip()).split()
    if not comparators or len(text) > MAX_RANGE:
        raise ValueError(f"is neither a version nor a range of at most {MAX_RANGE} characters; {HOW}")
    ranges = [_comparator(word) for word in comparators]
    highs = [each.high for each in ranges if each.high is not None]
    return VersionRange(
        low=max(each.low for each in ranges),
        high=min(highs, default=None),
        named=frozenset().union(*(each.named for each in ranges)),
    )


_LOWEST: Final[Order] = ((0, 0, 0), False, ())


def _comparator(word: str) -> VersionRange:
    found = _COMPARATOR.fullmatch(word)
    if found is None or len(word) > MAX_VERSION:
        raise ValueError(f"has {word[:MAX_VERSION]}, which is neither a version nor a range; {HOW}")
    operator, pre_release = found[1] or "=", found[5] or ""
    given = _given(found[2], found[3], found[4])
    if not given:
        if found[1]:
            raise ValueError(f"has {word}, which compares with nothing; {HOW}")
        return VersionRange(_LOWEST, None, frozenset())
    core = _filled(given)
    if pre_release and len(given) < len(core):
        raise ValueError(f"has {word}, a pre-release of no version; {HOW}")
    first = order_of(f"{core[0]}.{core[1]}.{core[2]}{pre_release}")
    named = frozenset({core}) if pre_release else frozenset()
    after = _release(_next(given)) if len(given) < len(core) else _just_after(first)
    low, high = {
        "=": (first, after),
        ">=": (first, None),
        ">": (after, None),
        "<": (_LOWEST, first),
        "<=": (_LOWEST, after),
        "~": (first, _release(_next(given[:2]))),
        "^": (first, _release(_next(_leading(given)))),
    }[operator]
    return VersionRange(low, high, named)


def _given(*parts: str | None) -> tuple[int, ...]:
    """The numbers before the first part that stands for any."""
    found: list[int] = []
    for part in parts:
        if part is None or part in _ANY:
            break
        found.append(int(part))
    return tuple(found)


def _filled(given: tuple[int, ...]) -> Core:
    major, minor, patch = (*given, 0, 0, 0)[:3]
    return major, minor, patch


def _next(given: tuple[int, ...]) -> Core:
    """The first version after all that begin so."""
    return _filled((*given[:-1], given[-1] + 1))


def _leading(given: tuple[int, ...]) -> tuple[int, ...]:
    """The part that `^` keeps: up to the first number that is not zero, or all that was given."""
    return next((given[: at + 1] for at, number in enumerate(given) if number), given)


def _release(core: Core) -> Order:
    return core, True, ()


def _just_after(at: Order) -> Order:
    """The next order of all: behind a pre-release its own first successor, behind a release the next patch."""
    core, released, identifiers = at
    if released:
        return (core[0], core[1], core[2] + 1), False, ()
    return core, False, (*identifiers, (False, -1, ""))
