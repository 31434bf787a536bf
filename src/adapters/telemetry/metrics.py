"""Every metric of AION, in one list, in a registry of its own.

Labels have few values by design: methods, codes, engines, intents of the catalogue. No tenant, task or key
is ever a label: that many series cost memory here and money wherever they are kept; the event log and the
store answer by tenant. Names and labels are what dashboards and alerts are built on: they change like a
contract.
"""

import logging
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from aion.adapters.telemetry.series import Counter, Histogram

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_CALL_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_ATTEMPT_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_COMMIT_SECONDS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1)
_LAG_SECONDS: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 6 * 3600, 24 * 3600)
_BATCH_WRITES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)

log = logging.getLogger(__name__)


class Level(Enum):
    """What is not counted but looked at when somebody asks: name, and what it says."""

    QUEUE_DEPTH = ("aion_queue_depth", "Tasks that wait for a worker.")
    RUNNING = ("aion_attempts_running", "Attempts that run now in this process.")
    WAITERS = ("aion_waiters", "Calls that wait for a result.")
    QUEUED_CALLS = ("aion_calls_queued", "Calls that wait for their turn, since more come than can be served.")
    WEBHOOKS_SENDING = ("aion_webhooks_sending", "Attempts to deliver to webhooks that are under way.")
    WATCHERS = ("aion_watchers", "Open streams.")
    WORKERS = ("aion_workers_connected", "Workers on other machines that called within the last minute.")
    WORKER_LEASES = ("aion_worker_leases", "Attempts that run on other machines, as far as this server saw them.")
    HOSTS_ALIVE = ("aion_engine_hosts_alive", "Engine host processes that are alive.")


class Metrics:
    """The metrics of one process.

    Counters are written by the event loop, `commits` by the store's writer thread.
    """

    def __init__(self, version: str) -> None:
        self.calls = Histogram(
            "aion_request_seconds",
            "Calls from arrival to answer; streams to their end.",
            _CALL_SECONDS,
            ("method", "transport", "code"),
        )
        self.accepted = Counter("aion_tasks_accepted", "Tasks accepted, replays not counted.", ("intent",))
        self.ended = Counter("aion_tasks_ended", "Tasks that reached their end.", ("intent", "state"))
        self.attempts = Histogram(
            "aion_attempt_seconds", "Attempts from start to settle.", _ATTEMPT_SECONDS, ("engine", "outcome")
        )
        self.leases_lost = Counter("aion_leases_lost", "Attempts stopped because their lease was gone.")
        self.events = Counter("aion_events_appended", "Events in the logs of tasks, counted when a task ends.")
        self.host_restarts = Counter("aion_engine_host_restarts", "Engine host processes replaced.", ("cause",))
        self.refused = Counter("aion_requests_refused", "Calls refused, by reason.", ("reason",))
        self.trouble = Counter("aion_trouble", "Unexpected errors in the background.", ("where",))
        self.commit_writes = Histogram("aion_commit_writes", "Writes committed together.", _BATCH_WRITES)
        self.commit_seconds = Histogram("aion_commit_seconds", "Group commits from begin to disk.", _COMMIT_SECONDS)
        self.webhook_attempts = Histogram(
            "aion_webhook_attempt_seconds", "Attempts to deliver to a webhook.", _CALL_SECONDS, ("outcome",)
        )
        self.webhook_lag = Histogram(
            "aion_webhook_lag_seconds", "Deliveries from the end of the task to the receiver's yes.", _LAG_SECONDS
        )
        self.schedules_fired = Histogram(
            "aion_schedule_lag_seconds", "Times of schedules that became tasks, by how late.", _LAG_SECONDS
        )
        self.schedules_skipped = Counter(
            "aion_schedule_times_skipped", "Times of schedules that did not become tasks.", ("cause",)
        )
        self._levels = _Levels()
        self._registry = CollectorRegistry(auto_describe=False)
        for collector in (
            self.calls,
            _Requests(self.calls),
            self.accepted,
            self.ended,
            self.attempts,
            self.leases_lost,
            self.events,
            self.host_restarts,
            self.refused,
            self.trouble,
            self.commit_writes,
            self.commit_seconds,
            self.webhook_attempts,
            self.webhook_lag,
            self.schedules_fired,
            _Fired(self.schedules_fired),
            self.schedules_skipped,
            self._levels,
            _Build(version),
        ):
            self._registry.register(collector)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def look(self, level: Level, read: Callable[[], float]) -> None:
        """From now on asks `read` for this level; a level that nobody reads is not shown at all."""
        self._levels.readers[level] = read

    def add(self, collector: Collector) -> None:
        """From now on asks this one, too."""
        self._registry.register(collector)

    def committed(self, writes: int, seconds: float) -> None:
        """Counts one group commit; for the store's writer thread only."""
        self.commit_writes.observe(writes)
        self.commit_seconds.observe(seconds)

    def render(self) -> bytes:
        """Everything, in the Prometheus text format (`CONTENT_TYPE`)."""
        return generate_latest(self._registry)


class _Requests(Collector):
    """`aion_requests_total`, which the histogram of calls already knows."""

    def __init__(self, calls: Histogram) -> None:
        self._calls = calls

    def collect(self) -> Iterable[Metric]:
        yield self._calls.counts("aion_requests", "Calls answered.")


class _Fired(Collector):
    """`aion_schedule_times_fired_total`, which the histogram of lags already knows."""

    def __init__(self, lags: Histogram) -> None:
        self._lags = lags

    def collect(self) -> Iterable[Metric]:
        yield self._lags.counts("aion_schedule_times_fired", "Times of schedules that became tasks.")


class _Levels(Collector):
    def __init__(self) -> None:
        self.readers: dict[Level, Callable[[], float]] = {}

    def collect(self) -> Iterable[Metric]:
        for level, read in list(self.readers.items()):
            name, says = level.value
            try:
                yield GaugeMetricFamily(name, says, value=read())
            except Exception:
                # One broken reader must not hide all other metrics.
                log.exception("a metric cannot be read: %s", name)


class _Build(Collector):
    def __init__(self, version: str) -> None:
        self._version = version

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily("aion_build", "What runs.", value={"version": self._version})
