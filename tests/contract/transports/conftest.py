"""The server and the callers of the end-to-end tests, since a contract over transports is held by the whole; and the
front door alone, for what never depends on what stands behind it.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.contract.transports.front_door import Door, Script, front_door
from tests.e2e.callers import caller, callers, other
from tests.e2e.serving import catalogue, server

__all__ = ["caller", "callers", "catalogue", "other", "server"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened_door() -> AsyncIterator[Door]:
    """Opened once a module: uvicorn takes a moment to stop. Its tests run in the module's loop."""
    async with front_door() as opened:
        yield opened


@pytest.fixture
def door(opened_door: Door) -> Iterator[Door]:
    """Every transport before a fresh script."""
    yield opened_door
    vars(opened_door.script).update(vars(Script()))
    opened_door.limit.pause = None
    opened_door.observer.defects.clear()
    opened_door.pipeline._draining = opened_door.pipeline._ending = False
