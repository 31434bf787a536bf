"""The tables of the embedded store, as SQLAlchemy Core sees them.

Every row has its tenant; indexes begin with it unless they serve a foreign key; keys grow with time, so that new rows
lie together on disk. Times are microseconds since 1970 in UTC, money is micro-dollars, enumerations hold the
contract's numbers.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _number_or_none(name: str) -> Column[int]:
    return Column(name, Integer, nullable=True)


def _text_or_none(name: str) -> Column[str]:
    return Column(name, Text, nullable=True)


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
    _text("tenant_id"),
    _text("task_id"),
    # What was asked; never changes.
    _text("principal"),
    _text("intent"),
    _text("input_json"),
    _number("priority"),
    _text("privacy"),
    _number_or_none("budget_micros"),
    _number_or_none("p95_us"),
    Column("fingerprint", LargeBinary, nullable=False),
    _text("decision"),
    _text("candidates"),
    _number("max_failures"),
    _number("attempt_timeout_us"),
    _number("create_us"),
    _number("expire_us"),
    _text("metadata"),
    _text("traceparent"),
    _number_or_none("queue_expire_us"),
    _text_or_none("retry_of"),
    _text_or_none("schedule_id"),
    # Where it is in its life.
    _number("state"),
    _number_or_none("start_us"),
    _number_or_none("end_us"),
    _number_or_none("not_before_us"),
    _number("alone"),
    _number("cancel_requested"),
    _text_or_none("lease_owner"),
    _number_or_none("lease_fence"),
    _number_or_none("lease_expires_us"),
    _text("attempts"),
    _number("last_offset"),
    _number("stream_from"),
    _text_or_none("result_json"),
    _text_or_none("failure"),
    _number("latency_us"),
    _number("tokens"),
    _number("cost_micros"),
    _number("fuel"),
    _number_or_none("promise_kept"),
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
    tasks.c.priority.desc(),
    tasks.c.create_us,
    tasks.c.task_id,
    sqlite_where=text("end_us IS NULL"),
)

task_events = Table(
    "task_events",
    metadata,
    # Appended by rowid, deleted once the log is compacted.
    Column("seq", Integer, primary_key=True),
    _text("tenant_id"),
    _task_seq("NO ACTION"),
    _number("offset"),
    _number("attempt"),
    _number("kind"),
    _number("time_us"),
    _text("text"),
    _text("data_json"),
    _number("discard_from"),
    CheckConstraint('"offset" >= 1', name="offset"),
    CheckConstraint("kind BETWEEN 1 AND 6", name="kind"),
)

# SQLite looks for a deleted task's events by this column alone.
Index("ix_task_events_of_task", task_events.c.task_seq)

task_logs = Table(
    "task_logs",
    metadata,
    _task_seq("CASCADE", primary_key=True),
    _text("tenant_id"),
    _text("events"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("tenant_id"),
    _text("principal"),
    _text("operation"),
    _text("key"),
    Column("fingerprint", LargeBinary, nullable=False),
    _task_seq("CASCADE"),
    _number("expire_us"),
    UniqueConstraint("tenant_id", "principal", "operation", "key"),
)
# SQLite looks for a deleted task's keys by this column alone.
Index("ix_idempotency_keys_of_task", idempotency_keys.c.task_seq)

tombstones = Table(
    "tombstones",
    metadata,
    _text("tenant_id"),
    _text("task_id"),
    _number("purge_us"),
    PrimaryKeyConstraint("tenant_id", "task_id"),
)

outbox = Table(
    "outbox",
    metadata,
    # AUTOINCREMENT: a number is never given twice, or a consumer would drop a new fact as already seen.
    Column("sequence", Integer, primary_key=True),
    _text("tenant_id"),
    _text("task_id"),
    _text("name"),
    _number("time_us"),
    sqlite_autoincrement=True,
)

api_keys = Table(
    "api_keys",
    metadata,
    _text("key_id"),
    _text("tenant_id"),
    _text("principal"),
    _text("scopes"),
    Column("mac", LargeBinary, nullable=False),
    _number("create_us"),
    _number_or_none("expire_us"),
    _number_or_none("revoke_us"),
    PrimaryKeyConstraint("key_id"),
)
Index("ix_api_keys_of_tenant", api_keys.c.tenant_id, api_keys.c.create_us)
