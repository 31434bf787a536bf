"""The version of aionctl: its distribution's."""

import typer


def version() -> None:
    """Show the version of aionctl; the server's is in `aionctl server info`."""
    from importlib import metadata

    typer.echo(f"aionctl {metadata.version('aion-tasks-sdk')}")
