"""When the database fails: who is told what, and that the writer goes on."""

import asyncio
import sqlite3
import threading
from datetime import timedelta
from threading import Event

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import checkpoints
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.checkpoints import Checkpointer
from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import OutcomeUnknown, QueueFull, StoreUnavailable, TaskNotFound
from aion.domain.tasks import TaskState
from tests.manual_clock import ManualClock
from tests.sample_tasks import SCOPE, START, accept, claim, eager, key, new_task, settle


@pytest.fixture
def path(tmp_path):
    return tmp_path / "aion.sqlite"


@pytest.fixture
async def store(path):
    busy = timedelta(milliseconds=20)
    async with open_store(
        f"sqlite:///{path}", ManualClock(START), ProcessSignals(), "test", busy_timeout=busy
    ) as opened:
        yield opened


async def test_a_failed_commit_is_an_unknown_outcome_and_a_retry_with_the_same_key_decides(store, break_at):
    break_at("store.commit")
    with pytest.raises(OutcomeUnknown, match="retry with the same key"):
        await store.accept("acme", accept(new_task(), key(), eager()))
    with pytest.raises(TaskNotFound):
        await store.get("acme", "task-1")
    break_at("")
    retried = await store.accept("acme", accept(new_task(), key(), eager()))
    assert (retried.replayed, retried.started) == (False, True)
    assert len(await store.waiting(SCOPE, 10)) == 1


def said_by_the_store(caplog):
    return [record for record in caplog.records if record.name == "aion.store"]


async def test_a_failed_group_leaves_one_line_with_its_cause(store, break_at, caplog):
    break_at("store.commit")
    began, queued = threading.Event(), threading.Event()

    def work(_):
        began.set()
        queued.wait()

    busy = store._writer.submit("work", work)
    await asyncio.to_thread(began.wait)
    values = [accept(new_task(f"task-{number}")) for number in range(3)]
    answers = [store.accept("acme", value) for value in values]
    queued.set()
    await asyncio.gather(busy, *answers, return_exceptions=True)
    alone, together = said_by_the_store(caplog)
    assert alone.getMessage() == "a commit failed, its outcome is unknown (1 work)"
    assert together.getMessage() == "a commit failed, its outcome is unknown (3 accept)"
    assert together.exc_info is not None


async def test_a_defect_of_the_store_is_logged_and_its_callers_get_an_answer(store, monkeypatch, caplog):
    def broken(connection, now_us):
        raise AssertionError("a defect")

    monkeypatch.setattr(store._memory, "refill", broken)
    with pytest.raises(OutcomeUnknown):
        await store.accept("acme", accept(new_task(), key()))
    (line,) = said_by_the_store(caplog)
    assert line.exc_info[0] is AssertionError
    monkeypatch.undo()
    assert (await store.accept("acme", accept(new_task(), key()))).replayed


def test_a_damaged_file_of_keys_is_unavailable_and_not_the_drivers_matter(caplog):
    class Damaged:
        def execute(self, statement, values):
            raise sqlite3.DatabaseError("database disk image is malformed")

    with pytest.raises(StoreUnavailable) as refused:
        SqliteApiKeyStore(Damaged()).find("key-1")
    assert "malformed" not in refused.value.message
    (line,) = said_by_the_store(caplog)
    assert "malformed" in str(line.exc_info[1])


def test_checkpoints_go_on_after_any_failure_and_say_it_once(tmp_path, monkeypatch, caplog):
    class FailsTwice:
        calls = 0

        def execute(self, statement):
            self.calls += 1
            if self.calls <= 2:
                raise sqlite3.DatabaseError("malformed")
            return self

        def fetchall(self):
            return []

        def close(self):
            pass

    monkeypatch.setattr(checkpoints, "connect_file", lambda path: FailsTwice())
    monkeypatch.setattr(checkpoints, "EVERY", timedelta(milliseconds=1))
    asked = Event()
    checkpointer = Checkpointer(tmp_path / "aion.sqlite", lambda: 1, asked.set)
    checkpointer.start()
    assert asked.wait(30), "the writer is asked for its half once a checkpoint worked"
    checkpointer.stop()
    assert [line.levelname for line in said_by_the_store(caplog)] == ["ERROR", "WARNING"]


