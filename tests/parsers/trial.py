"""One input to one target: what it raises is a refusal of its own, it is quick, and the rest is a failure."""

import importlib
import pkgutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MOST_SECONDS = 1.0
"""Of CPU time, so that a busy machine proves nothing."""

MOST_BYTES = 256 << 20

_FOLDER = Path(__file__).with_name("targets")


@dataclass(frozen=True, slots=True)
class Target:
    """A parser under test: `seeds` are inputs from which others are made, the first is one that it takes."""

    name: str
    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    refusals: tuple[type[Exception], ...]


class TooSlow(Exception):
    """A parser thinks for too long about one input."""


def names() -> list[str]:
    """Of all targets."""
    return sorted(module.name for module in pkgutil.iter_modules([str(_FOLDER)]))


def load(name: str) -> Target:
    """The target of this name."""
    module = importlib.import_module(f"tests.parsers.targets.{name}")
    return Target(name, module.target, module.SEEDS, module.REFUSALS)


def refuses(target: Target, data: bytes) -> bool:
    """Whether the target refuses the input. Raises what is no refusal, and TooSlow."""
    began = time.thread_time()
    try:
        target.run(data)
    except target.refusals:
        return True
    finally:
        took = time.thread_time() - began
        if took > MOST_SECONDS:
            raise TooSlow(f"{target.name} took {took:.1f} s for {data[:200]!r}")
    return False
