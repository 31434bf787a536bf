"""API keys."""

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table

from aion.adapters.storage.tables.columns import metadata, number, number_or_none, text

api_keys = Table(
    "api_keys",
    metadata,
    text("key_id"),
    text("tenant_id"),
    text("principal"),
    text("scopes"),
    Column("mac", LargeBinary, nullable=False),
    number("create_us"),
    number_or_none("expire_us"),
    number_or_none("revoke_us"),
    PrimaryKeyConstraint("key_id"),
)
Index("ix_api_keys_of_tenant", api_keys.c.tenant_id, api_keys.c.create_us)
