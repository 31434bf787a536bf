"""What stops a process at its start: a foreign owner, an unknown database, a schema of another version."""

import asyncio
import fcntl
import os
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from aion.adapters.clock import SystemClock
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import schema
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.errors import StoreNotMigrated, StoreOwned, StoreUnreadable, UnsupportedStorage
from aion.adapters.storage.ownership import LOCK_NAME
from aion.adapters.storage.sqlite import open_store
from aion.adapters.storage.urls import StorageLocation
from tests.sample_keys import KEY
from tests.sample_tasks import START

MIGRATIONS = Path(schema.__file__).with_name("migrations") / "versions"


def opening(url):
    return open_store(url, SystemClock(), ProcessSignals(), "test-owner")


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'data' / 'aion.sqlite'}"


async def test_a_second_owner_is_refused_with_the_pid_of_the_first_and_a_remedy(url):
    async with opening(url):
        with pytest.raises(StoreOwned) as refused:
            async with opening(url):
                pass
        assert f"process {os.getpid()}" in str(refused.value)
        assert "AION_DATA_DIR" in str(refused.value)
    async with opening(url):
        pass


def test_an_owner_that_has_not_said_who_it_is_yet_is_refused_all_the_same(tmp_path):
    with (tmp_path / LOCK_NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreOwned, match=r"the running process unknown \(unknown\); stop that process"):
            schema.migrate(f"sqlite:///{tmp_path / 'aion.sqlite'}")


async def test_an_owner_in_another_process_is_noticed_too(url, tmp_path):
    (tmp_path / "data").mkdir()
    program = (
        "import fcntl, os, sys; f = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT); fcntl.flock(f, fcntl.LOCK_EX);"
        "os.write(f, b'4711 elsewhere'); print(flush=True); sys.stdin.read()"
    )
    lock = str(tmp_path / "data" / "owner.lock")
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", program, lock, stdin=pipe, stdout=pipe)
    await other.stdout.readline()
    with pytest.raises(StoreOwned, match="4711"):
        async with opening(url):
            pass
    with pytest.raises(StoreOwned, match="4711"):
        schema.migrate(url)
    await other.communicate(b"")


async def test_a_store_has_one_owner_whatever_symbolic_links_lead_to_it(url, tmp_path):
    """7.1 The lock lies beside the store's file itself, whatever symbolic links lead there."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "aion.sqlite").symlink_to(tmp_path / "data" / "aion.sqlite")
    (tmp_path / "folder").symlink_to(tmp_path / "data")
    for name in ("other", "folder"):
        other = f"sqlite:///{tmp_path / name / 'aion.sqlite'}"
        async with opening(url):
            with pytest.raises(StoreOwned, match=str(os.getpid())):
                async with opening(other):
                    pass
            with pytest.raises(StoreOwned):
                schema.migrate(other)
        async with opening(other):
            with pytest.raises(StoreOwned):
                async with opening(url):
                    pass


async def test_a_store_that_symbolic_links_lead_to_is_made_for_its_owner_only(tmp_path):
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "new.sqlite")
    async with opening(f"sqlite:///{tmp_path / 'link.sqlite'}"):
        assert stat.S_IMODE((tmp_path / "new.sqlite").stat().st_mode) == 0o600


async def test_a_store_with_hard_links_is_refused_with_the_remedy(url, tmp_path):
    """7.1 A store with hard links is refused: under each name it has a lock and a log of its own."""
    async with opening(url):
        pass
    second = tmp_path / "second.sqlite"
    second.hardlink_to(tmp_path / "data" / "aion.sqlite")
    for name in (url, f"sqlite:///{second}"):
        with pytest.raises(StoreUnreadable, match=r"2 names \(hard links\).*aion backup"):
            async with opening(name):
                pass
        with pytest.raises(StoreUnreadable, match="hard links"):
            SqliteApiKeyStore.open(name)
        with pytest.raises(StoreUnreadable, match="hard links"):
            schema.migrate(name)
    second.unlink()
    async with opening(url):
        pass


async def test_files_are_readable_by_their_owner_only(url, tmp_path):
    async with opening(url):
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    assert modes.keys() >= {"aion.sqlite", "aion.sqlite-wal", "owner.lock"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize("bad", ["postgresql://db/aion", "sqlite:///relative.sqlite", "mysql://x", ""])
async def test_an_unknown_database_is_refused_in_words(bad):
    with pytest.raises(UnsupportedStorage, match="sqlite:///"):
        async with opening(bad):
            pass


@pytest.mark.parametrize(
    ("url", "kind"), [("postgresql://db:5432/aion", "postgresql"), ("db", "db"), ("://x", "(empty)"), ("", "(empty)")]
)
def test_what_is_refused_of_a_storage_url_is_its_kind_and_never_a_password_in_it(url, kind):
    with pytest.raises(UnsupportedStorage) as refused:
        StorageLocation.from_url(url)
    assert str(refused.value) == (
        f"storage of the kind {kind} is not in this version; use sqlite:///ABSOLUTE_PATH, or leave AION_STORAGE_URL out"
    )


async def test_a_file_that_is_no_database_is_refused_in_words(url, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "aion.sqlite").write_text("not a database, " * 100)
    with pytest.raises(StoreUnreadable, match="not a database"):
        async with opening(url):
            pass


def test_the_migrations_make_exactly_the_tables_that_the_code_knows():
    assert schema.check() == ()


def test_check_sees_a_difference_in_a_constraint(tmp_path):
    url = f"sqlite:///{tmp_path / 'aion.sqlite'}"
    schema.migrate(url)
    with sqlite3.connect(tmp_path / "aion.sqlite") as connection:
        connection.execute("CREATE TABLE stranger (a INTEGER)")
    assert any("stranger" in difference for difference in schema.check(url))


def test_an_empty_store_needs_all_migrations_and_a_migrated_one_none(url, tmp_path):
    (tmp_path / "data").mkdir()
    written = tuple(sorted(file.name[1:5] for file in MIGRATIONS.glob("v*.py")))
    assert written[:2] == ("0001", "0002")
    assert schema.pending(url) == schema.migrate(url) == written
    assert schema.pending(url) == schema.migrate(url) == ()


async def test_a_store_of_a_newer_version_is_refused(url, tmp_path):
    async with opening(url):
        pass
    with sqlite3.connect(tmp_path / "data" / "aion.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreNotMigrated, match="newer"):
        async with opening(url):
            pass


async def test_an_existing_store_without_migrations_is_refused(url, tmp_path):
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "aion.sqlite") as connection:
        connection.execute("CREATE TABLE something (a INTEGER)")
    with pytest.raises(StoreNotMigrated, match="aion migrate"):
        async with opening(url):
            pass


async def test_keys_can_be_written_while_a_server_runs_and_are_noticed_at_once(url):
    """4.7 leaves five seconds to the authenticator and the streams, so the store remembers nothing."""
    async with opening(url):
        with SqliteApiKeyStore.open(url) as server, SqliteApiKeyStore.open(url) as operator:
            assert server.find("key-1") is None
            operator.add("acme", KEY)
            assert server.find("key-1") == KEY
            operator.revoke("acme", "key-1", START)
            assert server.find("key-1").revoke_time == START
