"""`aion migrate`: bring the store to this version's schema."""

from typing import Annotated

import typer

from aion.app.commands.failing import fail, refusals_as_sentences
from aion.app.composition.offline import migrate_store, migration_differences
from aion.app.settings import Settings
from aion.app.settings_report import load


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only compare models and migrations; for CI.")] = False,
) -> None:
    """Bring the store to this version's schema. Stop the server first; the store has one owner."""
    with refusals_as_sentences():
        if check:
            if differences := migration_differences():
                fail(f"not the same in models and migrations: {difference}" for difference in differences)
            typer.echo("aion: models and migrations say the same", err=True)
            return
        applied = migrate_store(load(Settings))
        typer.echo(f"aion: {', '.join(applied) + ' applied' if applied else 'the store is up to date'}", err=True)
