"""Schedules: tasks that a clock submits."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "schedules",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("schedule_id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("create_us", sa.Integer(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("catch_up", sa.Integer(), nullable=False),
        sa.Column("catch_up_window_us", sa.Integer(), nullable=False),
        sa.Column("overlap", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Integer(), nullable=False),
        sa.Column("pause_note", sa.Text(), nullable=False),
        sa.Column("start_us", sa.Integer(), nullable=True),
        sa.Column("end_us", sa.Integer(), nullable=True),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("update_us", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_fire_us", sa.Integer(), nullable=True),
        sa.Column("wake_us", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_fire_us", sa.Integer(), nullable=True),
        sa.Column("last_task_id", sa.Text(), nullable=False),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("last_refusal", sa.Text(), nullable=False),
        sa.CheckConstraint("catch_up BETWEEN 1 AND 3", name=op.f("ck_schedules_catch_up")),
        sa.CheckConstraint("overlap BETWEEN 1 AND 3", name=op.f("ck_schedules_overlap")),
        sa.CheckConstraint("(next_fire_us IS NULL) = (wake_us IS NULL)", name=op.f("ck_schedules_wakes_to_fire")),
        sa.PrimaryKeyConstraint("tenant_id", "schedule_id", name=op.f("pk_schedules")),
    )
    op.create_index(
        "ix_schedules_to_wake", "schedules", ["tenant_id", "wake_us"], sqlite_where=sa.text("wake_us IS NOT NULL")
    )
