"""Webhooks, what is owed to each, and the keys under which a retry finds what it made."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "webhooks",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("states", sa.Text(), nullable=False),
        sa.Column("intents", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("disabled", sa.Integer(), nullable=False),
        sa.Column("disable_reason", sa.Text(), nullable=False),
        sa.Column("failing_since_us", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("update_us", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_until_us", sa.Integer(), nullable=True),
        sa.Column("create_us", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("tenant_id", "webhook_id", name=op.f("uq_webhooks_tenant_id_webhook_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhook_keys",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_until_us", sa.Integer(), nullable=True),
        sa.Column("expire_us", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "principal", "operation", "key", name=op.f("pk_webhook_keys")),
    )
    op.create_index("ix_webhook_keys_by_expiry", "webhook_keys", ["expire_us"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("webhook_seq", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("create_us", sa.Integer(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("last_attempt_us", sa.Integer(), nullable=True),
        sa.Column("next_us", sa.Integer(), nullable=True),
        sa.Column("claim_owner", sa.Text(), nullable=True),
        sa.CheckConstraint("state BETWEEN 1 AND 3", name=op.f("ck_webhook_deliveries_state")),
        sa.CheckConstraint(
            "(state = 1) = (next_us IS NOT NULL)", name=op.f("ck_webhook_deliveries_only_pending_is_due")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("webhook_seq", "delivery_id", name=op.f("uq_webhook_deliveries_webhook_seq_delivery_id")),
    )
    op.create_index(
        "ix_webhook_deliveries_newest_first", "webhook_deliveries", ["webhook_seq", "create_us", "delivery_id"]
    )
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["webhook_seq", "next_us"],
        sqlite_where=sa.text("next_us IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_deliveries_of_task",
        "webhook_deliveries",
        ["tenant_id", "task_id"],
        sqlite_where=sa.text("next_us IS NOT NULL"),
    )
