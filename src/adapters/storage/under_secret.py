"""What of a store is worth nothing without the secret that lies beside it, and how to go on when that is lost.

API keys are stored mixed with it, the secrets of webhooks sealed by a key that is made from it.
"""

import contextlib
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aion.adapters.storage import api_key_statements
from aion.adapters.storage.connections import connect_file
from aion.adapters.storage.errors import NothingToBegin
from aion.adapters.storage.opening import make_ready
from aion.adapters.storage.ownership import owned_directory
from aion.adapters.storage.startup import startup_errors
from aion.adapters.storage.times import to_us
from aion.adapters.storage.urls import StorageLocation
from aion.adapters.storage.webhooks import statements as webhook_statements


@dataclass(frozen=True, slots=True)
class UnderSecret:
    """How many API keys that are in force, and how many webhooks."""

    keys: int
    webhooks: int

    def __bool__(self) -> bool:
        return self.keys + self.webhooks > 0

    def __str__(self) -> str:
        counts = ((self.keys, "API key"), (self.webhooks, "webhook"))
        return " and ".join(f"{count} {what}{'s' if count > 1 else ''}" for count, what in counts if count)


def under_secret(url: str, now: datetime) -> UnderSecret:
    """What hangs on the secret in the store of this URL, which is there and of this version."""
    path = _file(url)
    with startup_errors(path), contextlib.closing(connect_file(path)) as connection:
        return found_under_secret(connection, now)


def found_under_secret(connection: sqlite3.Connection, now: datetime) -> UnderSecret:
    """What hangs on the secret in an open store, which may be of an older version."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    keys = webhooks = 0
    if "api_keys" in tables:
        (keys,) = connection.execute(api_key_statements.COUNT_API_KEYS_IN_FORCE, (to_us(now),)).fetchone()
    if "webhooks" in tables:
        (webhooks,) = connection.execute(webhook_statements.COUNT_ALL_WEBHOOKS).fetchone()
    return UnderSecret(keys, webhooks)


def begin_anew(url: str, secret: Path, now: datetime) -> UnderSecret:
    """Revokes and deletes, in one transaction, what hangs on a secret that is lost, so that a new one may be made.

    Raises NothingToBegin while the secret is there, and a StoreStartupError, such as StoreOwned beside a server.
    """
    path = _file(url)
    if secret.exists():
        raise NothingToBegin(f"{secret} is there, so nothing is lost; `aion keys revoke` ends a single key")
    if not path.exists():
        raise NothingToBegin(f"there is no store {path}; set AION_DATA_DIR or AION_STORAGE_URL to the one you mean")
    with owned_directory(path.parent, "aion keys begin-anew"):
        make_ready(url)
        with startup_errors(path), contextlib.closing(connect_file(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            lost = found_under_secret(connection, now)
            connection.execute(api_key_statements.REVOKE_ALL_API_KEYS, (to_us(now),))
            connection.execute(webhook_statements.DELETE_ALL_KEYS)
            connection.execute(webhook_statements.DELETE_ALL_WEBHOOKS)
            connection.execute("COMMIT")
    return lost


def _file(url: str) -> Path:
    path = StorageLocation.from_url(url).path
    assert path is not None, "settings refuse a store in memory, which ends with its secret"
    return path
