"""What tables are made of. Every text of the server goes through safe_text; nothing is cut off."""

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aionctl.output.spans import in_seconds
from aionctl.safe_text import visible, visible_line

WIDTH_OF_A_FILE = 400
"""Where stdout is no terminal, lines are as long as they need to be."""

COLOURS = {
    "OK": "green",
    "READY": "green",
    "ERROR": "red",
    "FAILED": "red",
    "BROKEN": "red",
    "PREPARING": "cyan",
    "TIMEOUT": "yellow",
    "CANCELED": "yellow",
    "LOST": "yellow",
    "DELIVERED": "green",
    "RUNNING": "cyan",
}


def console() -> Console:
    """Return stdout; NO_COLOR and what is no terminal get neither colours nor bold."""
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    width = None if sys.stdout.isatty() else WIDTH_OF_A_FILE
    return Console(markup=False, highlight=False, emoji=False, width=width, color_system=colours)


def rows(columns: Sequence[str], rows: Sequence[Sequence[str]], widest_cell: int | None = None) -> None:
    """Write rows under their heads; texts longer than `widest_cell` go on in the next line, between words."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    printer = console()
    for number, column in enumerate(columns):
        # An id is to be copied: it stays on its line wherever that leaves room for the rest.
        widest = max((len(visible_line(row[number])) for row in rows), default=0)
        whole = number == 0 and widest <= printer.width // 2
        table.add_column(column, overflow="fold", no_wrap=whole, max_width=None if whole else widest_cell)
    for row in rows:
        table.add_row(*(Text(visible_line(cell), style=COLOURS.get(cell, "")) for cell in row))
    _write(table, printer)


def facts(facts: Iterable[tuple[str, str]]) -> None:
    """Write names and values, without those that are empty."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(name, Text(visible(value), style=COLOURS.get(value, "")))
    _write(table, console())


def _write(table: Table, printer: Console) -> None:
    if printer.is_terminal:
        printer.print(table)
        return
    with printer.capture() as captured:
        printer.print(table)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def moment(time: datetime | None) -> str:
    """A time in this machine's zone, or in UTC where that zone's year is none that Python can count; Z is UTC."""
    if time is None:
        return ""
    try:
        local = time.astimezone()
    except OverflowError:
        local = time.astimezone(UTC)
    return local.isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")


def cost(micros: int) -> str:
    """Micro-dollars in dollars."""
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def short_digest(digest: str) -> str:
    """Enough of a digest to tell two apart."""
    return digest[: len("sha256:") + 12]


def duration(value: timedelta | None) -> str:
    """The time in the largest unit that says it without a fraction."""
    if value is None:
        return ""
    for unit, size in (("h", timedelta(hours=1)), ("min", timedelta(minutes=1))):
        if value and not value % size:
            return f"{value // size} {unit}"
    return f"{in_seconds(value)} s"
