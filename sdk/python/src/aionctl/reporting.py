"""What went wrong, told on stderr: reason, field, remedy and request id; and the exit code that says it.

For `--output json` it is one JSON object, `{"error": {...}}`, so that a program reads the same as a person.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from aion_sdk import AionError, AuthenticationError
from aionctl.exit_codes import ExitCode, of_error
from aionctl.safe_text import visible_json, visible_line


def say(line: str) -> None:
    """Write a line for people to stderr."""
    typer.echo(line, err=True)


@contextmanager
def reported(*, key_given: bool, as_json: bool = False) -> Iterator[None]:
    """Turn errors into words and an exit code; `key_given` says whether the call carried an API key."""
    try:
        yield
    except AionError as error:
        code = of_error(error)
        if as_json:
            say_json(document(error, key_given=key_given) | {"exit_code": int(code)})
        else:
            for line in explanation(error, key_given=key_given):
                say(line)
        raise typer.Exit(code) from error
    except json.JSONDecodeError as error:
        words = "the server sent a document that is not JSON"
        if as_json:
            say_json({"message": words, "exit_code": int(ExitCode.SERVER_DEFECT)})
        else:
            say(f"error: {words}")
        raise typer.Exit(ExitCode.SERVER_DEFECT) from error
    except (ValueError, TypeError) as error:
        if as_json:
            say_json({"message": str(error), "exit_code": int(ExitCode.USAGE)})
            raise typer.Exit(ExitCode.USAGE) from error
        raise typer.BadParameter(str(error)) from error
    except KeyboardInterrupt as interrupt:
        say("interrupted; a task that was accepted goes on (see `aionctl list`)")
        raise typer.Exit(ExitCode.INTERRUPTED) from interrupt


def say_json(error: dict[str, Any]) -> None:
    """Write an error for programs to stderr."""
    say(visible_json(json.dumps({"error": error}, ensure_ascii=False)))


def document(error: AionError, *, key_given: bool = True) -> dict[str, Any]:
    """Everything that is known of an error, for programs."""
    return {
        "code": error.code,
        "reason": error.reason,
        "message": error.message,
        "hint": _hint(error, key_given=key_given),
        "violations": [{"field": v.field, "description": v.description} for v in error.violations],
        "facts": dict(error.details.facts),
        "retry_after": error.retry_after,
        "request_id": error.request_id,
        "trace_id": error.trace_id,
        "task_id": error.task_id or None,
        "idempotency_key": error.idempotency_key or None,
        "notes": notes(error),
    }


def explanation(error: AionError, *, key_given: bool) -> Iterator[str]:
    """Say everything that is known of an error, line by line."""
    word = error.reason or error.code
    yield visible_line(f"error: {error.message}" + (f" [{word}]" if word else ""))
    if hint := _hint(error, key_given=key_given):
        yield f"  {hint}"
    for words in error.untold:
        yield visible_line(f"  {words}")
    told = {violation.field for violation in error.violations}
    for name, fact in error.details.facts.items():
        if name not in told:
            yield visible_line(f"  {name}: {fact}")
    if error.retry_after is not None:
        yield f"  try again in {error.retry_after:g} s"
    for note in notes(error):
        yield visible_line(f"  {note}")
    if error.request_id:
        yield visible_line(f"  request id {error.request_id}" + (f", trace {error.trace_id}" if error.trace_id else ""))


def notes(error: AionError) -> list[str]:
    """What the command that failed adds: how its user can go on."""
    return list(getattr(error, "__notes__", ()))


def _hint(error: AionError, *, key_given: bool) -> str:
    """What to do on the command line; the server's own words are for callers of its API."""
    if isinstance(error, AuthenticationError):
        if key_given:
            return "the server does not know the key that the context, --api-key or AION_API_KEY gave"
        return "no API key was sent: set AION_API_KEY, give --api-key, or use a context with a key"
    if error.code != "UNAVAILABLE" or error.reason:
        return ""
    if "speaks no gRPC" in error.message:
        return "give gRPC's host:port by --server, AION_SERVER or a context"
    return "is AION running there? --server, AION_SERVER or a context says where"
