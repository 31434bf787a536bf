"""Where a backup goes and comes from: folders are made for their owner only, and a disk that refuses is quoted."""

import errno
import os
import stat
from contextlib import contextmanager
from pathlib import Path

import pytest

from aion.adapters.storage.backups import backup
from aion.adapters.storage.errors import BackupRefused
from tests.storage.places import SECRET


@pytest.fixture
def refusing(monkeypatch):
    """A disk that takes no new file into this folder."""
    real = os.open

    @contextmanager
    def with_(folder):
        def open_(path, flags, *more, **others):
            if flags & os.O_CREAT and Path(path).parent == folder:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            return real(path, flags, *more, **others)

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", open_)
            yield

    return with_


@pytest.fixture
def secret(tmp_path, there):
    """A secret file in a data directory apart from its store, of which nothing is there yet."""
    return tmp_path / "deep" / "er" / there.secret.name


async def test_a_data_directory_apart_from_its_store_is_made_with_all_above_it_for_its_owner_only(made, there, secret):
    backup.restore(made, there.store, secret)
    assert secret.read_bytes() == SECRET
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert there.files == {"aion.db", "owner.lock"}


async def test_a_disk_that_takes_no_new_file_is_quoted_by_a_backup_and_nothing_stays(made, here, refusing):
    before = set(made.parent.iterdir())
    with refusing(made.parent), pytest.raises(BackupRefused, match="No space left on device"):
        here.back_up(Path(f"{made}.second"))
    assert set(made.parent.iterdir()) == before


async def test_what_a_backup_that_was_killed_left_stops_no_other_with_its_name(made, here):
    """Also where every process has the same id, as in a container."""
    wanted = Path(f"{made}.second")
    left = wanted.with_name(f".{wanted.name}.{os.getpid()}.part")
    left.write_text("half")
    here.back_up(wanted)
    assert set(made.parent.iterdir()) >= {wanted, left}, "it may be another's, who still writes"


async def test_a_disk_that_takes_no_new_file_is_quoted_by_a_restore_and_nothing_stays(made, there, secret, refusing):
    with refusing(secret.parent), pytest.raises(BackupRefused, match="No space left on device"):
        backup.restore(made, there.store, secret)
    assert (there.files, list(secret.parent.iterdir())) == ({"owner.lock"}, [])
    backup.restore(made, there.store, secret)
    assert secret.read_bytes() == SECRET
