"""The store's file under two processes: what one does when it closes must not undo what the other commits later."""

import contextlib
import subprocess
import sys
from pathlib import Path

from aion.adapters.storage.connections import connect_file

ANOTHER_PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM notes").fetchone()[0])
connection.close()
"""


def seen_by_another_process(path: Path) -> int:
    command = [sys.executable, "-c", ANOTHER_PROCESS, str(path)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_store_that_is_opened_twice_keeps_its_log_when_another_process_comes_and_goes(tmp_path: Path) -> None:
    path = tmp_path / "aion.db"
    with contextlib.closing(connect_file(path)) as first:
        first.execute("CREATE TABLE notes (text TEXT)")
        connect_file(path).close()
        log = path.with_name("aion.db-wal").stat().st_ino
        assert seen_by_another_process(path) == 0
        first.execute("INSERT INTO notes VALUES ('committed after the other process left')")
        assert path.with_name("aion.db-wal").stat().st_ino == log
        assert seen_by_another_process(path) == 1


def test_a_new_store_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "aion.db"
    connect_file(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
