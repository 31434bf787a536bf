"""The metrics of a server that is measured, as numbers."""

import urllib.request
from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from benchmarks.servers import Served

Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(server: Served) -> Samples:
    """Every sample by name and sorted labels. `aion dev` shows them to everybody on this machine."""
    with urllib.request.urlopen(f"http://{server.http}/metrics", timeout=30) as answer:
        page = answer.read().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def total(samples: Samples, name: str, **labels: str) -> float:
    """The sum of all samples of a name that have these labels."""
    wanted = set(labels.items())
    return sum(value for (found, given), value in samples.items() if found == name and wanted <= set(given))
