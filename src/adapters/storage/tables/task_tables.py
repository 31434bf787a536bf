"""Tasks, their logs and keys, what is left of them, and the facts about them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text

from aion.adapters.storage.tables.columns import metadata, number, number_or_none, text, text_or_none


def _task_seq(ondelete: str, *, primary_key: bool = False) -> Column[int]:
    # The integer key makes this check a rowid look-up; tasks of other tenants never meet, `seq` is unique in the store.
    return Column(
        "task_seq",
        Integer,
        ForeignKey("tasks.seq", ondelete=ondelete),
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
    )


tasks = Table(
    "tasks",
    metadata,
    Column("seq", Integer, primary_key=True),
    text("tenant_id"),
    text("task_id"),
    # What was asked; never changes.
    text("principal"),
    text("intent"),
    text("input_json"),
    number("priority"),
    text("privacy"),
    number_or_none("budget_micros"),
    number_or_none("p95_us"),
    Column("fingerprint", LargeBinary, nullable=False),
    text("decision"),
    text_or_none("engine"),  # of the decision, for the index; a column added later cannot be NOT NULL
    text("candidates"),
    number("max_failures"),
    number("attempt_timeout_us"),
    number("create_us"),
    number("expire_us"),
    text("metadata"),
    text("traceparent"),
    number_or_none("queue_expire_us"),
    text_or_none("retry_of"),
    text_or_none("schedule_id"),
    number_or_none("held_until_us"),
    # Where it is in its life.
    number("state"),
    number_or_none("start_us"),
    number_or_none("end_us"),
    number_or_none("not_before_us"),
    number("alone"),
    number("cancel_requested"),
    text_or_none("lease_owner"),
    number_or_none("lease_fence"),
    number_or_none("lease_expires_us"),
    text("attempts"),
    number("last_offset"),
    number("stream_from"),
    text_or_none("result_json"),
    text_or_none("failure"),
    number("latency_us"),
    number("tokens"),
    number("cost_micros"),
    number("fuel"),
    number_or_none("promise_kept"),
    UniqueConstraint("tenant_id", "task_id"),
    CheckConstraint("state BETWEEN 1 AND 6", name="state"),
    CheckConstraint("priority BETWEEN 0 AND 2", name="priority"),
    CheckConstraint("budget_micros >= 0", name="budget"),
    CheckConstraint("(state = 2) = (lease_owner IS NOT NULL)", name="only_running_has_lease"),
    CheckConstraint("(state >= 3) = (end_us IS NOT NULL)", name="only_ended_has_end"),
    CheckConstraint("stream_from <= last_offset", name="offsets"),
)
Index("ix_tasks_newest_first", tasks.c.tenant_id, tasks.c.create_us, tasks.c.task_id)
Index(
    "ix_tasks_live",
    tasks.c.tenant_id,
    tasks.c.state,
    tasks.c.engine,
    tasks.c.priority.desc(),
    tasks.c.create_us,
    tasks.c.task_id,
    sqlite_where=sql_text("end_us IS NULL"),
)

Index(
    "ix_tasks_held_back",
    tasks.c.not_before_us,
    tasks.c.tenant_id,
    tasks.c.task_id,
    sqlite_where=sql_text("state = 1 AND not_before_us IS NOT NULL"),
)

task_events = Table(
    "task_events",
    metadata,
    # Appended by rowid, deleted once the log is compacted.
    Column("seq", Integer, primary_key=True),
    text("tenant_id"),
    _task_seq("NO ACTION"),
    number("offset"),
    number("attempt"),
    number("kind"),
    number("time_us"),
    text("text"),
    text("data_json"),
    number("discard_from"),
    CheckConstraint('"offset" >= 1', name="offset"),
    CheckConstraint("kind BETWEEN 1 AND 6", name="kind"),
)

# SQLite looks for a deleted task's events by this column alone.
Index("ix_task_events_of_task", task_events.c.task_seq)

task_logs = Table(
    "task_logs",
    metadata,
    _task_seq("CASCADE", primary_key=True),
    text("tenant_id"),
    text("events"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("seq", Integer, primary_key=True),
    text("tenant_id"),
    text("principal"),
    text("operation"),
    text("key"),
    Column("fingerprint", LargeBinary, nullable=False),
    _task_seq("CASCADE"),
    number("expire_us"),
    UniqueConstraint("tenant_id", "principal", "operation", "key"),
)
# SQLite looks for a deleted task's keys by this column alone.
Index("ix_idempotency_keys_of_task", idempotency_keys.c.task_seq)

tombstones = Table(
    "tombstones",
    metadata,
    text("tenant_id"),
    text("task_id"),
    number("purge_us"),
    PrimaryKeyConstraint("tenant_id", "task_id"),
)

outbox = Table(
    "outbox",
    metadata,
    # AUTOINCREMENT: a number is never given twice, or a consumer would drop a new fact as already seen.
    Column("sequence", Integer, primary_key=True),
    text("tenant_id"),
    text("task_id"),
    text("name"),
    number("time_us"),
    sqlite_autoincrement=True,
)
