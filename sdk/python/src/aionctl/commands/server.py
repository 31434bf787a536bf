"""Commands that ask what the server is and can do: intents, server info."""

import typer

from aionctl.borrowed import supplied_by
from aionctl.output import tables
from aionctl.output.shown import show
from aionctl.session import Session, session

server = typer.Typer(help="What the server is.", no_args_is_help=True, add_completion=False)


@server.callback()
def _server() -> None:
    pass


@supplied_by(session=session)
def intents(session: Session) -> None:
    """List what can be asked for."""
    show(list(session.client.catalog.intents()), session.form, tables.show_intents)


@server.command()
@supplied_by(session=session)
def info(session: Session) -> None:
    """Show the server's version and limits."""
    show(session.client.server.info(), session.form, tables.show_server)
