"""How far many tasks are: a line that renews itself on a terminal, nothing but what matters in a file or pipe.

All of it goes to stderr: stdout is for data.
"""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from aionctl.reporting import say
from aionctl.safe_text import visible_line


class Progress:
    """Use it as a context manager."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: Bar | None = None
        if sys.stderr.isatty():
            console = Console(stderr=True, markup=False, highlight=False, emoji=False)
            columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
            self._bar = Bar(*columns, console=console, transient=True)
            self._row = self._bar.add_task(title)

    def told(self, words: str) -> None:
        """Say how far it is now; only a terminal shows it."""
        if self._bar is not None:
            self._bar.update(self._row, description=visible_line(f"{self._title}: {words}"))

    def note(self, words: str) -> None:
        """Say something that stays."""
        if self._bar is not None:
            self._bar.console.print(visible_line(words))
        else:
            say(visible_line(words))

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
