"""The statements of sweeping: what may go is found in windows of rows behind a cursor.

So one pass is short however large the table is.
"""

from sqlalchemy import delete, exists, not_, or_, select
from sqlalchemy.dialects.sqlite import insert

from aion.adapters.storage.compiling import ZERO, compiled, parameter
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

WINDOW_OF_EVENTS = compiled(
    select(task_events.c.seq, task_logs.c.task_seq)
    .select_from(task_events.outerjoin(task_logs, task_logs.c.task_seq == task_events.c.task_seq))
    .where(task_events.c.seq > parameter("after"))
    .order_by(task_events.c.seq)
    .limit(parameter("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_EVENT = compiled(delete(task_events).where(task_events.c.seq == parameter("row")), "row")

WINDOW_OF_KEYS = compiled(
    select(idempotency_keys.c.seq, idempotency_keys.c.expire_us)
    .where(idempotency_keys.c.seq > parameter("after"))
    .order_by(idempotency_keys.c.seq)
    .limit(parameter("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_KEY = compiled(delete(idempotency_keys).where(idempotency_keys.c.seq == parameter("row")), "row")

# A log is gone first, its task later; a task whose events still lie in task_events, whose idempotency key still
# answers retries, or of which a webhook has yet to hear, is left for a later pass.
_ended_columns = [tasks.c[name] for name in ("seq", "tenant_id", "task_id", "state", "create_us", "end_us")]
WINDOW_OF_LOGS = compiled(
    select(*_ended_columns)
    .join(task_logs, task_logs.c.task_seq == tasks.c.seq)
    .where(task_logs.c.task_seq > parameter("after"))
    .order_by(task_logs.c.task_seq)
    .limit(parameter("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_LOG = compiled(delete(task_logs).where(task_logs.c.task_seq == parameter("row")), "row")
_told_of_later = exists().where(
    webhook_deliveries.c.tenant_id == tasks.c.tenant_id,
    webhook_deliveries.c.task_id == tasks.c.task_id,
    webhook_deliveries.c.next_us.is_not(None),
)
_needed = or_(
    exists().where(task_events.c.task_seq == tasks.c.seq),
    exists().where(idempotency_keys.c.task_seq == tasks.c.seq, idempotency_keys.c.expire_us > parameter("now")),
    _told_of_later,
)
WINDOW_OF_TASKS = compiled(
    select(*_ended_columns, _needed.label("needed"))
    .where(tasks.c.seq > parameter("after"))
    .order_by(tasks.c.seq)
    .limit(parameter("rows"))
    .offset(ZERO),
    "now",
    "after",
    "rows",
)
# A delivery may have been replayed since the look.
DELETE_TASK = compiled(delete(tasks).where(tasks.c.seq == parameter("row"), not_(_told_of_later)), "row")

_TOMBSTONE = ("tenant_id", "task_id", "purge_us")
INSERT_TOMBSTONE = compiled(
    insert(tombstones).values({name: parameter(name) for name in _TOMBSTONE}).on_conflict_do_nothing(), *_TOMBSTONE
)

WINDOW_OF_FACTS = compiled(
    select(outbox.c.sequence, outbox.c.tenant_id, outbox.c.task_id, outbox.c.name, outbox.c.time_us)
    .where(outbox.c.sequence > parameter("after"))
    .order_by(outbox.c.sequence)
    .limit(parameter("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_FACT = compiled(delete(outbox).where(outbox.c.sequence == parameter("row")), "row")

WINDOW_OF_API_KEYS = compiled(
    select(api_keys.c.key_id, api_keys.c.tenant_id, api_keys.c.expire_us, api_keys.c.revoke_us)
    .where(api_keys.c.key_id > parameter("after"))
    .order_by(api_keys.c.key_id)
    .limit(parameter("rows"))
    .offset(ZERO),
    "after",
    "rows",
)
DELETE_API_KEY = compiled(delete(api_keys).where(api_keys.c.key_id == parameter("key")), "key")
