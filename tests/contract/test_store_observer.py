"""What `aion.ports.telemetry.StoreObserver` is told by a store: each commit, and each end of a task, by whomever."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.domain.tasks import Task, TaskState
from tests.sample_tasks import LEASE, LOST, SCOPE, accept, claim, eager, key, new_task, settle, tokens


class Ears:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.ends: list[tuple[str, str]] = []
        self.writes: list[int] = []

    def committed(self, writes: int, seconds: float) -> None:
        assert seconds >= 0
        self.writes.append(writes)

    def ended(self, task: Task) -> None:
        self.ends.append((task.task_id, task.state.name))


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture(params=["memory", "file"])
async def store(request, tmp_path, clock, signals, ears) -> AsyncIterator[SqliteStore]:
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(url, clock, signals, "test", observer=ears) as opened:
        yield opened


async def test_a_task_that_a_worker_settles_ends_once(store, ears):
    running = (await store.accept("acme", accept(new_task(), eager=eager()))).task
    await store.append(SCOPE, tokens(running, "a"))
    assert ears.ends == []
    for _ in range(2):
        assert (await store.settle(SCOPE, settle(running))).state is TaskState.OK
    assert ears.ends == [("task-1", "OK")]


async def test_a_waiting_task_that_is_canceled_ends_once_however_often_it_is_asked(store, ears):
    await store.accept("acme", accept(new_task()))
    for _ in range(3):
        await store.cancel("acme", "task-1")
    assert ears.ends == [("task-1", "CANCELED")]


async def test_a_task_that_expires_in_the_queue_ends(store, ears, clock):
    await store.accept("acme", accept(new_task()))
    clock.advance(timedelta(hours=2))
    await store.reap(SCOPE)
    await store.reap(SCOPE)
    assert ears.ends == [("task-1", "TIMEOUT")]


async def test_a_task_whose_leases_all_run_out_ends_when_it_is_poison(store, ears, clock):
    """2.4 A task survives three losses, the fourth makes it poison."""
    await store.accept("acme", accept(new_task()))
    for _ in range(4):
        assert ears.ends == []
        clock.advance(timedelta(minutes=1))
        (running,) = await store.claim(SCOPE, claim())
        clock.advance(LEASE + timedelta(seconds=1))
        await store.reap(SCOPE)
    assert running.fence == 4
    assert ears.ends == [("task-1", "ERROR")]


async def test_what_goes_back_to_the_queue_has_not_ended(store, ears):
    running = (await store.accept("acme", accept(new_task(), eager=eager()))).task
    await store.settle(SCOPE, settle(running, LOST))
    assert ears.ends == []


async def test_every_write_is_in_one_commit_that_is_told_and_a_replay_is_a_write_too(store, ears):
    before = sum(ears.writes)
    await store.accept("acme", accept(new_task(), key()))
    await store.accept("acme", accept(new_task("task-2"), key()))
    await store.cancel("acme", "task-1")
    assert sum(ears.writes) - before == 3
    assert min(ears.writes) >= 1
