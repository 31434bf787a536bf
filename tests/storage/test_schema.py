"""The tables that the code states are those that migrations make, and what makes no difference is called none."""

import contextlib
import runpy
import sqlite3

import pytest
from sqlalchemy import MetaData

from aion.adapters.storage import opening, schema
from aion.adapters.storage.compiling import DIALECT
from aion.adapters.storage.opening import definitions, make_ready, newest_revision, revision_of
from aion.adapters.storage.tables import api_key_tables, columns, schedule_tables, task_tables, webhook_tables


@pytest.fixture
def store(tmp_path):
    """The file of a store that migrations have made."""
    schema.migrate(f"sqlite:///{tmp_path / 'aion.sqlite'}")
    return tmp_path / "aion.sqlite"


@pytest.fixture
def stated(monkeypatch):
    """All tables, made once more: so that what makes their columns runs in a test, where `make mutation` can see it."""
    metadata = MetaData(naming_convention=columns.metadata.naming_convention)
    monkeypatch.setattr(columns, "metadata", metadata)
    for module in (api_key_tables, schedule_tables, task_tables, webhook_tables):
        runpy.run_path(str(module.__file__))
    return metadata.tables


def test_each_column_has_the_kind_and_may_be_missing_where_the_code_says_so(store, stated):
    with sqlite3.connect(store) as connection:
        made = {
            name: {
                column: (kind, not is_there)
                for _, column, kind, is_there, *_ in connection.execute("SELECT * FROM pragma_table_info(?)", (name,))
            }
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        }
    connection.close()
    for name, table in stated.items():
        said = {column.name: (column.type.compile(DIALECT), column.nullable) for column in table.columns}
        assert said == made[name], name
    assert set(made) - set(stated) == {"alembic_version", "sqlite_sequence"}


def laid_out_otherwise(definition):
    """On one line, with room within the outer brackets."""
    head, _, body = " ".join(definition.split()).partition("(")
    return f"{head}( {body}"


def with_its_columns_turned_round(definition):
    head, begin, body = definition.partition("(\n\t")
    lines = body.strip().removesuffix("\n)").split(", \n\t")
    return f"{head}{begin}{', '.join(reversed(lines))}\n)" if begin else definition


@pytest.mark.parametrize("other", [laid_out_otherwise, with_its_columns_turned_round])
def test_how_a_table_is_laid_out_and_in_which_order_it_says_its_columns_is_no_difference(monkeypatch, other):
    others = [other(definition) for definition in definitions()]
    assert sum(one != definition for one, definition in zip(others, definitions(), strict=True)) >= 10
    monkeypatch.setattr(schema, "definitions", lambda: others)
    assert schema.check() == ()
    without = [definition.replace("tries INTEGER NOT NULL", "tries INTEGER") for definition in others]
    monkeypatch.setattr(schema, "definitions", lambda: without)
    assert len(schema.check()) == 4, "two tables have it: each is one of the code and another one of the store"


def stored(path):
    """All that a file says of its tables and indexes, in whatever order they say it, and its version."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        texts = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall())
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return {name: schema._plain(text) for name, text in texts.items()}, version


def test_a_store_that_is_made_at_once_is_what_migrations_make(store, tmp_path):
    made = tmp_path / "made.sqlite"
    make_ready(f"sqlite:///{made}")
    assert stored(made) == stored(store)
    assert schema.pending(f"sqlite:///{made}") == ()
    assert schema.migrate(f"sqlite:///{made}") == ()


def test_a_store_whose_making_fails_is_empty_and_made_the_next_time(tmp_path, monkeypatch):
    path = tmp_path / "aion.sqlite"
    monkeypatch.setattr(opening, "definitions", lambda: (*definitions(), "CREATE TABLE"))
    with pytest.raises(sqlite3.OperationalError, match="incomplete input"):
        make_ready(f"sqlite:///{path}")
    monkeypatch.undo()
    assert revision_of(path) == ""
    make_ready(f"sqlite:///{path}")
    assert revision_of(path) == newest_revision()


def test_a_migration_that_fails_on_its_way_leaves_nothing_of_those_before_it(tmp_path, monkeypatch):
    upgrade = schema._upgrade

    def fails_at_its_end(connection):
        upgrade(connection)
        raise RuntimeError("the last migration fails")

    monkeypatch.setattr(schema, "_upgrade", fails_at_its_end)
    url = f"sqlite:///{tmp_path / 'aion.sqlite'}"
    with pytest.raises(RuntimeError, match="the last migration fails"):
        schema.migrate(url)
    monkeypatch.undo()
    assert schema.pending(url) == schema.revisions()


def test_a_store_says_which_migration_it_is_at_and_what_is_none_says_nothing_and_is_not_made(store, tmp_path):
    assert revision_of(store) == newest_revision() == schema.revisions()[-1]
    assert revision_of(tmp_path / "none.sqlite") == ""
    with sqlite3.connect(tmp_path / "stranger.sqlite") as connection:
        connection.execute("CREATE TABLE stranger (a INTEGER)")
    connection.close()
    assert revision_of(tmp_path / "stranger.sqlite") == ""
    assert not (tmp_path / "none.sqlite").exists()
