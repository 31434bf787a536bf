"""The reference of all commands, from the commands themselves."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from aionctl import manual
from aionctl.option_values import one_of


class Kind(StrEnum):
    """The forms of the reference."""

    MARKDOWN = "markdown"
    MAN = "man"


def docs(
    form: Annotated[
        Kind, typer.Option("--form", parser=one_of(Kind), metavar="|".join(Kind), help="Markdown, or a man page.")
    ] = Kind.MARKDOWN,
) -> None:
    """Write the reference of all commands to stdout: `aionctl docs --form man | man -l -`."""
    typer.echo(manual.man(commands()) if form is Kind.MAN else manual.markdown(commands()), nl=False)


def commands() -> Iterator[manual.Command]:
    """Every command with its options, in the order of `aionctl --help`."""
    from aionctl.app import Commands, app

    root: Any = typer.main.get_command(app)
    for lazy in Commands.lazy:
        yield from _below(f"aionctl {lazy.name}", root.load(lazy.name))


def _below(path: str, command: Any) -> Iterator[manual.Command]:
    children = getattr(command, "commands", None)
    if children is None:
        yield _read(path, command)
        return
    for name, child in children.items():
        yield from _below(f"{path} {name}", child)


def _read(path: str, command: Any) -> manual.Command:
    options, arguments = [], []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            many, optional = parameter.nargs != 1, not parameter.required
            name = (parameter.metavar or parameter.name.upper()) + ("..." if many else "")
            arguments.append(manual.Option((f"[{name}]" if optional else name,), parameter.help or "", "", ""))
        else:
            options.append(_option(parameter))
    return manual.Command(path, command.help or "", tuple(arguments), tuple(options))


def _option(parameter: Any) -> manual.Option:
    words = sorted(parameter.opts, key=len, reverse=True) + list(parameter.secondary_opts)
    if not parameter.is_flag:
        kind = parameter.metavar or parameter.name.upper()
        words = [f"{word} {kind}" for word in words[:1]] + words[1:]
    repeatable = " Can be given several times." if parameter.multiple else ""
    variable = parameter.envvar or ""
    panel = parameter.rich_help_panel or ""
    return manual.Option(tuple(words), (parameter.help or "") + repeatable, variable, panel)
