"""Webhooks, their keys and deliveries."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text

from aion.adapters.storage.tables.columns import metadata, number, number_or_none, text, text_or_none

webhooks = Table(
    "webhooks",
    metadata,
    # AUTOINCREMENT: what a deleted webhook leaves behind for a while must never become another one's.
    Column("seq", Integer, primary_key=True),
    text("tenant_id"),
    text("webhook_id"),
    text("url"),
    text("states"),
    text("intents"),
    text("description"),
    number("disabled"),
    text("disable_reason"),
    number_or_none("failing_since_us"),
    number("failures"),
    number("update_us"),
    number("revision"),
    # Sealed; the database alone opens neither.
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary, nullable=True),
    number_or_none("old_until_us"),
    number("create_us"),
    UniqueConstraint("tenant_id", "webhook_id"),
    sqlite_autoincrement=True,
)

# Which key was answered with which secret, so that a retry gets the same one. No foreign key: a key outlives its
# webhook, or a late retry of a creation would make another one.
webhook_keys = Table(
    "webhook_keys",
    metadata,
    text("tenant_id"),
    text("principal"),
    text("operation"),
    text("key"),
    Column("fingerprint", LargeBinary, nullable=False),
    text("webhook_id"),
    # Sealed, as in `webhooks`.
    Column("secret", LargeBinary, nullable=False),
    number_or_none("old_until_us"),
    number("expire_us"),
    PrimaryKeyConstraint("tenant_id", "principal", "operation", "key"),
)
Index("ix_webhook_keys_by_expiry", webhook_keys.c.expire_us)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("seq", Integer, primary_key=True),
    text("tenant_id"),
    # No foreign key: deleting a webhook must not delete all of its deliveries in one transaction.
    number("webhook_seq"),
    text("delivery_id"),
    text("task_id"),
    text("event"),
    number("create_us"),
    number("state"),
    number("attempts"),
    number("tries"),
    number("last_status"),
    text("last_error"),
    number_or_none("last_attempt_us"),
    # When it is due, or when the claim on it runs out; nothing when it is over.
    number_or_none("next_us"),
    text_or_none("claim_owner"),
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
    sqlite_where=sql_text("next_us IS NOT NULL"),
)
# Retention asks whether a delivery of a task still waits.
Index(
    "ix_webhook_deliveries_of_task",
    webhook_deliveries.c.tenant_id,
    webhook_deliveries.c.task_id,
    sqlite_where=sql_text("next_us IS NOT NULL"),
)
