"""The facts of the outbox as log lines: the sink of a server that has no message broker."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from aion.adapters.telemetry.logging import FACTS
from aion.ports.outbox import EventSink, OutboxEvent

log = structlog.stdlib.get_logger(FACTS)


class LogEventSink:
    """One line a fact, at debug: metrics count them, and at hundreds a second nobody reads them."""

    async def deliver(self, events: Sequence[OutboxEvent]) -> None:
        """Logs in order. Raises OSError when the log takes nothing."""
        if not logging.getLogger(FACTS).isEnabledFor(logging.DEBUG):
            return
        for event in events:
            log.debug(
                event.name,
                sequence=event.sequence,
                tenant=event.tenant,
                task_id=event.task_id,
                time=event.time.isoformat(),
            )


if TYPE_CHECKING:
    _: type[EventSink] = LogEventSink
