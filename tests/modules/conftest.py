"""The bundled modules, compiled once for all tests."""

import pytest

from tests.modules.sandbox import Package


@pytest.fixture(scope="session")
def summarize() -> Package:
    return Package("summarize")


@pytest.fixture(scope="session")
def redact() -> Package:
    return Package("redact")


@pytest.fixture(params=["summarize", "redact"])
def package(request) -> Package:
    return request.getfixturevalue(request.param)
