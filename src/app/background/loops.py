"""Loops that must not end: one that dies of something unexpected is told about and started again.

What a loop knows to handle it handles itself. What it does not know would otherwise end it in silence, and leave a
process that accepts tasks for ever and runs none.
"""

import asyncio
from collections.abc import Awaitable, Callable

from aion.ports.telemetry import Observer

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
"""Seconds between two starts: they double while the lives of a loop are short, so that a log is not flooded."""

Report = Callable[[str, str], None]
"""Told of a part that is down and why, and with an empty reason that it is up again."""


def unreported(part: str, problem: str) -> None:
    """Nobody wants to know."""


async def keep_up(part: str, loop: Callable[[], Awaitable[None]], observer: Observer, report: Report) -> None:
    """Runs `loop` for ever, whatever it dies of. While it is down it is reported."""
    time = asyncio.get_running_loop().time
    pause = FIRST_PAUSE
    while True:
        began = time()
        try:
            await loop()
            died: Exception = RuntimeError("it ended by itself")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged with its cause
            died = error
        if time() - began > LONGEST_PAUSE:
            pause = FIRST_PAUSE
        observer.trouble(part, died)
        report(part, f"it ended: {type(died).__name__}; it is started again")
        await asyncio.sleep(pause)
        report(part, "")
        pause = min(2 * pause, LONGEST_PAUSE)
