"""One fixture for each port, over every adapter: a test takes the fixture and nothing else."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from aion.adapters.identity.memory_keys import MemoryApiKeyStore
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.ports.identity import ApiKeyStore
from tests.contract.queue_desk import Desk, opened_door
from tests.contract.webhook_office import Office
from tests.manual_clock import ManualClock
from tests.sample_tasks import START


@pytest.fixture
def clock() -> ManualClock:
    """The store's clock, which stands still until a test moves it."""
    return ManualClock(START)


@pytest.fixture
async def signals() -> ProcessSignals:
    return ProcessSignals()


@pytest.fixture(params=["memory", "file", "file, nothing cached"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock, signals: ProcessSignals, monkeypatch: Any
) -> AsyncIterator[SqliteStore]:
    """TaskStore, TaskQueue, Housekeeping and Outbox. The last case reads everything that may leave memory from disk."""
    if request.param == "file, nothing cached":
        monkeypatch.setattr("aion.adapters.storage.memory.CACHE_BYTES", 0)
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(url, clock, signals, "test") as opened:
        yield opened


@pytest.fixture(params=["memory", "sqlite", "sqlite file"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ApiKeyStore]:
    """ApiKeyStore."""
    if request.param == "memory":
        yield MemoryApiKeyStore()
        return
    url = "sqlite://" if request.param == "sqlite" else f"sqlite:///{tmp_path / 'aion.sqlite'}"
    with SqliteApiKeyStore.open(url) as opened:
        yield opened


@pytest.fixture(params=["memory", "file", "file, nothing cached", "remote"])
async def desk(
    request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock, signals: ProcessSignals, monkeypatch: Any
) -> AsyncIterator[Desk]:
    """A store and workers at its queue: in process over each kind of store, then apart, over gRPC."""
    if request.param == "file, nothing cached":
        monkeypatch.setattr("aion.adapters.storage.memory.CACHE_BYTES", 0)
    in_memory = request.param in ("memory", "remote")
    url = "sqlite://" if in_memory else f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(url, clock, signals, "test") as opened:
        if request.param != "remote":
            yield Desk(opened)
            return
        async with opened_door(opened, signals, clock) as door:
            yield Desk(opened, door)


@pytest.fixture
async def office(store: SqliteStore, clock: ManualClock) -> Office:
    """Webhooks and their deliveries in a store."""
    return Office(store, clock)
