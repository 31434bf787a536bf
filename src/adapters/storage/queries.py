"""What readers ask the database: one task, one log, one page of tasks."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import literal_column, null, select, tuple_

from aion.adapters.storage import statements as sql
from aion.adapters.storage.cache import Entry
from aion.adapters.storage.codec import PAYLOAD_COLUMNS, TASK_COLUMNS, decode_task
from aion.adapters.storage.compiling import ZERO, compiled, parameter
from aion.adapters.storage.event_codec import decode_event
from aion.adapters.storage.tables import tasks
from aion.domain.events import TaskEvent
from aion.domain.tasks import Task, TaskState
from aion.domain.writes import IdempotencyKey
from aion.ports.tasks import TaskFilter, TaskPosition


def entry_of(connection: sqlite3.Connection, tenant: str, task_id: str) -> Entry | None:
    """A task and its row number."""
    row = connection.execute(sql.SELECT_TASK, (tenant, task_id)).fetchone()
    return None if row is None else Entry(grown(connection, row[0], decode_task(row[1:])), row[0], None)


def grown(connection: sqlite3.Connection, seq: int, task: Task) -> Task:
    """A task as its log says that it is: while it runs, its row is as old as its last change of another kind."""
    if task.state is not TaskState.RUNNING:
        return task
    newest = connection.execute(sql.SELECT_LAST_OFFSET, (seq,)).fetchone()
    if newest is None or newest[0] <= task.last_offset:
        return task
    by = newest[0] - task.last_offset
    first_streamed, tokens = connection.execute(sql.SELECT_GROWTH, (seq, by)).fetchone()
    return task.changed(
        last_offset=newest[0],
        stream_from=task.stream_from or first_streamed or 0,
        usage=replace(task.usage, tokens=task.usage.tokens + tokens),
    )


def task_of_key(
    connection: sqlite3.Connection, tenant: str, key: IdempotencyKey, now_us: int
) -> tuple[bytes, Task] | None:
    """The fingerprint under an unexpired idempotency key, and its task."""
    scope = (tenant, key.principal, key.operation, key.key, now_us)
    row = connection.execute(sql.SELECT_KEY, scope).fetchone()
    if row is None:
        return None
    found = connection.execute(sql.SELECT_TASK_BY_SEQ, (row[1], tenant)).fetchone()
    return None if found is None else (row[0], grown(connection, found[0], decode_task(found[1:])))


def is_tombstone(connection: sqlite3.Connection, tenant: str, task_id: str) -> bool:
    """Whether a purged task had this id."""
    return connection.execute(sql.SELECT_TOMBSTONE, (tenant, task_id)).fetchone() is not None


def events_of_live(connection: sqlite3.Connection, entry: Entry, after: int, limit: int) -> Sequence[TaskEvent]:
    """Events of a log that is not compacted."""
    first_seq = entry.log.first_seq if entry.log is not None else 0
    rows = connection.execute(sql.SELECT_EVENTS, (first_seq, entry.seq, after, limit))
    return [decode_event(row) for row in rows]


def page_of(
    connection: sqlite3.Connection, tenant: str, filter: TaskFilter, after: TaskPosition | None, limit: int
) -> Sequence[Task]:
    """A page of tasks without their payloads, newest first."""
    states = sorted(state.value for state in filter.states)
    place = () if after is None else (after.create_time_us, after.task_id)
    intent = (filter.intent,) if filter.intent else ()
    statement = _page(len(states), of_intent=bool(intent), goes_on=bool(place))
    rows = connection.execute(statement, (tenant, *place, *states, *intent, limit))
    return [grown(connection, row[0], decode_task(row[1:])) for row in rows.fetchall()]


@cache
def _page(states: int, *, of_intent: bool, goes_on: bool) -> str:
    """The statement of a page: of so many states (0: of all), of one intent or all, the first one or a later one."""
    columns = [tasks.c.seq, *(_without_payload(name) for name in TASK_COLUMNS)]
    names = ["tenant_id"]
    page = select(*columns).where(tasks.c.tenant_id == parameter("tenant_id"))
    if goes_on:
        position = tuple_(tasks.c.create_us, tasks.c.task_id)
        page = page.where(position < tuple_(parameter("create_us"), parameter("task_id")))
        names += ["create_us", "task_id"]
    if states:
        wanted = [f"state_{number}" for number in range(states)]
        page = page.where(tasks.c.state.in_([parameter(name) for name in wanted]))
        names += wanted
    if of_intent:
        page = page.where(tasks.c.intent == parameter("intent"))
        names.append("intent")
    page = page.order_by(tasks.c.create_us.desc(), tasks.c.task_id.desc()).limit(parameter("limit")).offset(ZERO)
    return compiled(page, *names, "limit")


def _without_payload(name: str) -> Any:
    if name not in PAYLOAD_COLUMNS:
        return tasks.c[name]
    stands_in = PAYLOAD_COLUMNS[name]
    return (null() if stands_in is None else literal_column(f"'{stands_in}'")).label(name)
