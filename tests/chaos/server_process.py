"""Processes that are forked from one that has imported AION already.

Importing takes two seconds, everything else that a server does to start a tenth of that; with hundreds of starts the
difference is minutes. What runs is `aion dev` with an environment of its own, and SIGKILL ends it like any other.
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from aion import failpoints

_FORKS = multiprocessing.get_context("forkserver")
# pytest, because a child imports anew what was the main module of its parent.
_FORKS.set_forkserver_preload(["pytest", "uvloop", "aion.app.main", "aion.app.container", "aion.app.commands.serving"])


def launch(arguments: list[str], environment: Mapping[str, str], log: Path) -> ForkServerProcess:
    """Starts `aion ARGUMENTS` with exactly this environment; all that it writes goes to `log`."""
    return fork(_serve, arguments, dict(environment), str(log))


def fork(target: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """Calls a function of a module in a process of its own."""
    process = _FORKS.Process(target=target, args=arguments)
    process.start()
    return process


def _serve(arguments: list[str], environment: dict[str, str], log: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(environment)
    # They were read when AION was imported, before this environment was there.
    failpoints.configure(os.environ)
    sys.argv = ["aion", *arguments]
    from aion.app.main import app

    app()
