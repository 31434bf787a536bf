"""One statement for many rows says what as many statements would."""

import sqlite3

import pytest

from aion.adapters.storage import statements as sql
from aion.adapters.storage.connections import connect_memory
from aion.adapters.storage.many_rows import SIZES, ManyRows
from aion.adapters.storage.opening import create

MOST_ROWS = SIZES[0]
COUNTS = [0, 1, 2, MOST_ROWS - 3, MOST_ROWS, MOST_ROWS + 1, 3 * MOST_ROWS - 1]


@pytest.fixture
def connection():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE t (k INTEGER PRIMARY KEY, a TEXT, b INTEGER CHECK (b >= 0))")
    yield connection
    connection.close()


def rows_of(connection):
    return connection.execute("SELECT k, a, b FROM t ORDER BY k").fetchall()


@pytest.mark.parametrize("count", COUNTS)
def test_rows_are_inserted_and_updated_however_many(connection, count):
    rows = [(number, f"a'{number}", number) for number in range(count)]
    ManyRows.inserted("INSERT INTO t (k, a, b) VALUES (?, ?, ?)").write(connection, rows)
    assert rows_of(connection) == rows
    changed = [(None if number % 2 else "b", number * 2, number) for number in range(0, count, 3)]
    ManyRows.updated("t", ("a", "b"), "k").write(connection, changed)
    new = {number: (number, a, b) for a, b, number in changed}
    assert rows_of(connection) == [new.get(row[0], row) for row in rows]


@pytest.mark.parametrize("count", range(1, MOST_ROWS + 1))
def test_rows_up_to_the_most_of_one_statement_take_three_at_most(connection, count):
    said = []
    connection.set_trace_callback(said.append)
    rows = [(number, "a", number) for number in range(count)]
    ManyRows.inserted("INSERT INTO t (k, a, b) VALUES (?, ?, ?)").write(connection, rows)
    assert 1 <= len(said) <= 3


def test_what_the_store_writes_comes_in_any_number_of_rows():
    """Its statements are made once, for the sizes that there are then; each write looks at the sizes again."""
    connection = connect_memory()
    create(connection)
    rows = [(number, "acme", f"task-{number}", "task.accepted", number) for number in range(1, 1_000)]
    begin = 0
    for count in range(1, MOST_ROWS + 2):
        sql.INSERT_FACTS.write(connection, rows[begin : begin + count])
        begin += count
    assert connection.execute("SELECT * FROM outbox ORDER BY sequence").fetchall() == rows[:begin]
    connection.close()


def test_what_follows_the_rows_stays(connection):
    put = ManyRows.inserted("INSERT INTO t (k, a, b) VALUES (?, ?, ?) ON CONFLICT (k) DO UPDATE SET a = excluded.a")
    put.write(connection, [(1, "x", 1), (2, "y", 2)])
    put.write(connection, [(2, "z", 9), (3, "w", 3), (3, "v", 8)])
    assert rows_of(connection) == [(1, "x", 1), (2, "z", 2), (3, "v", 3)]


def test_one_bad_row_writes_none_of_its_statement(connection):
    with pytest.raises(sqlite3.IntegrityError):
        ManyRows.inserted("INSERT INTO t (k, a, b) VALUES (?, ?, ?)").write(connection, [(1, "x", 1), (2, "y", -1)])
    assert rows_of(connection) == []


@pytest.mark.parametrize("text", ["DELETE FROM t", "INSERT INTO t (k) VALUES (1)", "INSERT INTO t (k) VALUES (?"])
def test_a_statement_without_the_values_of_one_row_is_refused(text):
    with pytest.raises(ValueError, match="no values of one row"):
        ManyRows.inserted(text)


def test_tasks_are_updated_by_their_row_numbers_and_not_by_reading_the_table():
    connection = connect_memory()
    create(connection)
    text = sql.UPDATE_TASKS._texts[MOST_ROWS]
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", [1] * text.count("?"))]
    connection.close()
    assert any("SEARCH tasks USING INTEGER PRIMARY KEY" in step for step in plan), plan
    assert not any(step.startswith("SCAN tasks") for step in plan), plan
