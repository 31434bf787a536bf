"""Named places where a test may kill, stop or break a process, so that crashes are tried where they hurt most.

Nothing happens unless the process was started with AION_FAILPOINTS, a comma separated list of

    name=kill          SIGKILL at the first hit
    name=kill@3        SIGKILL at the third hit
    name=error         raises FailpointError, an OSError, at every hit; `error@3` only at the third
    name=error:PATH    raises it for as long as a file of this name exists: a disk that is full, then free again
    name=pause:PATH    stands still until a file of this name exists

Any ring may call `hit`; it decides nothing and costs one look into an empty dictionary when off.
"""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ENVIRONMENT = "AION_FAILPOINTS"
_PAUSE_SECONDS = 0.01


class FailpointError(OSError):
    """The failure that a failpoint was asked to make."""


class FailpointSyntaxError(ValueError):
    """AION_FAILPOINTS holds something that is not a failpoint."""


def hit(name: str) -> None:
    """Does what was asked for at this place, which is nothing in production."""
    action = _actions.get(name)
    if action is not None:
        action()


def names() -> list[str]:
    """The places where something was asked for; empty in production."""
    return sorted(_actions)


def parse(text: str) -> dict[str, Callable[[], None]]:
    """The actions of a setting, by name. Raises FailpointSyntaxError that shows the forms."""
    actions: dict[str, Callable[[], None]] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, spec = item.partition("=")
        actions[name] = _action(name, spec)
    return actions


def configure(environment: Mapping[str, str]) -> None:
    """Reads the failpoints anew; for tests in this process and for children that get theirs late."""
    actions = parse(environment.get(ENVIRONMENT, ""))
    _actions.clear()
    _actions.update(actions)


def _action(name: str, spec: str) -> Callable[[], None]:
    if name and spec.startswith("pause:"):
        path = Path(spec.removeprefix("pause:"))
        return lambda: _pause(path)
    if name and spec.startswith("error:"):
        path = Path(spec.removeprefix("error:"))
        return lambda: _fail(name) if path.exists() else None
    kind, counted, nth = spec.partition("@")
    if not name or kind not in ("kill", "error") or (counted and not nth.isdecimal()):
        raise FailpointSyntaxError(
            f"{ENVIRONMENT}: {name}={spec} is not a failpoint; "
            "use name=kill, name=kill@N, name=error, name=error@N, name=error:PATH or name=pause:PATH"
        )
    return _counted(int(nth or 0), _kill if kind == "kill" else lambda: _fail(name))


def _counted(nth: int, act: Callable[[], None]) -> Callable[[], None]:
    hits = 0

    def counted() -> None:
        nonlocal hits
        hits += 1
        if nth in (0, hits):
            act()

    return counted


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fail(name: str) -> None:
    raise FailpointError(f"failpoint {name}")


def _pause(path: Path) -> None:
    while not path.exists():
        time.sleep(_PAUSE_SECONDS)


_actions: dict[str, Callable[[], None]] = parse(os.environ.get(ENVIRONMENT, ""))
