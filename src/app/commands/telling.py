"""Sentences for whoever started a command. A log that takes no more of them, on a full disk or a closed terminal,
stops no server and no worker.
"""

from contextlib import suppress

import typer

from aion.app.commands.safe_text import visible_line


def tell(sentence: str) -> None:
    """Says it on the standard error, if that takes it."""
    say(f"aion: {visible_line(sentence)}", err=True)


def say(text: str, *, err: bool = False) -> None:
    """Says it, if whoever should hear it can."""
    with suppress(OSError):
        typer.echo(text, err=err)
