"""`aion`: the server's own command. Clients use `aionctl`."""

import typer

from aion.app.commands import backups, configuration, diagnosis, keys, serving, storage, worker

app = typer.Typer(
    name="aion",
    help="AION: AI work under a promise. Start with `aion dev`; clients use `aionctl`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("dev")(serving.dev)
app.command("serve")(serving.serve)
app.command("worker")(worker.worker)
app.command("migrate")(storage.migrate)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
app.command("doctor")(diagnosis.doctor)
app.command("version")(diagnosis.version)
app.add_typer(keys.app, name="keys")
app.add_typer(configuration.app, name="config")


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
