"""Every kind of write is there whole or not at all after a kill: not before its commit, and all of it after."""

import asyncio
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest

from tests.chaos.server_process import fork
from tests.chaos.shelf import Shelf
from tests.chaos.store_writes import WRITES, die_writing

PATIENCE = 60


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A store that holds nothing, made once: making its tables costs more than all that follows."""
    path = tmp_path_factory.mktemp("empty") / "aion.sqlite"

    async def make() -> None:
        async with Shelf(path).open():
            pass

    asyncio.run(make())
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def dies(name, empty, folder, when):
    """A process that is killed at the commit of this write, and its store."""
    shelf = Shelf(folder / "aion.sqlite")
    folder.mkdir()
    shutil.copy(empty, shelf.path)
    return fork(die_writing, name, str(shelf.path), when), shelf


def left(process, shelf):
    """What the store held before the write, and what it holds after the kill."""
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL, f"not killed at its commit: {process.exitcode}"
    return shelf.prepared.read_text(), "\n".join(shelf.content())


async def written(name, empty, folder):
    """What the store holds when nobody is killed."""
    shelf = Shelf(folder / "aion.sqlite")
    folder.mkdir()
    shutil.copy(empty, shelf.path)
    async for _ in WRITES[name][1](shelf):
        pass
    return "\n".join(shelf.content())


@pytest.mark.parametrize("name", WRITES)
async def test_a_write_is_whole_or_not_at_all(tmp_path, empty, name):
    before, after = (dies(name, empty, tmp_path / when, when) for when in ("before", "after"))
    whole = await written(name, empty, tmp_path / "whole")
    prepared, nothing = left(*before)
    assert nothing == prepared
    assert (prepared == whole) == (name == "the_first_look"), "a write that changes nothing shows nothing"
    _, all_of_it = left(*after)
    assert all_of_it == whole
