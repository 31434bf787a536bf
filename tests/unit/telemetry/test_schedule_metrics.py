"""What schedules do is counted, by how late it was and by why it was not."""

from datetime import timedelta

from aion.adapters.telemetry.metrics import Metrics
from aion.adapters.telemetry.observer import TelemetryObserver
from aion.adapters.telemetry.tracing import Tracer
from tests.manual_clock import CountingEntropy
from tests.sample_schedules import new_schedule


def page(metrics: Metrics) -> list[str]:
    return [line for line in metrics.render().decode().splitlines() if line.startswith("aion_schedule")]


def test_times_are_counted_by_how_late_they_became_tasks():
    metrics = Metrics("0")
    TelemetryObserver(metrics, Tracer(CountingEntropy(), 0.0)).schedule_fired(new_schedule(), timedelta(seconds=3))
    assert "aion_schedule_times_fired_total 1.0" in page(metrics)
    assert "aion_schedule_lag_seconds_sum 3.0" in page(metrics)
    assert 'aion_schedule_lag_seconds_bucket{le="2.5"} 0.0' in page(metrics)


def test_times_that_became_no_task_are_counted_by_their_cause():
    metrics = Metrics("0")
    observer = TelemetryObserver(metrics, Tracer(CountingEntropy(), 0.0))
    observer.schedule_skipped(new_schedule(), 7, "CATCH_UP")
    observer.schedule_skipped(new_schedule(), 1, "OVERLAP")
    assert 'aion_schedule_times_skipped_total{cause="CATCH_UP"} 7.0' in page(metrics)
    assert 'aion_schedule_times_skipped_total{cause="OVERLAP"} 1.0' in page(metrics)
