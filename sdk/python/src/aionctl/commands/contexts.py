"""Commands for contexts: add, use, list, show, remove. They call no server, and no key is ever written to stdout."""

import os
import re
import sys
from dataclasses import replace
from typing import Annotated

import typer

from aionctl.contexts import file, keys
from aionctl.contexts.values import NAME, Context, ContextError, Contexts, KeySource
from aionctl.option_values import beginning

app = typer.Typer(help="Servers and keys by name.", no_args_is_help=True, add_completion=False)
Name = Annotated[str, typer.Argument(help="The context's name.")]
Kept = Annotated[str, typer.Argument(help="The context's name.", autocompletion=beginning(file.names))]


@app.command()
def add(
    name: Name,
    *,
    server: Annotated[str, typer.Option(help="host:port of gRPC, or https://host:port.")],
    key_env: Annotated[str, typer.Option(metavar="VARIABLE", help="The key is in this variable.")] = "",
    key_file: Annotated[
        str, typer.Option(metavar="PATH", help="The key is in this file, which only you may read.")
    ] = "",
    key_command: Annotated[
        str, typer.Option(metavar="COMMAND", help="This command writes the key to stdout, such as a password manager.")
    ] = "",
    key_stdin: Annotated[
        bool, typer.Option("--key-stdin", help="Read the key from stdin and keep it in a file of mode 0600.")
    ] = False,
    ca: Annotated[str, typer.Option(help="File of the CA to trust.")] = "",
    cert: Annotated[str, typer.Option(help="File of the client's certificate.")] = "",
    client_key: Annotated[str, typer.Option(help="File of the client's key.")] = "",
    tls: Annotated[bool, typer.Option("--tls", help="Use TLS, trusting the system's CAs.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let the API key travel unencrypted.")] = False,
    use: Annotated[bool, typer.Option("--use", help="Use it from now on; the first context always is.")] = False,
) -> None:
    """Add a context, or replace the one of that name."""
    if not re.fullmatch(NAME, name):
        raise typer.BadParameter("a name has letters, digits, `_`, `.` and `-`, at most 64", param_hint="NAME")
    sources = [bool(key_env), bool(key_file), bool(key_command), key_stdin]
    if sum(sources) > 1:
        raise typer.BadParameter("give one of --key-env, --key-file, --key-command and --key-stdin")
    with _told():
        contexts = file.load()
        path = keys.keep_key(name, sys.stdin.read()) if key_stdin else key_file
        source = KeySource(key_env, path, _words(key_command)) if any(sources) else None
        context = Context(name, server, source, ca, cert, client_key, tls, insecure)
        current = name if use or not contexts.current else contexts.current
        file.save(Contexts(current, {**contexts.by_name, name: context}))
        if name in contexts.by_name and not keys.is_kept(context):
            keys.forget_key(contexts.by_name[name])
    typer.echo(f"context {name} added" + (", in use" if current == name else ""), err=True)
    if current == name:
        _say_whose_key_counts()


@app.command("use")
def use_context(name: Kept) -> None:
    """Use a context from now on."""
    with _told():
        contexts = file.load()
        contexts.named(name)
        file.save(replace(contexts, current=name))
    typer.echo(f"context {name} in use", err=True)
    _say_whose_key_counts()


@app.command("list")
def list_contexts() -> None:
    """List the contexts; `*` marks the one in use."""
    with _told():
        contexts = file.load()
    if not contexts.by_name:
        typer.echo("there are no contexts; `aionctl context add NAME --server HOST:PORT` makes one", err=True)
    for name, context in sorted(contexts.by_name.items()):
        mark = "*" if name == contexts.current else " "
        typer.echo(f"{mark} {name}\t{context.server}\t{_key_words(context)}")


@app.command()
def show(name: Annotated[str, typer.Argument(help="The context's name; the one in use by default.")] = "") -> None:
    """Show a context as the file holds it: where its key comes from, never the key."""
    import yaml

    with _told():
        contexts = file.load()
        if not (name or contexts.current):
            raise ContextError("no context is in use; `aionctl context add` makes one")
        context = contexts.named(name or contexts.current)
    typer.echo(yaml.safe_dump({context.name: context.document()}, sort_keys=False), nl=False)


@app.command()
def remove(name: Kept) -> None:
    """Remove a context, and its key if aionctl keeps it."""
    with _told():
        contexts = file.load()
        context = contexts.named(name)
        rest = {other: one for other, one in contexts.by_name.items() if other != name}
        file.save(Contexts("" if contexts.current == name else contexts.current, rest))
        keys.forget_key(context)
    typer.echo(f"context {name} removed", err=True)


class _told:  # noqa: N801 - reads as a word of the command
    """Tells what is wrong with the contexts as wrong usage."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, ContextError):
            raise typer.BadParameter(str(error)) from error


def _say_whose_key_counts() -> None:
    if os.environ.get("AION_API_KEY"):
        typer.echo("  AION_API_KEY is for AION_SERVER: from now on the context's own key counts", err=True)


def _words(command: str) -> tuple[str, ...]:
    import shlex

    try:
        return tuple(shlex.split(command))
    except ValueError as cause:
        raise ContextError(f"--key-command cannot be read: {cause}") from cause


def _key_words(context: Context) -> str:
    return "no key" if context.key is None else f"key from {context.key.words}"
