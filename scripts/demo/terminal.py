"""What the demo shows, and the one way in which it fails: an answer that was not right."""

import sys
import time

from rich.console import Console

say = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 140)


def check(right: bool, expected: str) -> None:
    """Ends the demo when an answer is not what it must be."""
    if not right:
        raise SystemExit(f"demo: expected {expected}")


def since(began: float) -> str:
    """How long ago that was."""
    return f"{time.monotonic() - began:.1f} s"
