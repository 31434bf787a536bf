"""What moves in the store when the machine's clock is set: leases, and the pauses before retries.

They are spans of time that are written as moments. Without it an hour that is skipped would take every lease from a
worker that holds it, and an hour that comes twice would keep the tasks of a dead one.
"""

import sqlite3
from datetime import timedelta

from sqlalchemy import literal_column, update

from aion.adapters.storage.compiling import compiled, parameter
from aion.adapters.storage.tables import tasks

_JUMP = parameter("jump")
_MOVE_LEASES = compiled(
    update(tasks)
    .where(tasks.c.end_us.is_(None), tasks.c.lease_expires_us.is_not(None))
    .values(lease_expires_us=tasks.c.lease_expires_us + _JUMP),
    "jump",
)
# What a client holds back starts at a time of day, and stays where it is.
_MOVE_RETRIES = compiled(
    update(tasks)
    .where(
        tasks.c.state == literal_column("1"),
        tasks.c.not_before_us.is_not(None),
        tasks.c.not_before_us.is_distinct_from(tasks.c.held_until_us),
    )
    .values(not_before_us=tasks.c.not_before_us + _JUMP),
    "jump",
)


def follow(connection: sqlite3.Connection, jump: timedelta) -> None:
    """Moves them all, inside a transaction."""
    moved = (jump // timedelta(microseconds=1),)
    connection.execute(_MOVE_LEASES, moved)
    connection.execute(_MOVE_RETRIES, moved)
