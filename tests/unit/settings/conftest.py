"""An environment in which nothing of AION is set."""

import os

import pytest


@pytest.fixture
def environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AION_")]:
        monkeypatch.delenv(name)

    def set_variables(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_variables
