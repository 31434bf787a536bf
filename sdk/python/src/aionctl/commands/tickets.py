"""The command that makes stream tickets."""

from typing import Annotated

import typer

from aion_sdk import Ticket
from aionctl.borrowed import supplied_by
from aionctl.option_values import seconds_within
from aionctl.output.shown import show
from aionctl.reporting import say
from aionctl.session import Session, session

app = typer.Typer(help="Short-lived secrets that open streams in browsers.", no_args_is_help=True, add_completion=False)


@app.callback()
def _tickets() -> None:
    pass


@app.command()
@supplied_by(session=session)
def create(
    session: Session,
    task_id: Annotated[str, typer.Argument(help="The one task it is good for; every one by default.")] = "",
    task: Annotated[str, typer.Option(metavar="TASK_ID", help="The same, as an option.")] = "",
    scope: Annotated[list[str] | None, typer.Option(help="What its holder may do; `tasks:read` by default.")] = None,
    lifetime: Annotated[
        float | None,
        typer.Option(parser=seconds_within(1, 300), metavar="TIME", help="At most 5m; 60 seconds by default."),
    ] = None,
) -> None:
    """Make a ticket. It is a secret."""
    if task_id and task and task_id != task:
        raise typer.BadParameter(
            f"a ticket is good for one task or for every one, not for {task_id} and {task}; give one of the two",
            param_hint="TASK_ID and --task",
        )
    ticket = session.client.tickets.create(
        task_id or task, scopes=scope or (), lifetime=lifetime, timeout=session.timeout
    )
    show(ticket, session.form, _show_ticket)


def _show_ticket(ticket: Ticket) -> None:
    typer.echo(ticket.ticket)
    if ticket.expire_time is not None:
        say(f"good for opening streams until {ticket.expire_time.astimezone().isoformat(timespec='seconds')}")
