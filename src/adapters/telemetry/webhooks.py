"""What becomes of deliveries, as metrics and log lines. A receiver's URL is never among them: it may hold a secret."""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from aion.adapters.telemetry.metrics import Metrics
from aion.domain.webhooks import AttemptReport, Delivery, DeliveryState
from aion.ports.webhooks import DeliveryObserver

log = structlog.stdlib.get_logger("aion.webhooks")

_OUTCOMES = {
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.PENDING: "retrying",
    DeliveryState.FAILED: "failed",
}


class TelemetryDeliveryObserver:
    """Counts attempts by outcome, and how long after its task's end a delivery arrived."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def attempted(self, delivery: Delivery, report: AttemptReport, took: timedelta) -> None:
        """One attempt."""
        outcome = _OUTCOMES[delivery.state]
        self._metrics.webhook_attempts.observe(took.total_seconds(), outcome)
        if delivery.state is DeliveryState.DELIVERED and delivery.last_attempt_time is not None:
            if delivery.tries != delivery.attempts:
                return  # a replay says nothing about how quick deliveries are
            lag = delivery.last_attempt_time - delivery.create_time
            self._metrics.webhook_lag.observe(max(lag.total_seconds(), 0.0))
        elif delivery.state is DeliveryState.FAILED:
            log.warning(
                "delivery failed",
                tenant=delivery.tenant,
                webhook_id=delivery.webhook_id,
                delivery_id=delivery.delivery_id,
                attempts=delivery.attempts,
                status=report.status,
                why=delivery.last_error,
            )


if TYPE_CHECKING:
    _: type[DeliveryObserver] = TelemetryDeliveryObserver
