"""What the writer remembers of webhooks, so that the end of a task costs nothing when nobody wants to hear of it.

It is part of the store's memory: made again from the tables when a transaction failed.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from aion.adapters.storage.times import to_us
from aion.adapters.storage.webhooks import statements as sql
from aion.adapters.storage.webhooks.codec import decode_wish, encode_life
from aion.adapters.storage.webhooks.turns import Key, Turns
from aion.domain.tasks import Task
from aion.domain.webhooks import (
    MOST_WAITING,
    Delivery,
    DeliveryState,
    WebhookWish,
    delivery_id,
    event_of,
    wants,
)

_TOO_MANY = f"{MOST_WAITING} deliveries waited for this webhook already; replay it when the receiver is well again"


class WebhookIndex:
    """The wishes of every webhook by tenant, and whose turn it is when deliveries are due."""

    def __init__(self) -> None:
        self._by_tenant: dict[str, dict[int, tuple[str, WebhookWish]]] = {}
        self.turns = Turns()

    @property
    def empty(self) -> bool:
        """Whether there is no webhook at all. Any thread may ask."""
        return not self._by_tenant

    @property
    def next_due_us(self) -> int | None:
        """When the next delivery is due. Any thread may ask."""
        return self.turns.next_due_us

    def load(self, connection: sqlite3.Connection) -> None:
        """Makes everything anew from the tables."""
        self._by_tenant = {}
        for seq, tenant, webhook_id, *wish in connection.execute(sql.SELECT_WISHES):
            self.put(tenant, seq, webhook_id, decode_wish(wish))
        self.load_turns(connection)

    def load_turns(self, connection: sqlite3.Connection) -> None:
        """Works out anew what waits for each webhook."""
        keys = {
            seq: (tenant, webhook_id)
            for tenant, known in self._by_tenant.items()
            for seq, (webhook_id, _) in known.items()
        }
        waited_for = connection.execute(sql.SELECT_WAITED_FOR)
        self.turns = Turns((keys[seq], due_us, count) for seq, due_us, count in waited_for)

    def put(self, tenant: str, seq: int, webhook_id: str, wish: WebhookWish) -> None:
        """A webhook is new or wishes something else."""
        self._by_tenant.setdefault(tenant, {})[seq] = (webhook_id, wish)

    def drop(self, tenant: str, seq: int) -> None:
        """A webhook is deleted."""
        known = self._by_tenant.get(tenant, {})
        webhook_id, _ = known.pop(seq)
        self.turns.drop((tenant, webhook_id))
        if not known:
            self._by_tenant.pop(tenant, None)

    def refresh_due(self, connection: sqlite3.Connection, key: Key, seq: int, now_us: int) -> None:
        """Works out when a delivery of one webhook is due next."""
        self.turns.due(key, connection.execute(sql.SELECT_NEXT_DUE, (seq,)).fetchone()[0], now_us)

    def plan(self, connection: sqlite3.Connection, ended: Iterable[Task], now: datetime) -> None:
        """Writes a delivery for each webhook that wants to hear of a task that ended in this transaction."""
        if not self._by_tenant:
            return
        rows, now_us = [], to_us(now)
        for task in ended:
            for seq, (webhook_id, wish) in self._by_tenant.get(task.tenant, {}).items():
                if wants(wish, task):
                    planned = _planned(task, webhook_id, now)
                    key = (task.tenant, webhook_id)
                    if self.turns.waiting(key) < MOST_WAITING:
                        self.turns.add(key, now_us)
                    else:
                        planned = replace(
                            planned, state=DeliveryState.FAILED, last_error=_TOO_MANY, next_attempt_time=None
                        )
                    made_us = to_us(planned.create_time)
                    asked = (task.tenant, seq, planned.delivery_id, task.task_id, planned.event, made_us)
                    rows.append((*asked, *encode_life(planned)))
        if rows:
            connection.executemany(sql.INSERT_DELIVERY, rows)


def _planned(task: Task, webhook_id: str, now: datetime) -> Delivery:
    """Due now: a task that was accepted while the clock was ahead may have an end that lies in the future."""
    if task.end_time is None:
        raise ValueError(f"the task {task.task_id} has not ended")
    return Delivery(
        tenant=task.tenant,
        webhook_id=webhook_id,
        delivery_id=delivery_id(task.tenant, webhook_id, task.task_id),
        task_id=task.task_id,
        event=event_of(task.state),
        create_time=task.end_time,
        next_attempt_time=now,
    )
