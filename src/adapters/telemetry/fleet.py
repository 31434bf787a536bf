"""The workers apart as metrics: who there is, with what, and how long nothing was heard of it.

Names, versions and labels of workers are what operators chose, and few; an incarnation is no label, since every start
would leave a series behind. Workers of one name are added up.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aion.domain.fleet import SeenWorker


class FleetCollector(Collector):
    """Asks `seen` when somebody asks it."""

    def __init__(self, seen: Callable[[], Iterable[SeenWorker]]) -> None:
        self._seen = seen

    def collect(self) -> Iterable[Metric]:
        """What there is now."""
        workers = list(self._seen())
        slots = GaugeMetricFamily(
            "aion_worker_slots",
            "Attempts that a worker on another machine runs at once; state is working or draining.",
            labels=("worker", "version", "labels", "state"),
        )
        for labels, count in _slots(workers).items():
            slots.add_metric(labels, count)
        running = GaugeMetricFamily("aion_worker_attempts", "Attempts that a worker runs now.", labels=("worker",))
        silent = GaugeMetricFamily(
            "aion_worker_silent_seconds", "How long nothing was heard of a worker.", labels=("worker",)
        )
        for name, namesakes in _by_name(workers).items():
            running.add_metric((name,), sum(worker.leases for worker in namesakes))
            silent.add_metric((name,), max(worker.silent for worker in namesakes))
        engines = GaugeMetricFamily(
            "aion_worker_engine_slots",
            "Slots of workers on other machines that have an engine and do not drain.",
            labels=("engine",),
        )
        for engine, count in sorted(_engines(workers).items()):
            engines.add_metric((engine,), count)
        return (slots, running, silent, engines)


def _slots(workers: Iterable[SeenWorker]) -> Counter[tuple[str, str, str, str]]:
    slots: Counter[tuple[str, str, str, str]] = Counter()
    for worker in workers:
        about = worker.about
        labels = ",".join(f"{name}={value}" for name, value in sorted(about.labels.items()))
        slots[about.worker, about.version, labels, "draining" if worker.draining else "working"] += about.slots
    return slots


def _by_name(workers: Iterable[SeenWorker]) -> dict[str, list[SeenWorker]]:
    names = defaultdict(list)
    for worker in workers:
        names[worker.about.worker].append(worker)
    return names


def _engines(workers: Iterable[SeenWorker]) -> Counter[str]:
    slots: Counter[str] = Counter()
    for worker in workers:
        if not worker.draining:
            slots.update(dict.fromkeys(worker.engines, worker.about.slots))
    return slots
