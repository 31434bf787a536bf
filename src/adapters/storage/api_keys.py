"""API keys in the store's file, also for a process that does not own it: `aion keys` works while a server runs.

Its writes are single short statements, so they need no lock but SQLite's own. Nothing is remembered
here: only the authenticator keeps a proof, for a second, so that a revocation is noticed.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aion.adapters.storage import api_key_statements as sql
from aion.adapters.storage.connections import connect_file, connect_memory
from aion.adapters.storage.json_columns import decode_scopes, encode_scopes
from aion.adapters.storage.opening import create, make_ready
from aion.adapters.storage.startup import startup_errors
from aion.adapters.storage.times import from_us, time_or_none, to_us, us_or_none
from aion.adapters.storage.urls import StorageLocation
from aion.domain.errors import StoreUnavailable
from aion.ports.identity import ApiKey, ApiKeyStore

_log = logging.getLogger("aion.store")


class SqliteApiKeyStore:
    """The API keys of one store. Any thread may call it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()

    @classmethod
    def open(cls, url: str) -> Self:
        """Opens the keys of a store, making an empty store ready. Raises a StoreStartupError."""
        path = StorageLocation.from_url(url).path
        if path is None:
            connection = connect_memory()
            create(connection)
        else:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with startup_errors(path):
                make_ready(url)
                connection = connect_file(path)
        return cls(connection)

    def close(self) -> None:
        """Lets go of the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def find(self, key_id: str) -> ApiKey | None:
        """The key with this public id, as it is now."""
        rows = self._rows(sql.SELECT_API_KEY, (key_id,))
        return _decode(rows[0]) if rows else None

    def add(self, tenant: str, key: ApiKey) -> None:
        """Stores a new key. Raises ValueError when its id is taken."""
        if key.tenant != tenant:
            raise ValueError(f"the key {key.key_id} belongs to another tenant than {tenant}")
        try:
            self._change(
                sql.INSERT_API_KEY,
                (
                    key.key_id,
                    tenant,
                    key.principal,
                    encode_scopes(key.scopes),
                    key.mac,
                    to_us(key.create_time),
                    us_or_none(key.expire_time),
                    us_or_none(key.revoke_time),
                ),
            )
        except sqlite3.IntegrityError as taken:
            raise ValueError(f"the key id {key.key_id} is taken") from taken

    def list(self, tenant: str) -> Sequence[ApiKey]:
        """All keys of a tenant, oldest first, revoked ones too."""
        return [_decode(row) for row in self._rows(sql.SELECT_API_KEYS, (tenant,))]

    def revoke(self, tenant: str, key_id: str, now: datetime) -> bool:
        """Revokes a key; False when the tenant has none such."""
        return self._change(sql.REVOKE_API_KEY, (to_us(now), tenant, key_id)) > 0

    def _rows(self, statement: str, values: tuple[Any, ...]) -> Sequence[Any]:
        with self._lock, _answering():
            return self._connection.execute(statement, values).fetchall()

    def _change(self, statement: str, values: tuple[Any, ...]) -> int:
        with self._lock, _answering():
            return self._connection.execute(statement, values).rowcount


@contextmanager
def _answering() -> Iterator[None]:
    """What the driver says goes to the log, not to who calls; only a key id that is taken is its caller's matter."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as broken:
        _log.error("the store of API keys failed", exc_info=broken)
        raise StoreUnavailable("the store of API keys cannot answer now; try again") from broken


def _decode(row: Sequence[Any]) -> ApiKey:
    key_id, tenant, principal, scopes, mac, create_us, expire_us, revoke_us = row
    return ApiKey(
        tenant=tenant,
        key_id=key_id,
        principal=principal,
        scopes=decode_scopes(scopes),
        mac=mac,
        create_time=from_us(create_us),
        expire_time=time_or_none(expire_us),
        revoke_time=time_or_none(revoke_us),
    )


if TYPE_CHECKING:
    _: type[ApiKeyStore] = SqliteApiKeyStore
