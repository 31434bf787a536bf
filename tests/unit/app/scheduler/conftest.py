"""A scheduler over a real store, and a clock that stands still."""

import pytest

from tests.unit.app.schedule_desk import schedule_desk


@pytest.fixture
async def desk():
    async with schedule_desk() as opened:
        yield opened