def test_the_log_is_copied_back_as_long_as_there_are_commits_and_not_without_them(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY", timedelta(milliseconds=1))
    commits, asked, looked = [0], [], Event()

    def count():
        # Two commits; then some looks that find nothing new.
        commits.append(min(commits[-1] + 1, 2))
        if len(commits) > 10:
            looked.set()
        return commits[-1]

    checkpointer = Checkpointer(tmp_path / "aion.sqlite", count, lambda: asked.append(commits[-1]))
    checkpointer.start()
    assert looked.wait(30)
    checkpointer.stop()
    assert asked == [1, 2]


async def test_a_failed_commit_does_not_change_the_answer_of_what_was_refused(store, break_at):
    break_at("store.commit")
    values = [accept(new_task("good")), accept(new_task("refused"), max_pending=0)]
    answers = await asyncio.gather(*(store.accept("acme", value) for value in values), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OutcomeUnknown, QueueFull]


async def test_a_failed_commit_leaves_readers_and_the_queue_as_they_were(store, break_at):
    running = (await store.accept("acme", accept(new_task("running"), eager=eager()))).task
    await store.accept("acme", accept(new_task("waiting")))
    break_at("store.commit")
    for write in (store.settle(SCOPE, settle(running)), store.claim(SCOPE, claim()), store.cancel("acme", "waiting")):
        with pytest.raises(OutcomeUnknown):
            await write
    assert await store.get("acme", "running") == running
    break_at("")
    assert [task.task_id for task in await store.claim(SCOPE, claim(10))] == ["waiting"]
    assert (await store.settle(SCOPE, settle(running))).state is TaskState.OK


@pytest.mark.parametrize("place", ["store.begin", "store.accept.before_commit"])
async def test_a_store_that_cannot_write_says_so_and_recovers(store, break_at, place):
    break_at(place)
    with pytest.raises(StoreUnavailable):
        await store.accept("acme", accept(new_task(), key()))
    break_at("")
    assert not (await store.accept("acme", accept(new_task(), key()))).replayed


async def test_a_full_disk_is_unavailable_and_reads_go_on(store):
    await store.accept("acme", accept(new_task("before")))

    def limit_pages(transaction):
        pages = transaction.connection.execute("PRAGMA page_count").fetchone()[0]
        transaction.connection.execute(f"PRAGMA max_page_count = {pages}")

    await store._writer.submit("limit", limit_pages)
    with pytest.raises(StoreUnavailable, match="cannot write now"):
        await store.accept("acme", accept(new_task("large", input_json='"' + "x" * 1_000_000 + '"')))
    assert (await store.get("acme", "before")).state is TaskState.PENDING

    def lift_limit(transaction):
        transaction.connection.execute("PRAGMA max_page_count = 1000000")

    await store._writer.submit("limit", lift_limit)
    assert not (await store.accept("acme", accept(new_task("large")))).replayed


async def test_a_store_that_another_process_locks_is_unavailable_until_it_is_free(store, path, caplog):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable) as refused:
        await store.accept("acme", accept(new_task()))
    assert "locked" not in refused.value.message, "what the driver says is for the log"
    (line,) = said_by_the_store(caplog)
    assert "locked" in str(line.exc_info[1])
    other.execute("ROLLBACK")
    other.close()
    assert not (await store.accept("acme", accept(new_task()))).replayed


async def test_a_value_that_the_database_cannot_take_fails_alone(store):
    values = [
        accept(new_task("good-1")),
        accept(new_task("too large", max_failures=2**70)),
        accept(new_task("good-2")),
    ]
    answers = await asyncio.gather(*(store.accept("acme", value) for value in values), return_exceptions=True)
    assert [type(answer).__name__ for answer in answers] == ["Accepted", "OverflowError", "Accepted"]


async def test_a_bug_in_a_step_reaches_its_caller_only(store):
    def broken(transaction):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store._writer.submit("broken", broken)
    assert not (await store.accept("acme", accept(new_task()))).replayed


async def test_a_closed_store_is_unavailable(path):
    async with open_store(f"sqlite:///{path}", ManualClock(START), ProcessSignals(), "test") as store:
        await store.accept("acme", accept(new_task()))
    with pytest.raises(StoreUnavailable):
        await store.accept("acme", accept(new_task("late")))


async def test_the_writer_copies_the_log_back_when_it_is_asked_to(store, path):
    before = path.stat().st_size
    await store.accept("acme", accept(new_task("large", input_json='"' + "x" * 500_000 + '"')))
    store._writer.ask_checkpoint()
    for name in ("this commit", "is followed by the checkpoint"):
        await store.accept("acme", accept(new_task(name)))
    assert path.stat().st_size > before + 400_000


async def test_a_checkpoint_that_was_asked_for_once_is_made_once(store):
    made = []
    store._writer._connection.set_trace_callback(lambda said: made.append(said) if "wal_checkpoint" in said else None)
    store._writer.ask_checkpoint()
    for number in range(3):
        await store.accept("acme", accept(new_task(f"task-{number}")))
    await store._writer.close()
    assert len(made) == 1


class WrittenAllTheSame:
    """A connection whose commits fail, when told so, after they were written."""

    def __init__(self, connection):
        self.connection = connection
        self.fails = False

    def execute(self, statement, *values):
        done = self.connection.execute(statement, *values)
        if statement == "COMMIT" and self.fails:
            raise OSError("the disk did not answer")
        return done

    def __getattr__(self, name):
        return getattr(self.connection, name)


async def test_whoever_watches_what_a_failed_commit_wrote_is_told_with_the_next_one(path):
    signals = ProcessSignals()
    async with open_store(f"sqlite:///{path}", ManualClock(START), signals, "test") as store:
        running = (await store.accept("acme", accept(new_task(), key(), eager()))).task
        disk = store._writer._connection = WrittenAllTheSame(store._writer._connection)
        disk.fails = True
        with signals.watch_task("acme", "task-1") as watching:
            with pytest.raises(OutcomeUnknown):
                await store.settle(SCOPE, settle(running))
            assert not await watching.changed(0)
            disk.fails = False
            await store.accept("acme", accept(new_task("task-2")))
            assert await watching.changed(0)
            assert (await store.get("acme", "task-1")).state is TaskState.OK
            await store.accept("acme", accept(new_task("task-3")))
            assert not await watching.changed(0)
