"""Facts that leave AION. They are written with the task and delivered at least once, after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aion.domain.identity import SystemScope


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """One fact. `sequence` orders the facts of one store; consumers drop what they have seen."""

    sequence: int
    tenant: str
    task_id: str
    name: str
    time: datetime


class Outbox(Protocol):
    """The facts that wait to be delivered."""

    async def waiting(self, scope: SystemScope, limit: int) -> Sequence[OutboxEvent]:
        """The oldest undelivered facts, in order."""
        ...

    async def delivered(self, scope: SystemScope, up_to: int) -> None:
        """Forgets every fact with sequence <= `up_to`."""
        ...


class EventSink(Protocol):
    """Where facts go."""

    async def deliver(self, events: Sequence[OutboxEvent]) -> None:
        """Delivers in order. Raises when it cannot: the relay then tries again, later."""
        ...
