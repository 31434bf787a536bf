"""What a run of the benchmarks says: sections of rows of figures, each aim beside its figure, as tables or as JSON."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be: at least, or at most, `bound`."""

    bound: float
    at_most: bool = False

    def met(self, value: float) -> bool:
        """Whether a value is good enough."""
        return value <= self.bound if self.at_most else value >= self.bound

    def words(self, value: float) -> str:
        """The aim and what became of it, as it stands beside the figure."""
        sign = "<=" if self.at_most else ">="
        return f"aim {sign} {self.bound:g} {'met' if self.met(value) else 'MISSED'}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `name` heads its column and carries the unit. `spread` is the least and the most of the values whose
    median it is.
    """

    name: str
    value: float
    aim: Aim | None = None
    digits: int = 0
    spread: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One subject and its figures."""

    subject: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report. `says` is how it was measured."""

    name: str
    says: str
    rows: tuple[Row, ...]


def at_least(bound: float) -> Aim:
    """An aim that more is better for."""
    return Aim(bound)


def at_most(bound: float) -> Aim:
    """An aim that less is better for."""
    return Aim(bound, at_most=True)


def median_of(name: str, values: Sequence[float], aim: Aim | None = None, digits: int = 0) -> Figure:
    """The median of the rounds, with the least and the most of them where there are several."""
    spread = (min(values), max(values)) if len(values) > 1 else None
    return Figure(name, statistics.median(values), aim, digits, spread)


def table(section: Section) -> str:
    """The section as Markdown: a column for each name of a figure, in the order of the row that has most of them."""
    rows = sorted(section.rows, key=lambda row: len(row.figures), reverse=True)
    names = list(dict.fromkeys(figure.name for row in rows for figure in row.figures))
    lines = [["", *names]] + [[row.subject, *_cells(row, names)] for row in section.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names) + 1)]
    written = [_line(line, widths) for line in lines]
    rule = "|-" + "-|-".join("-" * width for width in widths) + "-|"
    return "\n".join([f"## {section.name}", "", section.says, "", written[0], rule, *written[1:]])


def document(facts: dict[str, Any], sections: Iterable[Section]) -> dict[str, Any]:
    """The whole run for machines."""
    return {"machine": facts, "sections": [_section_document(section) for section in sections]}


def without_aims(section: Section) -> Section:
    """The section of a run that was too short to be judged."""
    rows = [replace(row, figures=tuple(replace(figure, aim=None) for figure in row.figures)) for row in section.rows]
    return replace(section, rows=tuple(rows))


def missed(sections: Iterable[Section]) -> list[str]:
    """Every aim that was not reached, by section, subject and figure."""
    return [
        f"{section.name}, {row.subject}: {figure.name} {_number(figure)}, {figure.aim.words(figure.value)}"
        for section in sections
        for row in section.rows
        for figure in row.figures
        if figure.aim is not None and not figure.aim.met(figure.value)
    ]


def _section_document(section: Section) -> dict[str, Any]:
    return {
        "name": section.name,
        "says": section.says,
        "rows": [
            {"subject": row.subject, "figures": {figure.name: _figure_document(figure) for figure in row.figures}}
            for row in section.rows
        ],
    }


def _figure_document(figure: Figure) -> dict[str, Any]:
    said: dict[str, Any] = {"value": figure.value}
    if figure.spread is not None:
        said["min"], said["max"] = figure.spread
    if figure.aim is not None:
        said["at_most" if figure.aim.at_most else "at_least"] = figure.aim.bound
        said["met"] = figure.aim.met(figure.value)
    return said


def _cells(row: Row, names: Sequence[str]) -> list[str]:
    figures = {figure.name: figure for figure in row.figures}
    return [_cell(figures[name]) if name in figures else "" for name in names]


def _cell(figure: Figure) -> str:
    return in_words(figure) + (f" ({figure.aim.words(figure.value)})" if figure.aim is not None else "")


def in_words(figure: Figure) -> str:
    """The number, and what it is the median of."""
    said = _number(figure)
    if figure.spread is not None:
        said += " ({} to {})".format(*(f"{one:.{figure.digits}f}" for one in figure.spread))
    return said


def _number(figure: Figure) -> str:
    return f"{figure.value:.{figure.digits}f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join([first, *others]) + " |"
