"""The statements of the hot path: tasks, their events and keys, and the outbox."""

from typing import Any

from sqlalchemy import and_, case, column, delete, func, literal_column, or_, select, table, tuple_
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql import ColumnElement

from aion.adapters.storage.codec import LIFE_COLUMNS, TASK_COLUMNS
from aion.adapters.storage.compiling import ONE, ZERO, compiled, compiled_insert, parameter
from aion.adapters.storage.event_codec import EVENT_COLUMNS
from aion.adapters.storage.many_rows import ManyRows
from aion.adapters.storage.tables import idempotency_keys, outbox, task_events, task_logs, tasks, tombstones
from aion.domain.events import EventKind

_task_columns = [tasks.c.seq, *(tasks.c[name] for name in TASK_COLUMNS)]

INSERT_TASKS = ManyRows.inserted(compiled_insert(tasks, ("seq", *TASK_COLUMNS)))
UPDATE_TASKS = ManyRows.updated(tasks.name, LIFE_COLUMNS, "seq")
SELECT_TASK = compiled(
    select(*_task_columns).where(tasks.c.tenant_id == parameter("tenant"), tasks.c.task_id == parameter("task")),
    "tenant",
    "task",
)
SELECT_TASK_BY_SEQ = compiled(
    select(*_task_columns).where(tasks.c.seq == parameter("row"), tasks.c.tenant_id == parameter("tenant")),
    "row",
    "tenant",
)

# The index of live tasks serves a statement only when the index's own condition stands in it.
_is_live = tasks.c.end_us.is_(None)
# `Task.waits_until`: until its first attempt a task may have less time.
_waits_until = case(
    (and_(tasks.c.start_us.is_(None), tasks.c.queue_expire_us < tasks.c.expire_us), tasks.c.queue_expire_us),
    else_=tasks.c.expire_us,
)
SELECT_LIVE = compiled(
    select(
        tasks.c.tenant_id,
        tasks.c.task_id,
        tasks.c.engine,
        tasks.c.state,
        tasks.c.priority,
        tasks.c.create_us,
        _waits_until,
        tasks.c.not_before_us,
        tasks.c.lease_expires_us,
    ).where(_is_live)
)
_waits = (
    tasks.c.tenant_id == parameter("tenant"),
    tasks.c.state == literal_column("1"),
    tasks.c.engine == parameter("engine"),
    _is_live,
)
SELECT_WAITING = compiled(
    select(tasks.c.task_id, tasks.c.priority, tasks.c.create_us, _waits_until)
    .where(*_waits, or_(tasks.c.not_before_us.is_(None), tasks.c.not_before_us <= parameter("now")))
    .order_by(tasks.c.priority.desc(), tasks.c.create_us, tasks.c.task_id)
    .limit(parameter("rows"))
    .offset(ZERO),
    "tenant",
    "engine",
    "now",
    "rows",
)
SELECT_NEXT_EXPIRY = compiled(select(func.min(_waits_until)).where(*_waits), "tenant", "engine")
SELECT_OVERDUE = compiled(
    select(tasks.c.task_id).where(*_waits, _waits_until <= parameter("now")).limit(parameter("rows")).offset(ZERO),
    "tenant",
    "engine",
    "now",
    "rows",
)

_held_back = (tasks.c.not_before_us, tasks.c.tenant_id, tasks.c.task_id)
SELECT_HELD_BACK = compiled(
    select(
        tasks.c.tenant_id,
        tasks.c.task_id,
        tasks.c.engine,
        tasks.c.priority,
        tasks.c.create_us,
        _waits_until,
        tasks.c.not_before_us,
    )
    .where(
        tasks.c.state == literal_column("1"),
        tasks.c.not_before_us.is_not(None),
        tuple_(*_held_back) > tuple_(parameter("until"), parameter("tenant"), parameter("task")),
    )
    .order_by(*_held_back)
    .limit(parameter("rows"))
    .offset(ZERO),
    "until",
    "tenant",
    "task",
    "rows",
)

