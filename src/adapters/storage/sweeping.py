"""Deletes what nobody needs any more, a short window of rows at a time.

A window begins where the last one ended and starts over at the end of the table. So a pass costs the same however much
there is, and no index has to be kept for it.
"""

from aion.adapters.storage import statements as sql
from aion.adapters.storage.transaction import Transaction


class Sweeper:
    """Remembers how far it came in each table. Runs in the writer."""

    def __init__(self) -> None:
        self._events_after = 0
        self._keys_after = 0

    def purge(self, limit: int, transaction: Transaction) -> int:
        """Deletes up to `limit` rows: events whose log is compacted, and expired idempotency records."""
        events = self._compacted_events(limit, transaction)
        return events + self._expired_keys(limit - events, transaction)

    def _compacted_events(self, limit: int, transaction: Transaction) -> int:
        window = transaction.connection.execute(sql.WINDOW_OF_EVENTS, (self._events_after, limit)).fetchall()
        self._events_after = window[-1][0] if len(window) == limit else 0
        doomed = [(seq,) for seq, compacted in window if compacted is not None]
        transaction.connection.executemany(sql.DELETE_EVENT, doomed)
        return len(doomed)

    def _expired_keys(self, limit: int, transaction: Transaction) -> int:
        if limit <= 0:
            return 0
        window = transaction.connection.execute(sql.WINDOW_OF_KEYS, (self._keys_after, limit)).fetchall()
        self._keys_after = window[-1][0] if len(window) == limit else 0
        doomed = [(seq,) for seq, expire_us in window if expire_us <= transaction.now_us]
        transaction.connection.executemany(sql.DELETE_KEY, doomed)
        return len(doomed)
