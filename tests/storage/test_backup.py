"""A backup is one moment of a store that is written to, a restored one goes on, and nothing is overwritten."""

import json
import sqlite3
import stat
import tarfile

import pytest

from aion.adapters.storage import schema
from aion.adapters.storage.backups import archive, backup
from aion.adapters.storage.backups.snapshot import PAGES_A_STEP, snapshot
from aion.adapters.storage.connections import connect_file
from aion.adapters.storage.errors import BackupRefused, StoreOwned
from aion.adapters.storage.ownership import owned_directory
from aion.domain.tasks import TaskState
from tests.sample_tasks import SCOPE, accept, claim, key, new_task
from tests.storage.places import NOW, SECRET, Place


async def test_what_is_restored_goes_on_where_the_backup_was_made(made, there):
    """15.4 A restored store is one whose process died at that moment: what ran runs again."""
    manifest, missing = there.restore(made)
    assert (manifest.version, manifest.time, manifest.schema, missing) == ("1.2.3", NOW, schema.revisions()[-1], ())
    assert there.secret.read_bytes() == SECRET
    async with there.opened() as store:
        assert await store.reclaim(SCOPE, "successor", frozenset({"successor"})) == 1
        again = {task.task_id: task.fence for task in await store.claim(SCOPE, claim(10))}
        assert again == {"runs": 2, "waits": 1}
        assert (await store.accept("acme", accept(new_task("another"), key("once")))).task.task_id == "runs"


async def test_backup_and_restored_files_are_for_their_owner_only(made, there):
    there.restore(made)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (made, there.store, there.secret)}
    assert set(modes.values()) == {0o600}
    with tarfile.open(made) as tar:
        assert {member.mode for member in tar} == {0o600}, "also when somebody unpacks it by hand"
    assert stat.S_IMODE(there.folder.stat().st_mode) == 0o700


async def test_a_backup_without_keys_has_no_secret(here, there, tmp_path):
    async with here.opened():
        assert set(here.back_up(tmp_path / "b.tar").parts) == {backup.STORE}
    there.restore(tmp_path / "b.tar")
    assert there.files == {"aion.db", "owner.lock"}


def test_a_file_that_is_no_backup_is_refused_by_name_and_leaves_no_data_directory(there, tmp_path):
    (tmp_path / "text").write_text("no backup")
    for name, says in (("nope.backup", "no such file"), ("text", "not a whole backup"), (".", "is a directory")):
        with pytest.raises(BackupRefused, match=says) as refused:
            there.restore(tmp_path / name)
        assert str(tmp_path / name) in str(refused.value)
    assert not there.folder.exists()


async def test_the_copy_is_one_moment_and_commits_meanwhile_neither_wait_nor_make_it_begin_again(here, tmp_path):
    """15.3 A backup is one moment of the store; no write waits for it."""
    async with here.opened() as store:
        big = json.dumps({"text": "x" * 500_000})
        for number in range(12):
            await store.accept("acme", accept(new_task(f"task-{number}", input_json=big)))
        writer, pauses = connect_file(here.store), []

        def write_in_the_pause(pause):
            pauses.append(pause)
            with writer:
                writer.execute("UPDATE tasks SET intent = 'changed' || ?", (len(pauses),))

        snapshot(here.store, tmp_path / "copy.db", rest=write_in_the_pause)
        (now,) = writer.execute("SELECT DISTINCT intent FROM tasks").fetchall()
        writer.close()
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        pages = copy.execute("PRAGMA page_count").fetchone()[0]
        assert pages > 3 * PAGES_A_STEP
        assert len(pauses) == (pages - 1) // PAGES_A_STEP
        assert now == (f"changed{len(pauses)}",)
        assert copy.execute("SELECT DISTINCT intent FROM tasks").fetchall() == [("summarize",)]
    assert not list(tmp_path.glob("copy.db-*"))


async def test_a_backup_never_overwrites_and_leaves_nothing_when_it_is_refused(made, here, tmp_path):
    before = made.read_bytes()
    with pytest.raises(BackupRefused, match="exists already"):
        here.back_up(made)
    assert made.read_bytes() == before
    with pytest.raises(BackupRefused, match="no store"):
        Place(tmp_path / "nowhere").back_up(tmp_path / "b.tar")
    (tmp_path / "stranger.db").write_bytes(b"no database" * 1000)
    with pytest.raises(BackupRefused, match="cannot be copied"):
        backup.back_up(tmp_path / "stranger.db", here.secret, tmp_path / "b.tar", "1", NOW)
    assert {path.name for path in tmp_path.iterdir()} - {"stranger.db-wal", "stranger.db-shm"} == {
        "backup.tar",
        "here",
        "stranger.db",
    }