INSERT_EVENTS = ManyRows.inserted(compiled_insert(task_events, ("seq", "tenant_id", "task_seq", *EVENT_COLUMNS)))
_token: ColumnElement[int] = literal_column(str(EventKind.TOKEN.value))
_partial: ColumnElement[int] = literal_column(str(EventKind.PARTIAL.value))
# The newest events first: how far a log is costs one look, what it grew by as many as it grew by.
_newest = (
    select(task_events.c.offset, task_events.c.kind)
    .where(task_events.c.task_seq == parameter("task"))
    .order_by(task_events.c.seq.desc())
)
SELECT_LAST_OFFSET = compiled(_newest.limit(ONE).offset(ZERO), "task")
_grown = _newest.limit(parameter("rows")).offset(ZERO).subquery()
SELECT_GROWTH = compiled(
    select(
        func.min(case((_grown.c.kind.in_((_token, _partial)), _grown.c.offset))),
        func.count(case((_grown.c.kind == _token, ONE))),
    ),
    "task",
    "rows",
)
SELECT_EVENTS = compiled(
    select(*(task_events.c[name] for name in EVENT_COLUMNS))
    .where(
        task_events.c.seq >= parameter("first_seq"),
        task_events.c.task_seq == parameter("task"),
        task_events.c.offset > parameter("after"),
    )
    .order_by(task_events.c.seq)
    .limit(parameter("rows"))
    .offset(ZERO),
    "first_seq",
    "task",
    "after",
    "rows",
)
INSERT_LOGS = ManyRows.inserted(compiled_insert(task_logs, ("task_seq", "tenant_id", "events")))
SELECT_LOG = compiled(select(task_logs.c.events).where(task_logs.c.task_seq == parameter("task")), "task")

# One question for all tasks that a transaction is about to accept: which ids, which keys are taken already? The list
# comes as JSON, so that the statement is the same for any number.
_asked = func.json_each(parameter("asked")).table_valued("value")


def _item(position: int) -> Any:
    return func.json_extract(_asked.c.value, literal_column(f"'$[{position}]'"))


SELECT_TAKEN_IDS = compiled(
    select(tasks.c.tenant_id, tasks.c.task_id)
    .select_from(_asked)
    .join(tasks, and_(tasks.c.tenant_id == _item(0), tasks.c.task_id == _item(1))),
    "asked",
)
_KEY = ("tenant_id", "principal", "operation", "key")
_put_key = insert(idempotency_keys).values(
    {name: parameter(name) for name in (*_KEY, "fingerprint", "task_seq", "expire_us")}
)
# An expired key is free again: its new task takes the row over.
PUT_KEYS = ManyRows.inserted(
    compiled(
        _put_key.on_conflict_do_update(
            index_elements=_KEY,
            set_={name: _put_key.excluded[name] for name in ("fingerprint", "task_seq", "expire_us")},
        ),
        *_KEY,
        "fingerprint",
        "task_seq",
        "expire_us",
    )
)
SELECT_KEY = compiled(
    select(idempotency_keys.c.fingerprint, idempotency_keys.c.task_seq).where(
        *(idempotency_keys.c[name] == parameter(name) for name in _KEY), idempotency_keys.c.expire_us > parameter("now")
    ),
    *_KEY,
    "now",
)
SELECT_USED_KEYS = compiled(
    select(*(idempotency_keys.c[name] for name in _KEY))
    .select_from(_asked)
    .join(idempotency_keys, and_(*(idempotency_keys.c[name] == _item(at) for at, name in enumerate(_KEY)))),
    "asked",
)

SELECT_TOMBSTONE = compiled(
    select(tombstones.c.purge_us).where(
        tombstones.c.tenant_id == parameter("tenant"), tombstones.c.task_id == parameter("task")
    ),
    "tenant",
    "task",
)

INSERT_FACTS = ManyRows.inserted(compiled_insert(outbox, ("sequence", "tenant_id", "task_id", "name", "time_us")))
SELECT_OUTBOX = compiled(
    select(outbox.c.sequence, outbox.c.tenant_id, outbox.c.task_id, outbox.c.name, outbox.c.time_us)
    .order_by(outbox.c.sequence)
    .limit(parameter("rows"))
    .offset(ZERO),
    "rows",
)
DELETE_OUTBOX = compiled(delete(outbox).where(outbox.c.sequence <= parameter("up_to")), "up_to")

# Where the counters of keys stand; the outbox never gives a number twice, even when it is empty.
SELECT_LAST_TASK = compiled(select(func.coalesce(func.max(tasks.c.seq), literal_column("0"))))
SELECT_LAST_EVENT = compiled(select(func.coalesce(func.max(task_events.c.seq), literal_column("0"))))
SELECT_LAST_OUTBOX = compiled(
    select(func.coalesce(func.max(column("seq")), literal_column("0")))
    .select_from(table("sqlite_sequence", column("seq"), column("name")))
    .where(column("name") == literal_column("'outbox'"))
)
SELECT_ANY_TOMBSTONE = compiled(select(tombstones.c.purge_us).limit(ONE).offset(ZERO))
