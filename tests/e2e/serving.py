"""Fixtures: the catalogue of the tests and the server that runs with it, started once for a process of pytest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.catalogue import write_catalogue
from tests.e2e.processes import Running, running


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folders of configuration and modules."""
    return write_catalogue(tmp_path_factory.mktemp("catalogue"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, catalogue: tuple[Path, Path]) -> Iterator[Running]:
    """A server with the catalogue of the tests."""
    with running(tmp_path_factory.mktemp("server"), *catalogue) as ready:
        yield ready
