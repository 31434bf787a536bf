"""How a command fails: one sentence on stderr and an exit code, never a traceback for what a person can mend."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

from aion.app.commands.safe_text import visible_line
from aion.app.composition.offline import REFUSALS

EXIT_REFUSED = 1
EXIT_USAGE = 2


@contextmanager
def refusals_as_sentences() -> Iterator[None]:
    """Turns what the operator can mend into sentences and exit code 1; anything else is a defect and shows itself."""
    try:
        yield
    except REFUSALS as refusal:
        fail(str(refusal).splitlines() or [type(refusal).__name__])


def fail(sentences: Iterable[str], code: int = EXIT_REFUSED) -> NoReturn:
    """Says why on stderr and ends the command."""
    for sentence in sentences:
        typer.echo(f"aion: {visible_line(sentence)}", err=True)
    raise typer.Exit(code)
