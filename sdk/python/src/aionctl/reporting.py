"""What went wrong, told on stderr: reason, field, remedy and request id; and the exit code that says it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from aion_sdk import AionError
from aionctl.exit_codes import ExitCode, of_error
from aionctl.safe_text import visible_line


def say(line: str) -> None:
    """Write a line for people to stderr."""
    typer.echo(line, err=True)


@contextmanager
def reported() -> Iterator[None]:
    """Turn errors into words and an exit code."""
    try:
        yield
    except AionError as error:
        for line in explanation(error):
            say(line)
        raise typer.Exit(of_error(error)) from error
    except json.JSONDecodeError as error:
        say("error: the server sent a document that is not JSON")
        raise typer.Exit(ExitCode.SERVER_DEFECT) from error
    except (ValueError, TypeError) as error:
        raise typer.BadParameter(str(error)) from error
    except KeyboardInterrupt as interrupt:
        say("interrupted; a task that was accepted goes on (see `aionctl list`)")
        raise typer.Exit(ExitCode.INTERRUPTED) from interrupt


def explanation(error: AionError) -> Iterator[str]:
    """Say everything that is known of an error, line by line."""
    word = error.reason or error.code
    yield visible_line(f"error: {error.message}" + (f" [{word}]" if word else ""))
    if error.code == "UNAVAILABLE" and not error.reason:
        yield "  is AION running there? --server or AION_SERVER says where"
    for violation in error.violations:
        yield visible_line(f"  {violation.field}: {violation.description}")
    for name, fact in error.details.facts.items():
        yield visible_line(f"  {name}: {fact}")
    if error.retry_after is not None:
        yield f"  try again in {error.retry_after:g} s"
    if error.request_id:
        yield visible_line(f"  request id {error.request_id}" + (f", trace {error.trace_id}" if error.trace_id else ""))
