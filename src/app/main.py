"""`aion`: the server's own command. Clients use `aionctl`."""

import os
from typing import Annotated

import typer

from aion.app.commands.lazy import Lazy, LazyGroup
from aion.app.commands.version import version

COMMANDS = (
    Lazy("dev", "aion.app.commands.serving:dev", "Run a server for yourself on this machine."),
    Lazy("serve", "aion.app.commands.serving:serve", "Run the server with the settings of the environment (AION_...)."),
    Lazy("worker", "aion.app.commands.worker:worker", "Run tasks of a server as a worker of its own."),
    Lazy("migrate", "aion.app.commands.storage:migrate", "Bring the store to this version's schema."),
    Lazy("backup", "aion.app.commands.backups:backup", "Write a backup of the store to a new file."),
    Lazy("restore", "aion.app.commands.backups:restore", "Restore a backup into an empty data directory."),
    Lazy("doctor", "aion.app.commands.diagnosis:doctor", "Check this machine and this configuration."),
    Lazy("version", "aion.app.commands.version:version", "Print the version."),
    Lazy("keys", "aion.app.commands.keys:app", "Make, list and revoke API keys of the data directory (AION_DATA_DIR)."),
    Lazy("module", "aion.app.commands.modules:app", "Make, test, pack, install and list modules of your own."),
    Lazy("config", "aion.app.commands.configuration:app", "Show and check the configuration."),
)


class Commands(LazyGroup):
    """`aion` itself."""

    lazy = COMMANDS


app = typer.Typer(
    name="aion",
    cls=Commands,
    help="AION: AI work under a promise. Start with `aion dev`; clients use `aionctl`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def _aion(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """The entry point."""
    # Before gRPC is imported: its core writes lines of its own, in no form of ours. What fails is told by AION.
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    app()


if __name__ == "__main__":
    main()
