"""Waits for what must happen soon: looks often enough to be quick, rarely enough to leave the machine to the server."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.e2e.processes import PATIENCE

BETWEEN_LOOKS = 0.02

Found = TypeVar("Found")


async def eventually(look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
    """What `look` finds, as soon as it finds something; `what` is the sentence of the failure."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if found := await look():
            return found
        await asyncio.sleep(BETWEEN_LOOKS)
    raise AssertionError(f"in {PATIENCE:.0f} s: {what}")
