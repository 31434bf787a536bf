"""One statement for many rows.

The driver lets go of the interpreter's lock at every step of a statement, and while the event loop is busy it waits for
up to five milliseconds to have it back. `executemany` pays that for each row, one statement for all of them pays once:
beside a busy thread 50 rows take a quarter of the time.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final

SIZES: Final = (32, 24, 16, 12, 8, 6, 4, 3, 2, 1)
"""Rows of one statement, the most first: each number of rows is a statement of its own, which the connection keeps
prepared. With one for every number up to 32 these took 6 MiB, of which a server found the rarer ones over hours; so up
to 32 rows take three statements at most.
"""

Row = Sequence[Any]


class ManyRows:
    """Writes rows of so many values with as few statements as can be."""

    def __init__(self, width: int, text: Callable[[str], str]) -> None:
        """`text` makes the SQL around the rows, which come as `(?, ?), (?, ?)`."""
        row = f"({', '.join('?' * width)})"
        self._texts = {count: text(", ".join([row] * count)) for count in SIZES}

    @classmethod
    def inserted(cls, one: str) -> "ManyRows":
        """By a statement that inserts one row."""
        head, values, rest = one.partition("VALUES (")
        row, close, tail = rest.partition(")")
        if not values or not close or row.strip("?, "):
            raise ValueError(f"there are no values of one row in it: {one}")
        return cls(row.count("?"), lambda rows: f"{head}VALUES {rows}{tail}")

    @classmethod
    def updated(cls, table: str, names: Sequence[str], key: str) -> "ManyRows":
        """By columns of a table; the last value of a row is that of its key."""
        changes = ", ".join(f"{name} = new.column{place}" for place, name in enumerate(names, 1))
        found = f"{table}.{key} = new.column{len(names) + 1}"
        return cls(
            len(names) + 1,
            lambda rows: f"UPDATE {table} SET {changes} FROM (VALUES {rows}) AS new WHERE {found}",  # noqa: S608
        )

    def write(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Writes all the rows, in order."""
        begin = 0
        for size in SIZES:
            while len(rows) - begin >= size:
                values = [value for row in rows[begin : begin + size] for value in row]
                connection.execute(self._texts[size], values)
                begin += size
