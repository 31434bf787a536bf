"""Large modules are compiled while the server already serves: the catalogue says so, and their tasks wait."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

_log = logging.getLogger(__name__)
_SAY_EVERY = 10.0
_MEGABYTE = 10**6


@dataclass(frozen=True, slots=True)
class LargeModule:
    """One that is still to be compiled. `compile` does it, and says why it cannot run or nothing."""

    engine: str
    wasm_bytes: int
    compile: Callable[[], Awaitable[str]]


@asynccontextmanager
async def compiling_in_the_background(
    modules: Sequence[LargeModule], finished: Callable[[str, str], None], end: Callable[[], None]
) -> AsyncIterator[None]:
    """Compiles these while the block runs; `finished` hears of each with its problem or nothing.

    What is not done at the end of the block is left: `end` stops the compilers, so that nobody waits for them.
    """
    tasks = [asyncio.create_task(_compile(module, finished)) for module in modules]
    try:
        yield
    finally:
        end()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _compile(module: LargeModule, finished: Callable[[str, str], None]) -> None:
    began = time.monotonic()
    size = module.wasm_bytes / _MEGABYTE
    _log.info("compiling %s in the background: %.1f MB; its tasks wait", module.engine, size)
    saying = asyncio.create_task(_say(module, began))
    try:
        problem = await module.compile()
    finally:
        saying.cancel()
    took = time.monotonic() - began
    if problem:
        _log.error("%s cannot run, which took %.0f s to find out: %s", module.engine, took, problem)
    else:
        _log.info("%s can run: it was compiled in %.0f s", module.engine, took)
    finished(module.engine, problem)


async def _say(module: LargeModule, began: float) -> None:
    while True:
        await asyncio.sleep(_SAY_EVERY)
        _log.info("still compiling %s, since %.0f s", module.engine, time.monotonic() - began)
