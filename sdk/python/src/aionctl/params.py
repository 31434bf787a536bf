"""The input of a task from the command line: `name=value`, `name=@file`, `name=@-` for stdin, `name=@@x` for `@x`."""

import sys
from collections.abc import Iterable
from pathlib import Path

import typer


def pairs(options: Iterable[str], name: str) -> dict[str, str]:
    """Read repeated `name=value` options. Raises typer.BadParameter."""
    found: dict[str, str] = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{option!r} is not NAME=VALUE", param_hint=name)
        if key in found:
            raise typer.BadParameter(f"{key!r} is given twice", param_hint=name)
        found[key] = value
    return found


def read_all(values: dict[str, str], name: str) -> dict[str, str]:
    """Return the values with every `@file` read. Raises typer.BadParameter."""
    if sum(value == "@-" for value in values.values()) > 1:
        raise typer.BadParameter("stdin (`@-`) can be read once only", param_hint=name)
    return {key: read(value, f"{name} {key}") for key, value in values.items()}


def read(value: str, name: str) -> str:
    """Return the value, or what the file or stdin that it names holds. Raises typer.BadParameter."""
    if value.startswith("@@") or not value.startswith("@"):
        return value.removeprefix("@")
    try:
        data = sys.stdin.buffer.read() if value == "@-" else Path(value[1:]).read_bytes()
        return data.decode("utf-8")
    except OSError as cause:
        raise typer.BadParameter(f"cannot read {value[1:]}: {cause.strerror}", param_hint=name) from cause
    except UnicodeDecodeError as cause:
        raise typer.BadParameter(f"{value[1:]} is not UTF-8 text", param_hint=name) from cause
