"""`aion config`: what is set, and whether it is right."""

import sys

import typer
from rich.console import Console
from rich.table import Table

from aion.app.commands.failing import fail, refusals_as_sentences
from aion.app.commands.safe_text import visible_line
from aion.app.composition.offline import check_storage, read_catalog
from aion.app.settings import Settings
from aion.app.settings_report import load, redacted, unknown_variables

app = typer.Typer(help="Show and check the configuration.", no_args_is_help=True, add_completion=False)


@app.command()
def show() -> None:
    """Print every setting with its value, secrets hidden; as NAME=value when piped."""
    with refusals_as_sentences():
        values = redacted(load(Settings))
    if not sys.stdout.isatty():
        for name, value in values.items():
            typer.echo(f"{name}={value}")
        return
    table = Table("setting", "value")
    for name, value in values.items():
        table.add_row(name, value)
    Console().print(table)


@app.command()
def validate() -> None:
    """Check settings, the four files of the configuration and every module; name every problem."""
    with refusals_as_sentences():
        if problems := unknown_variables():
            fail(problems)
        settings = load(Settings)
        check_storage(settings)
        catalog = read_catalog(settings)
    broken = [module for module in catalog.modules() if module.broken]
    for module in broken:
        typer.echo(visible_line(f"aion: {module.engine} is broken: {module.broken}"), err=True)
    typer.echo(
        f"aion: {len(catalog.intents())} intents, {len(catalog.modules())} modules, policy {catalog.policy_version}",
        err=True,
    )
    if broken:
        raise typer.Exit(1)
