"""What the writer remembers of webhooks, so that the end of a task costs nothing when nobody wants to hear of it.

It is part of the store's memory: made again from the tables when a transaction failed.
"""

import sqlite3
from collections.abc import Iterable

from aion.adapters.storage import webhook_statements as sql
from aion.adapters.storage.codec import to_us
from aion.adapters.storage.webhook_rows import decode_wish, encode_life
from aion.domain.tasks import Task
from aion.domain.webhooks import Delivery, WebhookWish, delivery_id, event_of, wants


class WebhookIndex:
    """The wishes of every webhook by tenant, and when the next delivery is due."""

    def __init__(self) -> None:
        self._by_tenant: dict[str, dict[int, tuple[str, WebhookWish]]] = {}
        self.next_due_us: int | None = None
        """Any thread may read it."""

    def load(self, connection: sqlite3.Connection) -> None:
        """Makes everything anew from the tables."""
        self._by_tenant = {}
        for seq, tenant, webhook_id, *wish in connection.execute(sql.SELECT_WISHES):
            self.put(tenant, seq, webhook_id, decode_wish(wish))
        self.refresh_due(connection)

    def put(self, tenant: str, seq: int, webhook_id: str, wish: WebhookWish) -> None:
        """A webhook is new or wishes something else."""
        self._by_tenant.setdefault(tenant, {})[seq] = (webhook_id, wish)

    def drop(self, tenant: str, seq: int) -> None:
        """A webhook is deleted."""
        known = self._by_tenant.get(tenant, {})
        known.pop(seq, None)
        if not known:
            self._by_tenant.pop(tenant, None)

    def refresh_due(self, connection: sqlite3.Connection) -> None:
        """Works out when a delivery is due next."""
        self.next_due_us = connection.execute(sql.SELECT_NEXT_DUE).fetchone()[0]

    def plan(self, connection: sqlite3.Connection, ended: Iterable[Task]) -> None:
        """Writes a delivery for each webhook that wants to hear of a task that ended in this transaction."""
        if not self._by_tenant:
            return
        rows = []
        for task in ended:
            for seq, (webhook_id, wish) in self._by_tenant.get(task.tenant, {}).items():
                if wants(wish, task):
                    planned = _planned(task, webhook_id)
                    due_us = to_us(planned.create_time)
                    asked = (task.tenant, seq, planned.delivery_id, task.task_id, planned.event, due_us)
                    rows.append((*asked, *encode_life(planned)))
                    self.next_due_us = due_us if self.next_due_us is None else min(self.next_due_us, due_us)
        if rows:
            connection.executemany(sql.INSERT_DELIVERY, rows)


def _planned(task: Task, webhook_id: str) -> Delivery:
    if task.end_time is None:
        raise ValueError(f"the task {task.task_id} has not ended")
    return Delivery(
        tenant=task.tenant,
        webhook_id=webhook_id,
        delivery_id=delivery_id(task.tenant, webhook_id, task.task_id),
        task_id=task.task_id,
        event=event_of(task.state),
        create_time=task.end_time,
        next_attempt_time=task.end_time,
    )
