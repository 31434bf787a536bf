"""The statements of the hot path: written in SQLAlchemy Core, compiled once, run on the driver's connection.

Core costs five times the driver for each call; so it only writes the SQL here, when the module is loaded.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Table,
    and_,
    bindparam,
    case,
    column,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.dialects.sqlite import dialect, insert
from sqlalchemy.sql import ClauseElement, ColumnElement

from aion.adapters.storage.codec import LIFE_COLUMNS, TASK_COLUMNS
from aion.adapters.storage.event_codec import EVENT_COLUMNS
from aion.adapters.storage.tables import (
    api_keys,
    idempotency_keys,
    outbox,
    task_events,
    task_logs,
    tasks,
    tombstones,
    webhook_deliveries,
)

DIALECT = dialect(paramstyle="qmark")
ZERO: ColumnElement[int] = literal_column("0")
ONE: ColumnElement[int] = literal_column("1")


class StatementMismatch(Exception):
    """A compiled statement binds its values in another order than its writer gives them."""


def compiled(statement: ClauseElement, *names: str) -> str:
    """The SQL text of `statement`, whose positional parameters are `names` in this order."""
    result = statement.compile(dialect=DIALECT)
    order = tuple(getattr(result, "positiontup", None) or ())
    if order != names:
        raise StatementMismatch(f"{result} binds {order}, its caller gives {names}")
    return str(result)


def _insert(table: Table, names: Sequence[str]) -> str:
    return compiled(insert(table).values({name: bindparam(name) for name in names}), *names)


def _p(name: str) -> Any:
    return bindparam(name)


_task_columns = [tasks.c.seq, *(tasks.c[name] for name in TASK_COLUMNS)]

INSERT_TASK = _insert(tasks, ("seq", *TASK_COLUMNS))
UPDATE_TASK = compiled(
    update(tasks).where(tasks.c.seq == _p("row")).values({name: _p(name) for name in LIFE_COLUMNS}),
    *LIFE_COLUMNS,
    "row",
)
SELECT_TASK = compiled(
    select(*_task_columns).where(tasks.c.tenant_id == _p("tenant"), tasks.c.task_id == _p("task")),
    "tenant",
    "task",
)
SELECT_TASK_BY_SEQ = compiled(
    select(*_task_columns).where(tasks.c.seq == _p("row"), tasks.c.tenant_id == _p("tenant")), "row", "tenant"
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
    tasks.c.tenant_id == _p("tenant"),
    tasks.c.state == literal_column("1"),
    tasks.c.engine == _p("engine"),
    _is_live,
)
SELECT_WAITING = compiled(
    select(tasks.c.task_id, tasks.c.priority, tasks.c.create_us, _waits_until)
    .where(*_waits, or_(tasks.c.not_before_us.is_(None), tasks.c.not_before_us <= _p("now")))
    .order_by(tasks.c.priority.desc(), tasks.c.create_us, tasks.c.task_id)
    .limit(_p("rows"))
    .offset(ZERO),
    "tenant",
    "engine",
    "now",
    "rows",
)
SELECT_NEXT_EXPIRY = compiled(select(func.min(_waits_until)).where(*_waits), "tenant", "engine")
SELECT_OVERDUE = compiled(
    select(tasks.c.task_id).where(*_waits, _waits_until <= _p("now")).limit(_p("rows")).offset(ZERO),
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
        tuple_(*_held_back) > tuple_(_p("until"), _p("tenant"), _p("task")),
    )
    .order_by(*_held_back)
    .limit(_p("rows"))
    .offset(ZERO),
    "until",
    "tenant",
    "task",
    "rows",
)

INSERT_EVENT = _insert(task_events, ("seq", "tenant_id", "task_seq", *EVENT_COLUMNS))
SELECT_EVENTS = compiled(
    select(*(task_events.c[name] for name in EVENT_COLUMNS))
    .where(
        task_events.c.seq >= _p("first_seq"),
        task_events.c.task_seq == _p("task"),
        task_events.c.offset > _p("after"),
    )
    .order_by(task_events.c.seq)
    .limit(_p("rows"))
    .offset(ZERO),
    "first_seq",
    "task",
    "after",
    "rows",
)
INSERT_LOG = _insert(task_logs, ("task_seq", "tenant_id", "events"))
SELECT_LOG = compiled(select(task_logs.c.events).where(task_logs.c.task_seq == _p("task")), "task")

# One question for all tasks that a transaction is about to accept: which ids, which keys are taken already? The list
# comes as JSON, so that the statement is the same for any number.
_asked = func.json_each(bindparam("asked")).table_valued("value")


def _item(position: int) -> Any:
    return func.json_extract(_asked.c.value, literal_column(f"'$[{position}]'"))


SELECT_TAKEN_IDS = compiled(
    select(tasks.c.tenant_id, tasks.c.task_id)
    .select_from(_asked)
    .join(tasks, and_(tasks.c.tenant_id == _item(0), tasks.c.task_id == _item(1))),
    "asked",
)
_KEY = ("tenant_id", "principal", "operation", "key")
_put_key = insert(idempotency_keys).values({name: _p(name) for name in (*_KEY, "fingerprint", "task_seq", "expire_us")})
# An expired key is free again: its new task takes the row over.
PUT_KEY = compiled(
    _put_key.on_conflict_do_update(
        index_elements=_KEY,
        set_={name: _put_key.excluded[name] for name in ("fingerprint", "task_seq", "expire_us")},
    ),
    *_KEY,
    "fingerprint",
    "task_seq",
    "expire_us",
)
SELECT_KEY = compiled(
    select(idempotency_keys.c.fingerprint, idempotency_keys.c.task_seq).where(
        *(idempotency_keys.c[name] == _p(name) for name in _KEY), idempotency_keys.c.expire_us > _p("now")
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

_TOMBSTONE = ("tenant_id", "task_id", "purge_us")
INSERT_TOMBSTONE = compiled(
    insert(tombstones).values({name: _p(name) for name in _TOMBSTONE}).on_conflict_do_nothing(), *_TOMBSTONE
)
SELECT_TOMBSTONE = compiled(
    select(tombstones.c.purge_us).where(tombstones.c.tenant_id == _p("tenant"), tombstones.c.task_id == _p("task")),
    "tenant",
    "task",
)

INSERT_OUTBOX = _insert(outbox, ("sequence", "tenant_id", "task_id", "name", "time_us"))
SELECT_OUTBOX = compiled(
    select(outbox.c.sequence, outbox.c.tenant_id, outbox.c.task_id, outbox.c.name, outbox.c.time_us)
    .order_by(outbox.c.sequence)
    .limit(_p("rows"))
    .offset(ZERO),
    "rows",
)
DELETE_OUTBOX = compiled(delete(outbox).where(outbox.c.sequence <= _p("up_to")), "up_to")

# Where the counters of keys stand; the outbox never gives a number twice, even when it is empty.
SELECT_LAST_TASK = compiled(select(func.coalesce(func.max(tasks.c.seq), literal_column("0"))))
SELECT_LAST_EVENT = compiled(select(func.coalesce(func.max(task_events.c.seq), literal_column("0"))))
SELECT_LAST_OUTBOX = compiled(
    select(func.coalesce(func.max(column("seq")), literal_column("0")))
    .select_from(table("sqlite_sequence", column("seq"), column("name")))
    .where(column("name") == literal_column("'outbox'"))
)
SELECT_ANY_TOMBSTONE = compiled(select(tombstones.c.purge_us).limit(ONE).offset(ZERO))

# Purging looks at a window of rows behind a cursor, so that one pass is short however large the table is.
WINDOW_OF_EVENTS = compiled(
    select(task_events.c.seq, task_logs.c.task_seq)
    .select_from(task_events.outerjoin(task_logs, task_logs.c.task_seq == task_events.c.task_seq))
    .where(task_events.c.seq > _p("after"))
    .order_by(task_events.c.seq)
    .limit(_p("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_EVENT = compiled(delete(task_events).where(task_events.c.seq == _p("row")), "row")
WINDOW_OF_KEYS = compiled(
    select(idempotency_keys.c.seq, idempotency_keys.c.expire_us)
    .where(idempotency_keys.c.seq > _p("after"))
    .order_by(idempotency_keys.c.seq)
    .limit(_p("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
# A log is gone first, its task later; a task whose events still lie in task_events, whose idempotency key still
# answers retries, or of which a webhook has yet to hear, is left for a later pass.
_ended_columns = [tasks.c[name] for name in ("seq", "tenant_id", "task_id", "state", "create_us", "end_us")]
WINDOW_OF_LOGS = compiled(
    select(*_ended_columns)
    .join(task_logs, task_logs.c.task_seq == tasks.c.seq)
    .where(task_logs.c.task_seq > _p("after"))
    .order_by(task_logs.c.task_seq)
    .limit(_p("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_LOG = compiled(delete(task_logs).where(task_logs.c.task_seq == _p("row")), "row")
_needed = or_(
    exists().where(task_events.c.task_seq == tasks.c.seq),
    exists().where(idempotency_keys.c.task_seq == tasks.c.seq, idempotency_keys.c.expire_us > _p("now")),
    exists().where(
        webhook_deliveries.c.tenant_id == tasks.c.tenant_id,
        webhook_deliveries.c.task_id == tasks.c.task_id,
        webhook_deliveries.c.next_us.is_not(None),
    ),
)
WINDOW_OF_TASKS = compiled(
    select(*_ended_columns, _needed.label("needed"))
    .where(tasks.c.seq > _p("after"))
    .order_by(tasks.c.seq)
    .limit(_p("rows"))
    .offset(ZERO),
    "now",
    "after",
    "rows",
)
DELETE_TASK = compiled(delete(tasks).where(tasks.c.seq == _p("row")), "row")

DELETE_KEY = compiled(delete(idempotency_keys).where(idempotency_keys.c.seq == _p("row")), "row")

_API_KEY = ("key_id", "tenant_id", "principal", "scopes", "mac", "create_us", "expire_us", "revoke_us")
_api_key_columns = [api_keys.c[name] for name in _API_KEY]
INSERT_API_KEY = _insert(api_keys, _API_KEY)
SELECT_API_KEY = compiled(select(*_api_key_columns).where(api_keys.c.key_id == _p("key")), "key")
SELECT_API_KEYS = compiled(
    select(*_api_key_columns)
    .where(api_keys.c.tenant_id == _p("tenant"))
    .order_by(api_keys.c.create_us, api_keys.c.key_id),
    "tenant",
)
# The first revocation is the one that counts.
REVOKE_API_KEY = compiled(
    update(api_keys)
    .where(api_keys.c.tenant_id == _p("tenant"), api_keys.c.key_id == _p("key"))
    .values(revoke_us=func.coalesce(api_keys.c.revoke_us, _p("now"))),
    "now",
    "tenant",
    "key",
)
WINDOW_OF_API_KEYS = compiled(
    select(api_keys.c.key_id, api_keys.c.tenant_id, api_keys.c.expire_us, api_keys.c.revoke_us)
    .where(api_keys.c.key_id > _p("after"))
    .order_by(api_keys.c.key_id)
    .limit(_p("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_API_KEY = compiled(delete(api_keys).where(api_keys.c.key_id == _p("key")), "key")
