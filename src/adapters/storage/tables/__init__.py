"""The tables of the embedded store, as SQLAlchemy Core sees them.

Every row has its tenant; indexes begin with it unless they serve a foreign key; keys grow with time, so that new rows
lie together on disk. Times are microseconds since 1970 in UTC, money is micro-dollars, enumerations hold the
contract's numbers.
"""

from aion.adapters.storage.tables.api_key_tables import api_keys
from aion.adapters.storage.tables.columns import metadata
from aion.adapters.storage.tables.schedule_tables import schedules
from aion.adapters.storage.tables.task_tables import idempotency_keys, outbox, task_events, task_logs, tasks, tombstones
from aion.adapters.storage.tables.webhook_tables import webhook_deliveries, webhook_keys, webhooks

__all__ = [
    "api_keys",
    "idempotency_keys",
    "metadata",
    "outbox",
    "schedules",
    "task_events",
    "task_logs",
    "tasks",
    "tombstones",
    "webhook_deliveries",
    "webhook_keys",
    "webhooks",
]
