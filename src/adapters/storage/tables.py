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
    _text_or_none("engine"),  # of the decision, for the index; a column added later cannot be NOT NULL
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
    _number_or_none("held_until_us"),
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
    tasks.c.engine,
    tasks.c.priority.desc(),
    tasks.c.create_us,
    tasks.c.task_id,
    sqlite_where=text("end_us IS NULL"),
)

Index(
    "ix_tasks_held_back",
    tasks.c.not_before_us,
    tasks.c.tenant_id,
    tasks.c.task_id,
    sqlite_where=text("state = 1 AND not_before_us IS NOT NULL"),
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

webhooks = Table(
    "webhooks",
    metadata,
    # AUTOINCREMENT: what a deleted webhook leaves behind for a while must never become another one's.
    Column("seq", Integer, primary_key=True),
    _text("tenant_id"),
    _text("webhook_id"),
    _text("url"),
    _text("states"),
    _text("intents"),
    _text("description"),
    _number("disabled"),
    _text("disable_reason"),
    _number_or_none("failing_since_us"),
    _number("failures"),
    _number("update_us"),
    _number("revision"),
    # Sealed; the database alone opens neither.
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary, nullable=True),
    _number_or_none("old_until_us"),
    _number("create_us"),
    UniqueConstraint("tenant_id", "webhook_id"),
    sqlite_autoincrement=True,
)

# Which key was answered with which secret, so that a retry gets the same one. No foreign key: a key outlives its
# webhook, or a late retry of a creation would make another one.
webhook_keys = Table(
    "webhook_keys",
    metadata,
    _text("tenant_id"),
    _text("principal"),
    _text("operation"),
    _text("key"),
    Column("fingerprint", LargeBinary, nullable=False),
    _text("webhook_id"),
    # Sealed, as in `webhooks`.
    Column("secret", LargeBinary, nullable=False),
    _number_or_none("old_until_us"),
    _number("expire_us"),
    PrimaryKeyConstraint("tenant_id", "principal", "operation", "key"),
)
Index("ix_webhook_keys_by_expiry", webhook_keys.c.expire_us)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("tenant_id"),
    # No foreign key: deleting a webhook must not delete all of its deliveries in one transaction.
    _number("webhook_seq"),
    _text("delivery_id"),
    _text("task_id"),
    _text("event"),
    _number("create_us"),
    _number("state"),
    _number("attempts"),
    _number("tries"),
    _number("last_status"),
    _text("last_error"),
    _number_or_none("last_attempt_us"),
    # When it is due, or when the claim on it runs out; nothing when it is over.
    _number_or_none("next_us"),
    _text_or_none("claim_owner"),
    UniqueConstraint("webhook_seq", "delivery_id"),
    CheckConstraint("state BETWEEN 1 AND 3", name="state"),
    CheckConstraint("(state = 1) = (next_us IS NOT NULL)", name="only_pending_is_due"),
)
# `webhook_seq` is unique in the store: these begin with it as others do with the tenant.
Index(
    "ix_webhook_deliveries_newest_first",
    webhook_deliveries.c.webhook_seq,
    webhook_deliveries.c.create_us,
    webhook_deliveries.c.delivery_id,
)
Index(
    "ix_webhook_deliveries_due",
    webhook_deliveries.c.webhook_seq,
    webhook_deliveries.c.next_us,
    sqlite_where=text("next_us IS NOT NULL"),
)
# Retention asks whether a delivery of a task still waits.
Index(
    "ix_webhook_deliveries_of_task",
    webhook_deliveries.c.tenant_id,
    webhook_deliveries.c.task_id,
    sqlite_where=text("next_us IS NOT NULL"),
)

schedules = Table(
    "schedules",
    metadata,
    _text("tenant_id"),
    _text("schedule_id"),
    _text("uid"),
    Column("fingerprint", LargeBinary, nullable=False),
    _number("create_us"),
    # What a client says.
    _text("cron"),
    _text("time_zone"),
    _text("task"),
    _number("catch_up"),
    _number("catch_up_window_us"),
    _number("overlap"),
    _number("paused"),
    _text("pause_note"),
    _number_or_none("start_us"),
    _number_or_none("end_us"),
    # On whose behalf its tasks run.
    _text("principal"),
    _text("scopes"),
    # What became of it.
    _number("update_us"),
    _number("revision"),
    _number("version"),
    _number_or_none("next_fire_us"),
    _number_or_none("wake_us"),
    _number("tries"),
    _number_or_none("last_fire_us"),
    _text("last_task_id"),
    _number("fired"),
    _number("skipped"),
    _text("last_refusal"),
    PrimaryKeyConstraint("tenant_id", "schedule_id"),
    CheckConstraint("catch_up BETWEEN 1 AND 3", name="catch_up"),
    CheckConstraint("overlap BETWEEN 1 AND 3", name="overlap"),
    CheckConstraint("(next_fire_us IS NULL) = (wake_us IS NULL)", name="wakes_to_fire"),
)
# The clock asks for all tenants, one after another.
Index("ix_schedules_to_wake", schedules.c.tenant_id, schedules.c.wake_us, sqlite_where=text("wake_us IS NOT NULL"))
