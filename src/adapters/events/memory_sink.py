"""Facts kept in a list: the twin of the sinks that send them away, for tests and for whoever embeds AION."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aion.ports.outbox import EventSink, OutboxEvent


class MemoryEventSink:
    """Remembers every fact in the order of its delivery. `refusal`, when set, is raised and nothing is kept."""

    def __init__(self) -> None:
        self.events: list[OutboxEvent] = []
        self.refusal: Exception | None = None

    async def deliver(self, events: Sequence[OutboxEvent]) -> None:
        """Keeps them in order, or raises as a broker does that is away."""
        if self.refusal is not None:
            raise self.refusal
        self.events.extend(events)


if TYPE_CHECKING:
    _: type[EventSink] = MemoryEventSink
