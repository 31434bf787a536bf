"""How values on the command line are read where typer's own words would not help: times, numbers, names of a list."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

import typer

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "": 1.0}
Name = TypeVar("Name", bound=StrEnum)

FARTHEST = 10 * 365 * 86_400.0
"""Seconds; what lies farther is a slip of the keyboard."""

TIME = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h|d|)")


def seconds(text: str) -> float:
    """Read `300`, `500ms`, `5m`, `24h` as seconds. Raises typer.BadParameter."""
    found = TIME.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no time; give seconds, such as 300, or a unit: 500ms, 30s, 5m, 24h, 7d")
    return float(found[1]) * UNITS[found[2]]


def seconds_within(least: float, most: float = math.inf) -> Callable[[str], float]:
    """Make a reader of times that refuses what lies outside. The reader raises typer.BadParameter."""

    def read(text: str) -> float:
        value = seconds(text)
        if not least <= value <= most:
            raise typer.BadParameter(
                f"{text} is too short; give at least {least:g} s"
                if value < least
                else f"{text} is too long; give at most {most:.15g} s"
            )
        return value

    return read


def whole_within(least: int, most: int | None = None) -> Callable[[str], int]:
    """Make a reader of whole numbers that refuses what lies outside. The reader raises typer.BadParameter."""
    bounds = f"{least} or more" if most is None else f"from {least} to {most}"

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError as cause:
            raise typer.BadParameter(f"{text!r} is no whole number; give {bounds}") from cause
        if value < least or (most is not None and value > most):
            raise typer.BadParameter(f"{text} is too {'small' if value < least else 'large'}; give {bounds}")
        return value

    return read


def moment(text: str) -> datetime:
    """Read `2030-01-31T06:00:00Z`, or `5m` as a while from now. Raises typer.BadParameter."""
    if TIME.fullmatch(text.strip()):
        return datetime.now(UTC) + timedelta(seconds=seconds_within(0, FARTHEST)(text))
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as cause:
        raise typer.BadParameter(f"{text!r} is no time; give 2030-01-31T06:00:00Z, or a while: 5m") from cause
    if found.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no time zone; end it with Z for UTC, or with +01:00")
    return found


def beginning(words: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """Make the completion of an option that takes one of these words."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words() if word.casefold().startswith(incomplete.casefold())]

    return complete


def one_of(names: type[Name]) -> Callable[[str], Name]:
    """Make a reader of one of these names, in any case; UNKNOWN is for answers only. It raises typer.BadParameter."""
    choices = [name for name in names if name.name != "UNKNOWN"]

    def read(text: str) -> Name:
        for name in choices:
            if name.value.casefold() == text.casefold():
                return name
        raise typer.BadParameter(f"{text!r} is none of {', '.join(name.value for name in choices)}")

    return read
