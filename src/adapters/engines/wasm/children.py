"""How the engine's child processes are started: by exec of the same interpreter, with next to nothing inherited."""

import os
import sys

from aion import failpoints


def command(module: str, *arguments: object) -> list[str]:
    """The command line that runs a module of this package. `-P`: the working directory is no place for code."""
    return [sys.executable, "-P", "-s", "-m", f"{__package__}.{module}", *map(str, arguments)]


def environment() -> dict[str, str]:
    """Neither secrets nor paths of the parent: only the failpoints of a test, and UTF-8."""
    points = os.environ.get(failpoints.ENVIRONMENT)
    return {"LC_ALL": "C.UTF-8", **({failpoints.ENVIRONMENT: points} if points else {})}
