"""The tree of aionctl's commands: what each is called, where it is, and what it does in a line."""

from typing import Annotated, Any

import typer

from aionctl.lazy import Lazy, LazyGroup

EPILOG = (
    "Exit codes: 0 done, 1 the task failed, 2 wrong usage, 3 not allowed, 4 not found, 5 refused, "
    "6 unreachable or busy: try later, 7 a defect of the server, 130 interrupted."
)

COMMANDS = (
    Lazy("submit", "aionctl.commands.submit:submit", "Submit a task and return as soon as it is accepted durably."),
    Lazy("run", "aionctl.commands.submit:run", "Submit a task and wait for its end."),
    Lazy("batch", "aionctl.commands.batch:batch", "Submit a task for each line of a CSV or JSONL file."),
    Lazy("watch", "aionctl.commands.tasks:watch", "Follow a task to its end."),
    Lazy("wait", "aionctl.commands.wait:wait", "Wait for the end of tasks."),
    Lazy("events", "aionctl.commands.events:events", "Write the events of a task, one JSON object a line."),
    Lazy("get", "aionctl.commands.tasks:get", "Show a task: state, result, attempts, usage."),
    Lazy("list", "aionctl.commands.tasks:list_tasks", "List tasks, newest first."),
    Lazy("cancel", "aionctl.commands.tasks:cancel", "Ask to end a task; one that has ended stays as it is."),
    Lazy("retry", "aionctl.commands.tasks:retry", "Submit again what an ended task did, under the policies of now."),
    Lazy("route", "aionctl.commands.tasks:route", "Why tasks run where they run."),
    Lazy("intents", "aionctl.commands.server:intents", "List what can be asked for."),
    Lazy("modules", "aionctl.commands.modules:app", "What is installed, and how it is called."),
    Lazy("server", "aionctl.commands.server:server", "What the server is."),
    Lazy("schedules", "aionctl.commands.schedules:app", "Tasks that the server submits by the clock."),
    Lazy("webhooks", "aionctl.commands.webhooks:app", "Calls that the server makes when tasks have ended."),
    Lazy("tickets", "aionctl.commands.tickets:app", "Short-lived secrets that open streams in browsers."),
    Lazy("context", "aionctl.commands.contexts:app", "Servers and keys by name."),
    Lazy("version", "aionctl.commands.version:version", "Show the version of aionctl."),
    Lazy("completion", "aionctl.commands.completion:completion", "Write the completion of a shell to stdout."),
    Lazy("docs", "aionctl.commands.docs:docs", "Write the reference of all commands to stdout."),
)


class Commands(LazyGroup):
    """aionctl itself."""

    lazy = COMMANDS

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what stands in front of the command; the options of commands stand behind it."""
        strange = next(iter(args), "").partition("=")[0]
        if strange.startswith("-") and strange not in {name for param in self.get_params(ctx) for name in param.opts}:
            raise typer.BadParameter(
                f"no option {strange} here; give it after the command: aionctl COMMAND {strange} ..."
            )
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="aionctl",
    cls=Commands,
    help="Submit AI work under a promise, follow it, and read why it ran where it ran.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        from aionctl.commands.version import version

        version()
        raise typer.Exit


@app.callback()
def _aionctl(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    pass
