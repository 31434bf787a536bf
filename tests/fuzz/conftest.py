"""A server of their own for these tests, since its log and its memory are looked at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import Running, running
from tests.e2e.serving import catalogue
from tests.fuzz.vitals import trouble

__all__ = ["catalogue", "fuzzed"]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory, catalogue: tuple[Path, Path]) -> Iterator[Running]:
    """A server without rates. At its end its log holds nothing that is worse than a warning."""
    folder = tmp_path_factory.mktemp("fuzzed")
    with running(folder, *catalogue, AION_RATE_PER_KEY="off", AION_LOG_FORMAT="json") as server:
        yield server
        assert trouble(server) == []
