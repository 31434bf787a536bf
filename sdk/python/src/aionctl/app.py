"""The tree of aionctl's commands."""

from importlib.metadata import version
from typing import Annotated

import typer

from aionctl.commands import server, submit, tasks

EPILOG = (
    "Exit codes: 0 done, 1 the task failed, 2 wrong usage, 3 not allowed, 4 not found, 5 refused, "
    "6 unreachable or busy: try later, 7 a defect of the server, 130 interrupted."
)

app = typer.Typer(
    name="aionctl",
    help="Submit AI work under a promise, follow it, and read why it ran where it ran.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
route = typer.Typer(help="Why tasks run where they run.", no_args_is_help=True)
about = typer.Typer(help="What the server is.", no_args_is_help=True)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"aionctl {version('aion-tasks-sdk')}")
        raise typer.Exit


@app.callback()
def _aionctl(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


app.command("submit")(submit.submit)
app.command("run")(submit.run)
app.command("watch")(tasks.watch)
app.command("get")(tasks.get)
app.command("list")(tasks.list_tasks)
app.command("cancel")(tasks.cancel)
route.command("explain")(tasks.explain)
app.add_typer(route, name="route")
app.command("intents")(server.intents)
app.command("modules")(server.modules)
about.command("info")(server.info)
app.add_typer(about, name="server")
