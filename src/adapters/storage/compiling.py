"""Statements written in SQLAlchemy Core, compiled once to the text that the driver runs.

Core costs five times the driver for each call; so it only writes the SQL, when a module of statements is loaded.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, literal_column
from sqlalchemy.dialects.sqlite import dialect, insert
from sqlalchemy.sql import ClauseElement, ColumnElement

DIALECT = dialect(paramstyle="qmark")
ZERO: ColumnElement[int] = literal_column("0")
ONE: ColumnElement[int] = literal_column("1")


class StatementMismatch(Exception):
    """A compiled statement binds its values in another order than its writer gives them."""


def compiled(statement: ClauseElement, *names: str) -> str:
    """The SQL text of `statement`, whose positional parameters are `names` in this order."""
    result = statement.compile(dialect=DIALECT)
    order = tuple(getattr(result, "positiontup", None) or ())
    if order != names:
        raise StatementMismatch(f"{result} binds {order}, its caller gives {names}")
    return str(result)


def compiled_insert(table: Table, names: Sequence[str]) -> str:
    """The SQL text that puts a row with these columns into a table."""
    return compiled(insert(table).values({name: bindparam(name) for name in names}), *names)


def parameter(name: str) -> Any:
    """A value that its caller gives."""
    return bindparam(name)