async def test_a_directory_that_holds_something_or_is_owned_is_refused_and_stays_as_it_is(made, there):
    with owned_directory(there.folder, "a server"), pytest.raises(StoreOwned):
        there.restore(made)
    (there.folder / "notes.txt").write_text("mine")
    with pytest.raises(BackupRefused, match=r"not empty \(notes\.txt\)"):
        there.restore(made)
    assert there.files == {"notes.txt", "owner.lock"}
    (there.folder / "notes.txt").unlink()
    there.restore(made)
    with pytest.raises(BackupRefused, match="not empty"):
        there.restore(made)


def test_of_many_files_that_are_in_the_way_the_first_five_are_named(there, tmp_path):
    there.folder.mkdir()
    for name in "gfedcba":
        (there.folder / name).write_text("mine")
    with pytest.raises(BackupRefused, match=r"not empty \(a, b, c, d, e\);"):
        backup._refuse_what_is_in_the_way(there.folder, there.store)


ROOM = 64 * 1024
"""Enough for the shared memory beside a store, not for a copy of it."""


async def test_a_disk_without_room_is_named_with_what_is_needed_and_nothing_stays(made, here, there, tmp_path, disk):
    with disk(room=ROOM), pytest.raises(BackupRefused) as refused:
        there.restore(made)
    assert f"{made} could not be written to {there.store}" in str(refused.value)
    assert f"have {made.stat().st_size} bytes of room in {there.folder}" in str(refused.value)
    assert there.files == {"owner.lock"}
    with disk(room=ROOM), pytest.raises(BackupRefused, match=r"could not be written.*bytes of room"):
        here.back_up(tmp_path / "another.tar")
    assert {path.name for path in tmp_path.iterdir()} == {"backup.tar", "here", "there"}
    there.restore(made)


async def test_a_restore_that_fails_at_its_end_leaves_no_secret_behind(made, there, monkeypatch):
    def no_link(*names):
        raise PermissionError(1, "no links here")

    with monkeypatch.context() as patch:
        patch.setattr(backup.os, "link", no_link)
        with pytest.raises(BackupRefused, match="no links here"):
            there.restore(made)
    assert there.files == {"owner.lock"}
    there.restore(made)


@pytest.mark.parametrize("left", ["", "-wal", "-shm", "-journal"])
async def test_a_store_elsewhere_is_not_overwritten_either(made, there, tmp_path, left):
    elsewhere = tmp_path / "elsewhere" / "store.sqlite"
    elsewhere.parent.mkdir()
    elsewhere.with_name(f"store.sqlite{left}").write_text("")
    with pytest.raises(BackupRefused, match=rf"not empty \(store\.sqlite{left}\)"):
        backup.restore(made, elsewhere, there.secret)
    assert not there.secret.exists()


async def test_a_backup_of_an_older_version_says_which_migrations_it_needs(there, tmp_path):
    old = tmp_path / "old.db"
    with sqlite3.connect(old) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('0001')")
    connection.close()
    backup.back_up(old, tmp_path / "none", tmp_path / "old.tar", "0.0.1", NOW)
    manifest, missing = there.restore(tmp_path / "old.tar")
    assert (manifest.schema, missing) == ("0001", schema.revisions()[1:])


async def test_a_file_that_somebody_else_made_meanwhile_is_not_overwritten(here, tmp_path, monkeypatch):
    async with here.opened():
        file = tmp_path / "b.tar"

        def write_first(*given):
            file.write_text("mine")
            archive.write_archive(*given)

        monkeypatch.setattr(backup, "write_archive", write_first)
        with pytest.raises(BackupRefused, match="exists already"):
            here.back_up(file)
    assert file.read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"here", "b.tar"}


async def test_the_restored_task_is_the_task(made, there):
    there.restore(made)
    async with there.opened() as store:
        waiting = await store.get("acme", "waits")
    assert (waiting.state, waiting.input_json) == (TaskState.PENDING, new_task("waits").input_json)
