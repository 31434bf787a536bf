"""Counters and histograms whose update is a dictionary look-up and a few additions.

prometheus-client only writes them out: the library's own take a lock and several calls for each update,
which is most of a microsecond a metric on a path where AION counts in microseconds. The price: each family
is written by one thread only (the event loop's, or the store's writer), and read by any.

The number of series of a family is bounded: past the bound every new combination of labels is counted as
`other`, so that a label that turns out to be unbounded costs precision and not memory.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

MOST_SERIES: Final = 1_000
OTHER: Final = "other"

Labels = tuple[str, ...]


class Counter(Collector):
    """A number by labels that only grows."""

    def __init__(self, name: str, says: str, labels: Sequence[str] = (), most_series: int = MOST_SERIES) -> None:
        self._name = name
        self._says = says
        self._labels = tuple(labels)
        self._most_series = most_series
        self._values: dict[Labels, float] = {}

    def add(self, *labels: str, amount: float = 1) -> None:
        """Counts; one value for each label of the family."""
        values = self._values
        if labels in values:
            values[labels] += amount
            return
        labels = _bounded(labels, self._labels, len(values) < self._most_series)
        values[labels] = values.get(labels, 0) + amount

    def collect(self) -> Iterable[Metric]:
        """The family as it is now."""
        family = CounterMetricFamily(self._name, self._says, labels=self._labels)
        for labels, value in list(self._values.items()):
            family.add_metric(labels, value)
        yield family


class Histogram(Collector):
    """How often a value fell below each bound, by labels."""

    def __init__(
        self,
        name: str,
        says: str,
        bounds: Sequence[float],
        labels: Sequence[str] = (),
        most_series: int = MOST_SERIES,
    ) -> None:
        if list(bounds) != sorted(set(bounds)):
            raise ValueError("the bounds of a histogram grow")
        self._name = name
        self._says = says
        self._bounds = tuple(bounds)
        self._labels = tuple(labels)
        self._most_series = most_series
        self._series: dict[Labels, list[float]] = {}  # one count a bound, one above them all, and the sum

    def observe(self, value: float, *labels: str) -> None:
        """Counts one value; one value for each label of the family."""
        series = self._series.get(labels)
        if series is None:
            labels = _bounded(labels, self._labels, len(self._series) < self._most_series)
            series = self._series.setdefault(labels, [0.0] * (len(self._bounds) + 2))
        series[bisect_left(self._bounds, value)] += 1
        series[-1] += value

    def collect(self) -> Iterable[Metric]:
        """The family as it is now."""
        family = HistogramMetricFamily(self._name, self._says, labels=self._labels)
        names = [*(repr(float(bound)) for bound in self._bounds), "+Inf"]
        for labels, series in list(self._series.items()):
            *counts, total = series
            below = 0.0
            buckets = []
            for name, count in zip(names, counts, strict=True):
                below += count
                buckets.append((name, below))
            family.add_metric(labels, buckets=buckets, sum_value=total)
        yield family

    def counts(self, name: str, says: str) -> Metric:
        """How many values there were, as a counter of its own."""
        family = CounterMetricFamily(name, says, labels=self._labels)
        for labels, series in list(self._series.items()):
            family.add_metric(labels, sum(series[:-1]))
        return family


def _bounded(given: Labels, names: Labels, room: bool) -> Labels:
    if len(given) != len(names):
        raise ValueError(f"{len(given)} label values for {names}")
    return given if room else (OTHER,) * len(names)
