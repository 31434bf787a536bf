"""A store with tasks, and the inner door in front of it."""

import pytest

from aion.adapters.storage.sqlite import open_store
from tests.contract.queue_desk import opened_door


@pytest.fixture
async def tasks(clock, signals):
    async with open_store("sqlite://", clock, signals, "test") as opened:
        yield opened


@pytest.fixture
async def door(tasks, signals, clock):
    async with opened_door(tasks, signals, clock) as opened:
        yield opened
