"""The outbox table: facts written with their task, waiting to be delivered."""

import sqlite3
from collections.abc import Sequence

from aion.adapters.storage import statements as sql
from aion.adapters.storage.times import from_us
from aion.adapters.storage.transaction import Transaction
from aion.ports.outbox import OutboxEvent


def waiting_facts(connection: sqlite3.Connection, limit: int) -> Sequence[OutboxEvent]:
    """The oldest facts that nobody has taken yet."""
    rows = connection.execute(sql.SELECT_OUTBOX, (limit,))
    return [
        OutboxEvent(sequence, tenant, task_id, name, from_us(time_us))
        for sequence, tenant, task_id, name, time_us in rows
    ]


def forget_delivered(up_to: int, transaction: Transaction) -> None:
    """Deletes every fact up to a sequence."""
    transaction.connection.execute(sql.DELETE_OUTBOX, (up_to,))
