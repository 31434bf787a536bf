"""Dry runs: the option that asks for one, and how the decision that it brings is shown."""

from typing import Annotated

import typer

from aion_sdk import InternalError, Task
from aionctl.output import tables
from aionctl.output.form import Form
from aionctl.output.shown import show
from aionctl.reporting import say
from aionctl.session import Session

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Check and decide as always, submit nothing, and show the decision.")
]


def show_decision(checked: Task, session: Session) -> None:
    """Show why a task that was only checked would run where it would run."""
    if checked.decision is None:
        raise InternalError("the server checked the task and showed no decision")
    show(checked.decision, session.form, tables.show_decision)
    if session.form is Form.TABLE:
        say("dry run: the task would be accepted; nothing was submitted")
