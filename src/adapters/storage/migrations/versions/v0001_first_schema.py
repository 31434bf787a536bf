"""The first schema: tasks, their logs, idempotency keys, outbox, tombstones and API keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every table."""
    op.create_table(
        "tasks",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("input_json", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("privacy", sa.Text(), nullable=False),
        sa.Column("budget_micros", sa.Integer(), nullable=True),
        sa.Column("p95_us", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("max_failures", sa.Integer(), nullable=False),
        sa.Column("attempt_timeout_us", sa.Integer(), nullable=False),
        sa.Column("create_us", sa.Integer(), nullable=False),
        sa.Column("expire_us", sa.Integer(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("start_us", sa.Integer(), nullable=True),
        sa.Column("end_us", sa.Integer(), nullable=True),
        sa.Column("not_before_us", sa.Integer(), nullable=True),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_fence", sa.Integer(), nullable=True),
        sa.Column("lease_expires_us", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Text(), nullable=False),
        sa.Column("last_offset", sa.Integer(), nullable=False),
        sa.Column("stream_from", sa.Integer(), nullable=False),
        sa.Column("result_json", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("latency_us", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("cost_micros", sa.Integer(), nullable=False),
        sa.Column("fuel", sa.Integer(), nullable=False),
        sa.Column("promise_kept", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 2) = (lease_owner IS NOT NULL)", name=op.f("ck_tasks_only_running_has_lease")),
        sa.CheckConstraint("(state >= 3) = (end_us IS NOT NULL)", name=op.f("ck_tasks_only_ended_has_end")),
        sa.CheckConstraint("budget_micros >= 0", name=op.f("ck_tasks_budget")),
        sa.CheckConstraint("priority BETWEEN 0 AND 2", name=op.f("ck_tasks_priority")),
        sa.CheckConstraint("state BETWEEN 1 AND 6", name=op.f("ck_tasks_state")),
        sa.CheckConstraint("stream_from <= last_offset", name=op.f("ck_tasks_offsets")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tasks")),
        sa.UniqueConstraint("tenant_id", "task_id", name=op.f("uq_tasks_tenant_id_task_id")),
    )
    op.create_index(
        "ix_tasks_live",
        "tasks",
        ["tenant_id", "state", sa.literal_column("priority DESC"), "create_us", "task_id"],
        unique=False,
        sqlite_where=sa.text("end_us IS NULL"),
    )
    op.create_index("ix_tasks_newest_first", "tasks", ["tenant_id", "create_us", "task_id"], unique=False)
    op.create_table(
        "task_events",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("task_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("time_us", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.Column("discard_from", sa.Integer(), nullable=False),
        sa.CheckConstraint('"offset" >= 1', name=op.f("ck_task_events_offset")),
        sa.CheckConstraint("kind BETWEEN 1 AND 6", name=op.f("ck_task_events_kind")),
        sa.ForeignKeyConstraint(["task_seq"], ["tasks.seq"], name=op.f("fk_task_events_tasks"), ondelete="NO ACTION"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_task_events")),
    )
    op.create_table(
        "task_logs",
        sa.Column("task_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_seq"], ["tasks.seq"], name=op.f("fk_task_logs_tasks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task_seq", name=op.f("pk_task_logs")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("task_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("expire_us", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_seq"], ["tasks.seq"], name=op.f("fk_idempotency_keys_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint(
            "tenant_id",
            "principal",
            "operation",
            "key",
            name=op.f("uq_idempotency_keys_tenant_id_principal_operation_key"),
        ),
    )
    op.create_index("ix_idempotency_keys_of_task", "idempotency_keys", ["task_seq"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("purge_us", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "task_id", name=op.f("pk_tombstones")),
    )
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_us", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("create_us", sa.Integer(), nullable=False),
        sa.Column("expire_us", sa.Integer(), nullable=True),
        sa.Column("revoke_us", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
    )
    op.create_index("ix_api_keys_of_tenant", "api_keys", ["tenant_id", "create_us"], unique=False)


def downgrade() -> None:
    """Drops every table, with all that is in them."""
    op.drop_table("api_keys")
    op.drop_table("outbox")
    op.drop_table("tombstones")
    op.drop_table("idempotency_keys")
    op.drop_table("task_logs")
    op.drop_table("task_events")
    op.drop_table("tasks")
