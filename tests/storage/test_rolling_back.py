"""What is left of a transaction that failed: no lock, no half of it, and a memory that is made anew once."""

import sqlite3

import pytest

from aion import failpoints
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import OutcomeUnknown, StoreUnavailable
from aion.domain.tasks import TaskState
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, eager, key, new_task, settle


@pytest.fixture
def path(tmp_path):
    return tmp_path / "aion.sqlite"


@pytest.fixture
async def store(path):
    async with open_store(f"sqlite:///{path}", ManualClock(START), ProcessSignals(), "test") as opened:
        yield opened


class Loads:
    """How often the memory was made from the tables; `fails` with what it is told to."""

    def __init__(self, memory, monkeypatch):
        self.count, self.fails, self._load = 0, None, memory.load
        monkeypatch.setattr(memory, "load", self)

    def __call__(self, connection, now_us):
        self.count += 1
        if self.fails is not None:
            raise self.fails
        self._load(connection, now_us)


@pytest.fixture
def loads(store, monkeypatch):
    return Loads(store._memory, monkeypatch)


def write_from_outside(path, patience=5.0):
    """Another connection may write; what holds the file holds it for ever, so that patience is no help against it."""
    other = sqlite3.connect(path, timeout=patience, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    finally:
        other.close()


@pytest.mark.parametrize(
    ("place", "answer"),
    [("store.commit", OutcomeUnknown), ("store.accept.before_commit", StoreUnavailable)],
)
async def test_a_failed_transaction_lets_go_of_the_file_before_its_callers_are_told(
    store, path, break_at, place, answer
):
    break_at(place)
    with pytest.raises(answer) as refused:
        await store.accept("acme", accept(new_task()))
    assert isinstance(refused.value.__cause__, failpoints.FailpointError)
    write_from_outside(path)


@pytest.mark.parametrize(
    ("broken", "answer"),
    [(sqlite3.OperationalError("disk I/O error"), StoreUnavailable), (AssertionError("a defect"), OutcomeUnknown)],
)
async def test_a_memory_that_cannot_be_made_anew_lets_go_of_the_file_and_is_made_by_the_next_write(
    store, path, break_at, loads, broken, answer
):
    break_at("store.commit")
    with pytest.raises(OutcomeUnknown):
        await store.accept("acme", accept(new_task("lost")))
    break_at("")
    loads.fails = broken
    with pytest.raises(answer):
        await store.accept("acme", accept(new_task("refused")))
    write_from_outside(path)
    loads.fails = None
    await store.accept("acme", accept(new_task("good")))
    assert loads.count == 2
    assert [fact.task_id for fact in await store.waiting(SCOPE, 10)] == ["good"]


async def test_a_failure_makes_the_memory_anew_once_and_not_with_every_write_after_it(store, break_at, loads):
    break_at("store.commit")
    with pytest.raises(OutcomeUnknown):
        await store.accept("acme", accept(new_task("lost")))
    break_at("")
    assert loads.count == 0
    for number in range(3):
        await store.accept("acme", accept(new_task(f"task-{number}")))
        assert loads.count == 1
    assert store.pending == 3


async def test_a_commit_stands_when_the_memory_cannot_be_filled_after_it_and_the_next_write_makes_it_anew(
    store, loads, monkeypatch
):
    def broken(connection, now_us):
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(store._memory, "refill", broken)
        assert (await store.accept("acme", accept(new_task("stands")))).task.state is TaskState.PENDING
    assert loads.count == 0
    await store.accept("acme", accept(new_task("next")))
    assert (loads.count, store.pending) == (1, 2)


async def test_what_breaks_after_a_commit_makes_its_outcome_unknown_and_a_retry_finds_what_was_written(store, break_at):
    break_at("store.accept.after_commit")
    with pytest.raises(OutcomeUnknown):
        await store.accept("acme", accept(new_task(), key()))
    break_at("")
    assert (await store.accept("acme", accept(new_task("another"), key()))).task.task_id == "task-1"


class NoRollback:
    """A connection whose next roll-back fails."""

    def __init__(self, connection):
        self.connection = connection
        self.failed = 0

    def execute(self, statement, *values):
        if statement == "ROLLBACK" and not self.failed:
            self.failed += 1
            raise sqlite3.OperationalError("disk I/O error")
        return self.connection.execute(statement, *values)

    def __getattr__(self, name):
        return getattr(self.connection, name)


async def test_what_could_not_be_rolled_back_is_before_the_next_write_and_never_committed(store, path, break_at):
    running = (await store.accept("acme", accept(new_task("running"), eager=eager()))).task
    disk = store._writer._connection = NoRollback(store._writer._connection)
    break_at("store.accept.before_commit")
    with pytest.raises(StoreUnavailable):
        await store.accept("acme", accept(new_task("refused")))
    assert disk.failed == 1
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        write_from_outside(path, patience=0)
    break_at("")
    assert (await store.settle(SCOPE, settle(running))).state is TaskState.OK
    assert not (await store.accept("acme", accept(new_task("refused")))).replayed
    write_from_outside(path)
