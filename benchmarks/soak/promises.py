"""Promises, each beside what was measured: the table of a run, and whether it passed."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised, and what a run measured of it. `why_not` says why this run cannot judge it."""

    says: str
    measured: float
    bound: float
    unit: str = ""
    at_least: bool = False
    why_not: str = ""

    @property
    def kept(self) -> bool:
        """Whether the measured value is within the bound."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    @property
    def broken(self) -> bool:
        """Whether a run that can judge it says no."""
        return not self.why_not and not self.kept

    @property
    def verdict(self) -> str:
        """One word for the table, or why there is none."""
        return f"not judged: {self.why_not}" if self.why_not else ("kept" if self.kept else "BROKEN")


@dataclass(frozen=True, slots=True)
class Findings:
    """What one part of a run says: its promises, and figures that explain them."""

    name: str
    says: str
    promises: tuple[Promise, ...]
    facts: tuple[str, ...] = ()


def table(findings: Findings) -> str:
    """Markdown for people."""
    lines = [("promise", "measured", "bound", "verdict")]
    for one in findings.promises:
        sign = ">=" if one.at_least else "<="
        lines.append((one.says, f"{one.measured:.4g} {one.unit}".strip(), f"{sign} {one.bound:g}", one.verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    head, *rows = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    rule = "-|-".join("-" * width for width in widths)
    framed = [f"| {head} |", f"|-{rule}-|", *(f"| {row} |" for row in rows)]
    return "\n".join([f"## {findings.name}", "", findings.says, "", *framed, "", *findings.facts])


def document(machine: dict[str, Any], parts: Sequence[Findings]) -> dict[str, Any]:
    """The whole run for machines."""
    return {
        "machine": machine,
        "parts": [
            {
                "name": part.name,
                "says": part.says,
                "facts": list(part.facts),
                "promises": [
                    {
                        "says": one.says,
                        "measured": one.measured if math.isfinite(one.measured) else None,
                        "at_least" if one.at_least else "at_most": one.bound,
                        "unit": one.unit,
                        "verdict": one.verdict,
                    }
                    for one in part.promises
                ],
            }
            for part in parts
        ],
    }


def broken(parts: Iterable[Findings]) -> list[Promise]:
    """Every promise that a run saw broken."""
    return [one for part in parts for one in part.promises if one.broken]


def unjudged(parts: Iterable[Findings]) -> list[Promise]:
    """Every promise that a run could not judge."""
    return [one for part in parts for one in part.promises if one.why_not]
