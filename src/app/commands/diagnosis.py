"""`aion doctor`: what is missing on this machine, and the remedy."""

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from aion.app.composition.diagnosis import diagnose
from aion.app.settings import Settings
from aion.app.settings_report import SettingsInvalid, load


def doctor() -> None:
    """Check this machine and this configuration; exit 1 for what keeps a server from starting.

    A port that is taken is a warning: a server that runs already has it.
    """
    try:
        settings = load(Settings)
    except SettingsInvalid as invalid:
        for problem in invalid.problems:
            typer.echo(f"aion: {problem}", err=True)
        raise typer.Exit(1) from invalid
    findings = diagnose(settings)
    # A path is whole or of no use: what has no spaces is folded where the terminal is narrow.
    table = Table("check", "status", Column("finding", overflow="fold"), Column("remedy", overflow="fold"))
    for finding in findings:
        mark = (
            Text("ok", "green")
            if finding.fine
            else Text("MISSING" if finding.vital else "warning", "red" if finding.vital else "yellow")
        )
        table.add_row(finding.what, mark, finding.found, "" if finding.fine else finding.remedy)
    Console().print(table)
    if any(finding.vital and not finding.fine for finding in findings):
        raise typer.Exit(1)
