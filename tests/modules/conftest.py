"""The bundled modules, each compiled once for all tests of a process."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.modules.sandbox import PACKAGES, Package

NAMES = sorted(path.parent.name for path in PACKAGES.glob("*/manifest.yaml"))


@cache
def bundled(name: str) -> Package:
    """The package in the folder of this name."""
    return Package(name)


@pytest.fixture(scope="session", autouse=True)
def _compiled_code_is_freed_while_python_is_whole() -> Iterator[None]:
    yield
    bundled.cache_clear()


@pytest.fixture
def summarize() -> Package:
    return bundled("summarize")


@pytest.fixture
def redact() -> Package:
    return bundled("redact")


@pytest.fixture(params=NAMES)
def package(request) -> Package:
    return bundled(request.param)


TAKES_TEXT = [name for name in NAMES if "text" in Package(name).schema("input").get("required", ())]


@pytest.fixture(params=TAKES_TEXT)
def text_package(request) -> Package:
    """A package that needs nothing but a text."""
    return bundled(request.param)
