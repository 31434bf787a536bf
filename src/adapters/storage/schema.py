"""Brings a store to the schema of this version, or says that it is not there yet.

Migrations are Alembic's and additive. A new store is made without them, of the tables that the code states; `check`
holds that those are what the migrations make.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from aion.adapters.storage.connections import connect_file, connect_memory
from aion.adapters.storage.errors import StoreNotMigrated
from aion.adapters.storage.opening import definitions
from aion.adapters.storage.ownership import owned_directory
from aion.adapters.storage.startup import startup_errors
from aion.adapters.storage.tables import metadata
from aion.adapters.storage.urls import StorageLocation

_MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(url: str) -> tuple[str, ...]:
    """Brings the store to this version's schema, making it when it is not there; the migrations that ran.

    Raises StoreOwned while a server runs on it.
    """
    path = StorageLocation.from_url(url).path
    with (
        nullcontext() if path is None else owned_directory(path.parent, "aion migrate"),
        _connected(url) as connection,
    ):
        waiting = _pending(connection)
        _upgrade(connection)
    return waiting


def pending(url: str) -> tuple[str, ...]:
    """The migrations that the store still needs, oldest first; all of them when it is empty."""
    with _connected(url) as connection:
        return _pending(connection)


def revisions() -> tuple[str, ...]:
    """Every migration that this version knows, oldest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())[::-1]


def check(url: str = "sqlite://") -> tuple[str, ...]:
    """How the migrated schema differs from the tables that the code knows; empty when they are one."""
    with _connected(url) as connection:
        _upgrade(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [repr(difference) for difference in compare_metadata(context, metadata)]
        # Alembic does not see CHECK constraints; the stored text of each definition does.
        stored = set(
            connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
                " AND tbl_name NOT IN ('alembic_version', 'sqlite_sequence')"
            ).scalars()
        )
    expected = {_plain(text) for text in definitions()}
    found = {_plain(text) for text in stored}
    differences += [f"not migrated: {text}" for text in sorted(expected - found)]
    differences += [f"not in the code: {text}" for text in sorted(found - expected)]
    return tuple(differences)


def refuse_other_versions(url: str) -> None:
    """Raises StoreNotMigrated for a store that another version wrote, older or newer."""
    if waiting := pending(url):
        raise StoreNotMigrated(
            f"the store {url} needs {len(waiting)} migration(s) ({', '.join(waiting)}); "
            "back it up, then run `aion migrate`"
        )


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _pending(connection: Connection) -> tuple[str, ...]:
    scripts = ScriptDirectory.from_config(_config())
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {revision.revision for revision in scripts.walk_revisions()}:
        raise StoreNotMigrated(
            f"the store is at migration {current}, which this version does not know: "
            "it was written by a newer AION; run that one"
        )
    waiting = [revision.revision for revision in scripts.iterate_revisions("head", current or "base")]
    return tuple(reversed(waiting))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _plain(definition: str) -> str:
    """A definition without its layout; the order of columns and constraints means nothing, statements name them."""
    text = " ".join(definition.split()).replace("( ", "(").removesuffix(")").rstrip()
    head, _, body = text.partition("(")
    parts, depth = [""], 0
    for letter in body:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return ", ".join([head.strip(), *sorted(part.strip() for part in parts)])


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    path = StorageLocation.from_url(url).path
    with startup_errors(path):
        driver = connect_memory() if path is None else connect_file(path)
        engine = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
        try:
            with engine.begin() as connection:
                # All migrations or none: the driver itself would commit each statement.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
        finally:
            engine.dispose()
            driver.close()
