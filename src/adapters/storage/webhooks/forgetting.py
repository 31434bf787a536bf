"""Deletes deliveries that nobody needs any more: finished ones that are old, and those of deleted webhooks.

A reader looks, one window of rows after the other; the writer only deletes, and only what is still so.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from aion.adapters.storage.transaction import Transaction
from aion.adapters.storage.webhooks import statements as sql


@dataclass(frozen=True, slots=True)
class OldDeliveries:
    """What one look found: rows that may go, how many it looked at, and where the next window begins."""

    finished: Sequence[int]
    left_behind: Sequence[int]
    looked_at: int
    next_after: int


def old_deliveries(connection: sqlite3.Connection, after: int, older_than_us: int, limit: int) -> OldDeliveries:
    """One window; the next one starts over at the end of the table."""
    window = connection.execute(sql.WINDOW_OF_DELIVERIES, (after, limit)).fetchall()
    return OldDeliveries(
        finished=[row[0] for row in window if row[3] is not None and row[2] is None and row[1] < older_than_us],
        left_behind=[row[0] for row in window if row[3] is None],
        looked_at=len(window),
        next_after=window[-1][0] if len(window) == limit else 0,
    )


def forget_deliveries(found: OldDeliveries, transaction: Transaction) -> None:
    """Deletes them; one that was replayed since the look stays."""
    transaction.connection.executemany(sql.DELETE_FINISHED, [(row,) for row in found.finished])
    transaction.connection.executemany(sql.DELETE_DELIVERY, [(row,) for row in found.left_behind])
