"""What a backup and a restore write on their way: where it lies, that it is whole, and that it outlasts a power cut."""

import os
import sqlite3
from pathlib import Path

import pytest

from aion.adapters.storage.backups import archive, backup
from aion.adapters.storage.errors import BackupRefused


async def test_a_copy_that_is_not_whole_becomes_no_backup(here, tmp_path):
    """What no restore would take is told while the store is still there to be looked at."""
    async with here.opened():
        pass
    with sqlite3.connect(here.store) as store:
        store.execute("CREATE VIEW evil AS SELECT 1")
    store.close()
    with pytest.raises(BackupRefused, match=r"is not whole .*the view 'evil'.*nothing was written"):
        here.back_up(tmp_path / "b.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


async def test_the_copy_of_a_store_lies_beside_its_backup_in_a_hidden_folder_that_says_whose_it_is(
    here, tmp_path, monkeypatch
):
    """It is as large as the store and as secret, so it is not for the disk of /tmp."""
    copies, snapshot = [], backup.snapshot

    def seen(store, copy):
        copies.append(copy)
        return snapshot(store, copy)

    monkeypatch.setattr(backup, "snapshot", seen)
    async with here.opened():
        here.back_up(tmp_path / "b.tar")
    (copy,) = copies
    assert copy.parent.parent == tmp_path
    assert copy.parent.name.startswith(".b.tar.")


async def test_a_backup_is_unpacked_on_the_disk_of_the_store(made, there, monkeypatch):
    unpacked, problem_of = [], backup.problem_of

    def seen(store, revision):
        unpacked.append(store)
        return problem_of(store, revision)

    monkeypatch.setattr(backup, "problem_of", seen)
    there.restore(made)
    assert [path.parent.parent for path in unpacked] == [there.folder]


@pytest.fixture
def synced(monkeypatch):
    """The files and folders that were made durable, by the names that they had then."""
    real, names = os.fsync, []

    def fsync(descriptor):
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return names


async def test_what_was_restored_outlasts_a_power_cut(made, there, tmp_path, synced):
    elsewhere = tmp_path / "elsewhere" / there.secret.name
    backup.restore(made, there.store, elsewhere)
    assert {elsewhere, elsewhere.parent, there.folder} <= set(synced)
    assert [path.parent.parent for path in synced if path.name.endswith(".part")] == [there.folder] * 2


async def test_a_backup_that_was_written_outlasts_a_power_cut(here, tmp_path, synced):
    async with here.opened():
        synced.clear()
        here.back_up(tmp_path / "b.tar")
    assert [path for path in synced if path.parent in (tmp_path, tmp_path.parent)][-1] == tmp_path
    assert [path.parent for path in synced if path.name.endswith(".part")] == [tmp_path]


async def test_a_backup_is_there_although_somebody_cleared_away_what_it_was_written_to(here, tmp_path, monkeypatch):
    link = os.link

    def link_and_clear_away(written, file):
        link(written, file)
        written.unlink()

    monkeypatch.setattr(archive.os, "link", link_and_clear_away)
    async with here.opened():
        here.back_up(tmp_path / "b.tar")
    assert {path.name for path in tmp_path.iterdir()} == {"here", "b.tar"}
