"""What Alembic runs: migrations on the connection that `aion.adapters.storage.schema` hands over."""

from alembic import context
from sqlalchemy import Connection

from aion.adapters.storage.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
