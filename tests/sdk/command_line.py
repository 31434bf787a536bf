"""aionctl as a user calls it, in this process, with a home of its own and no variable of ours but what is given."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from typer.testing import CliRunner

from aionctl.app import app


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Done]


def calling(home: Path, **settings: str) -> Call:
    """Return a function that calls aionctl with words."""
    forgotten: dict[str, str | None] = {name: None for name in os.environ if name.startswith("AION_")}
    env: dict[str, str | None] = {**forgotten, "XDG_CONFIG_HOME": str(home), **settings}

    def call(*words: str, stdin: str = "", **more: str) -> Done:
        result = CliRunner().invoke(app, list(words), input=stdin, env={**env, **more})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(int(result.exit_code), result.stdout, result.stderr)

    return call


def lines(text: str) -> list[dict[str, object]]:
    """What was printed, a JSON object a line."""
    return [json.loads(line) for line in text.splitlines()]
