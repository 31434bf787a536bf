"""`aion backup` and `aion restore`: the store and the secret of its keys as one file, made while the server serves."""

from pathlib import Path
from typing import Annotated

import typer

from aion.app.commands.failing import refusals_as_sentences
from aion.app.composition.offline import back_up_store, restore_store
from aion.app.settings import Settings
from aion.app.settings_report import load


def backup(
    file: Annotated[Path, typer.Argument(help="The new file. It holds every task and the keys' secret: keep it safe.")],
) -> None:
    """Write a backup of the store to a new file, also while a server runs: all that was accepted before is in it."""
    with refusals_as_sentences():
        manifest = back_up_store(load(Settings), file)
    size = sum(part.size for part in manifest.parts.values())
    typer.echo(
        f"aion: {file} holds the store as of {manifest.time:%Y-%m-%d %H:%M:%S} UTC ({size} bytes, "
        f"migration {manifest.schema}); keep it like a secret",
        err=True,
    )


def restore(file: Annotated[Path, typer.Argument(help="A file that `aion backup` wrote.")]) -> None:
    """Restore a backup into an empty data directory. What was RUNNING then runs again once a server starts."""
    with refusals_as_sentences():
        settings = load(Settings)
        manifest, missing = restore_store(settings, file)
    typer.echo(
        f"aion: {settings.data_dir} holds the store as of {manifest.time:%Y-%m-%d %H:%M:%S} UTC, "
        f"from AION {manifest.version}",
        err=True,
    )
    if missing:
        typer.echo(f"aion: it needs {len(missing)} migration(s): run `aion migrate` before `aion serve`", err=True)
