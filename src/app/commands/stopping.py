"""When a process that serves is told to stop."""

import asyncio
import gc
import signal

GC_THRESHOLD = 20_000
"""New objects between two looks of the garbage collector; a request makes hundreds that are freed without it."""


async def until_told_to_stop() -> None:
    """Waits for SIGTERM or SIGINT."""
    # What start-up made lives as long as the process: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 20, 20)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    # A second signal is an order, not a request.
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(number)
