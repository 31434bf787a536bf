"""How a store's file is opened: whoever reads cannot write, and what a commit said is on the disk."""

import sqlite3

import pytest

from aion.adapters.storage.connections import connect_file, connect_memory, connect_reader


@pytest.fixture
def path(tmp_path):
    with connect_file(tmp_path / "aion.sqlite") as connection:
        connection.execute("CREATE TABLE t (k INTEGER PRIMARY KEY)")
    connection.close()
    return tmp_path / "aion.sqlite"


@pytest.mark.parametrize("write", ["INSERT INTO t VALUES (1)", "DELETE FROM t", "CREATE TABLE u (k)", "DROP TABLE t"])
def test_a_reader_cannot_write(path, write):
    reader = connect_reader(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute(write)
    reader.close()
    writer = connect_file(path)
    writer.execute(write)
    writer.close()


def test_a_commit_is_on_the_disk_and_keys_are_checked(path):
    for connection in (connect_file(path), connect_reader(path), connect_memory()):
        said = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")]
        assert said == [2, 1], "FULL, ON"
        connection.close()
