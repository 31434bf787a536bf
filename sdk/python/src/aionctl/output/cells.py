"""What tables are made of. Every text of the server goes through safe_text; nothing is cut off."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aionctl.safe_text import visible, visible_line

WIDTH_OF_A_FILE = 400
"""Where stdout is no terminal, lines are as long as they need to be."""

COLOURS = {
    "OK": "green",
    "READY": "green",
    "ERROR": "red",
    "FAILED": "red",
    "BROKEN": "red",
    "TIMEOUT": "yellow",
    "CANCELED": "yellow",
    "LOST": "yellow",
    "DELIVERED": "green",
    "RUNNING": "cyan",
}


def console() -> Console:
    """Return stdout; rich leaves colours away for NO_COLOR and for what is no terminal."""
    width = None if sys.stdout.isatty() else WIDTH_OF_A_FILE
    return Console(markup=False, highlight=False, emoji=False, width=width)


def rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write rows under their heads."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible_line(cell), style=COLOURS.get(cell, "")) for cell in row))
    console().print(table)


def facts(facts: Iterable[tuple[str, str]]) -> None:
    """Write names and values, without those that are empty."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(name, Text(visible(value), style=COLOURS.get(value, "")))
    console().print(table)


def moment(time: datetime | None) -> str:
    """A time in this machine's zone."""
    return "" if time is None else time.astimezone().isoformat(sep=" ", timespec="seconds")


def cost(micros: int) -> str:
    """Micro-dollars in dollars."""
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def duration(value: timedelta | None) -> str:
    """The time in the largest unit that says it without a fraction."""
    if value is None:
        return ""
    seconds = value.total_seconds()
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
