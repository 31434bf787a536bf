"""What operators see of deliveries, and what they never see."""

from dataclasses import replace
from datetime import timedelta

import structlog

from aion.adapters.telemetry.metrics import Metrics
from aion.adapters.telemetry.redaction import redacted_text
from aion.adapters.telemetry.webhooks import TelemetryDeliveryObserver
from aion.domain.webhooks import AttemptReport, Delivery, attempted, secret_text
from tests.sample_tasks import START

PLANNED = Delivery("acme", "hook", "msg_1", "task-1", "task.ok", START, next_attempt_time=START)
YES, NO = AttemptReport(204), AttemptReport(500, "HTTP 500")


def seen(*steps: tuple[Delivery, AttemptReport]) -> tuple[str, list[structlog.typing.EventDict]]:
    """The metrics and the log lines after these attempts, each made three seconds after the end."""
    metrics = Metrics("test")
    observer = TelemetryDeliveryObserver(metrics)
    with structlog.testing.capture_logs() as lines:
        for delivery, report in steps:
            after = attempted(delivery, report, START + timedelta(seconds=3))
            observer.attempted(after, report, timedelta(milliseconds=20))
    return metrics.render().decode(), list(lines)


def test_attempts_are_counted_by_outcome_and_lag_is_measured_from_the_end_of_the_task():
    metrics, lines = seen((PLANNED, YES), (PLANNED, NO), (PLANNED, NO), (replace(PLANNED, tries=9, attempts=9), NO))
    for outcome, count in (("delivered", 1), ("retrying", 2), ("failed", 1)):
        assert f'aion_webhook_attempt_seconds_count{{outcome="{outcome}"}} {count}.0' in metrics
    assert "aion_webhook_lag_seconds_count 1.0" in metrics
    assert "aion_webhook_lag_seconds_sum 3.0" in metrics
    assert "acme" not in metrics
    (line,) = lines
    assert (line["event"], line["delivery_id"], line["attempts"]) == ("delivery failed", "msg_1", 10)


def test_a_replay_says_nothing_about_lag():
    metrics, _ = seen((replace(PLANNED, attempts=3, tries=0), YES))
    assert 'aion_webhook_attempt_seconds_count{outcome="delivered"} 1.0' in metrics
    assert "aion_webhook_lag_seconds_count" not in metrics


def test_a_secret_never_reaches_a_log():
    text = secret_text(b"\xfb" * 32)
    assert text not in redacted_text(f"the secret {text} leaked")
    assert "whsec_***" in redacted_text(f"the secret {text} leaked")
