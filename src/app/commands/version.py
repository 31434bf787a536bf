"""`aion version`: alone, since it needs nothing of what the other commands import."""

import typer

import aion


def version() -> None:
    """Print the version."""
    typer.echo(aion.__version__)
