"""Schedules."""

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, Table
from sqlalchemy import text as sql_text

from aion.adapters.storage.tables.columns import metadata, number, number_or_none, text

schedules = Table(
    "schedules",
    metadata,
    text("tenant_id"),
    text("schedule_id"),
    text("uid"),
    Column("fingerprint", LargeBinary, nullable=False),
    number("create_us"),
    # What a client says.
    text("cron"),
    text("time_zone"),
    text("task"),
    number("catch_up"),
    number("catch_up_window_us"),
    number("overlap"),
    number("paused"),
    text("pause_note"),
    number_or_none("start_us"),
    number_or_none("end_us"),
    # On whose behalf its tasks run.
    text("principal"),
    text("scopes"),
    # What became of it.
    number("update_us"),
    number("revision"),
    number("version"),
    number_or_none("next_fire_us"),
    number_or_none("wake_us"),
    number("tries"),
    number_or_none("last_fire_us"),
    text("last_task_id"),
    number("fired"),
    number("skipped"),
    text("last_refusal"),
    PrimaryKeyConstraint("tenant_id", "schedule_id"),
    CheckConstraint("catch_up BETWEEN 1 AND 3", name="catch_up"),
    CheckConstraint("overlap BETWEEN 1 AND 3", name="overlap"),
    CheckConstraint("(next_fire_us IS NULL) = (wake_us IS NULL)", name="wakes_to_fire"),
)
# The clock asks for all tenants, one after another.
Index("ix_schedules_to_wake", schedules.c.tenant_id, schedules.c.wake_us, sqlite_where=sql_text("wake_us IS NOT NULL"))
