"""What moves when the machine's clock is set: leases, pauses, and for how long something waits or fails.

They are spans of time that are written as moments. Without it an hour that is skipped would take every lease from a
worker that holds it, and an hour that comes twice would keep the tasks of a dead one.
"""

import sqlite3
from datetime import timedelta

from sqlalchemy import func, literal_column, update

from aion.adapters.storage.compiling import ZERO, compiled, parameter
from aion.adapters.storage.tables import tasks, webhook_deliveries, webhooks
from aion.adapters.storage.times import span_us

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
# What is left of it stays, counted from when the task may begin: for a client that held it back, a time of day. Also
# while an attempt runs: it may come back without having had its turn, and the bound counts again.
_may_begin = func.coalesce(tasks.c.held_until_us, ZERO)
_MOVE_QUEUE_TIMES = compiled(
    update(tasks)
    .where(
        tasks.c.end_us.is_(None),
        tasks.c.queue_expire_us.is_not(None),
    )
    .values(
        queue_expire_us=tasks.c.queue_expire_us
        + func.max(parameter("now"), _may_begin)
        - func.max(parameter("before"), _may_begin)
    ),
    "now",
    "before",
)
# The condition is that of its index, so that of all deliveries only those that wait are looked at.
_MOVE_DELIVERIES = compiled(
    update(webhook_deliveries)
    .where(webhook_deliveries.c.next_us.is_not(None))
    .values(next_us=webhook_deliveries.c.next_us + _JUMP),
    "jump",
)
_MOVE_FAILURES = compiled(
    update(webhooks)
    .where(webhooks.c.failing_since_us.is_not(None))
    .values(failing_since_us=webhooks.c.failing_since_us + _JUMP),
    "jump",
)


def follow(connection: sqlite3.Connection, jump: timedelta, now_us: int) -> None:
    """Moves them all, inside a transaction."""
    jump_us = span_us(jump)
    for statement in (_MOVE_LEASES, _MOVE_RETRIES, _MOVE_DELIVERIES, _MOVE_FAILURES):
        connection.execute(statement, (jump_us,))
    connection.execute(_MOVE_QUEUE_TIMES, (now_us, now_us - jump_us))
