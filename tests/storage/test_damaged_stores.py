"""A store that is damaged says so at every start, with the remedy, wherever the damage lies; a defect stays one."""

import os
import sqlite3

import pytest

from aion.adapters.storage import schema
from aion.adapters.storage.api_keys import SqliteApiKeyStore
from aion.adapters.storage.errors import StoreDamaged, StoreNotMigrated, StoreUnreadable
from aion.adapters.storage.inspection import READ_WHOLE, inspect
from aion.adapters.storage.startup import refusal_of, startup_errors
from aion.domain.errors import StoreUnavailable
from tests.sample_tasks import accept, new_task

PAGE = 4096
GIBIBYTE = 1 << 30
DAMAGE = {
    "no header": lambda whole: b"\0" * 100 + whole[100:],
    "a file format of the future": lambda whole: whole[:47] + b"\xff" + whole[48:],
    "cut in the middle": lambda whole: whole[: len(whole) // 2],
    "cut within the header": lambda whole: whole[:10],
    "a broken list of tables": lambda whole: whole[:100] + b"\xff" * (PAGE - 100) + whole[PAGE:],
    "only the list of tables": lambda whole: whole[:PAGE] + b"\0" * (len(whole) - PAGE),
}


@pytest.fixture
def url(here):
    return f"sqlite:///{here.store}"


async def filled(here):
    async with here.opened() as store:
        for number in range(20):
            await store.accept("acme", accept(new_task(f"task-{number}")))


def root_of(store, table):
    """The first page of a table, counted from 0."""
    with sqlite3.connect(store) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    connection.close()
    return page - 1


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
async def test_a_damaged_store_is_called_so_by_whatever_opens_it(here, url, damage):
    await filled(here)
    here.store.write_bytes(damage(here.store.read_bytes()))
    for open_ in (SqliteApiKeyStore.open, schema.migrate, inspect):
        with pytest.raises(StoreDamaged, match=r"is damaged.*aion restore"):
            open_(url)
    with pytest.raises(StoreDamaged, match=r"is damaged.*aion restore"):
        async with here.opened():
            pass


async def test_damage_that_only_the_first_transaction_meets_is_called_so_too(here, url):
    await filled(here)
    whole, page = here.store.read_bytes(), root_of(here.store, "tasks")
    here.store.write_bytes(whole[: page * PAGE] + b"\xff" * PAGE + whole[(page + 1) * PAGE :])
    with pytest.raises(StoreDamaged, match="aion restore"):
        async with here.opened():
            pass
    with pytest.raises(StoreDamaged, match=r"is damaged \([^*]*[Pp]age \d+[^*]*\): move.*aion restore"):
        inspect(url)
    assert "not read to its end" in inspect(url, read_whole=0)


@pytest.mark.parametrize(("more", "said"), [(0, "whole"), (PAGE, "not read to its end, which `aion backup` does")])
async def test_a_store_of_up_to_a_gibibyte_is_read_to_its_end(here, url, more, said):
    await filled(here)
    os.truncate(here.store, GIBIBYTE + more)  # no room is taken by what was never written
    assert inspect(url) == inspect(url, READ_WHOLE) == f"{here.store}: {said}"


def test_a_defect_goes_through_as_it_is(tmp_path):
    with pytest.raises(sqlite3.ProgrammingError, match="a wrong number"), startup_errors(tmp_path):
        raise sqlite3.ProgrammingError("a wrong number of values")


def test_what_else_keeps_a_store_closed_has_its_own_remedy_and_a_defect_has_none(tmp_path):
    def said(error):
        return str(refusal_of(tmp_path, error))

    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    hidden = StoreUnavailable("the store cannot write now")
    hidden.__cause__ = full
    held = sqlite3.OperationalError("database is locked")
    held.sqlite_errorcode = sqlite3.SQLITE_BUSY
    assert "make room" in said(hidden)
    assert "make room" in said(OSError(28, "No space left on device"))
    assert "another process writes" in said(held)
    assert "that this user may write" in said(PermissionError(13, "Permission denied"))
    assert refusal_of(tmp_path, sqlite3.ProgrammingError("a wrong number of values")) is None


async def test_an_inspection_makes_nothing_and_names_what_a_start_would_refuse(here, url):
    assert "none yet" in inspect(url)
    assert not here.folder.exists()
    async with here.opened():
        assert inspect(url) == f"{here.store}: whole"
    with sqlite3.connect(here.store) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    with pytest.raises(StoreNotMigrated, match="migration 0001"):
        inspect(url)
    with sqlite3.connect(here.store) as connection:
        connection.execute("DROP TABLE alembic_version")
    connection.close()
    with pytest.raises(StoreNotMigrated, match="is at migration none, this version"):
        inspect(url)
    here.store.write_bytes(b"")
    assert "empty" in inspect(url)
    here.store.unlink()
    here.store.mkdir()
    with pytest.raises(StoreUnreadable, match="that this user may write"):
        inspect(url)
