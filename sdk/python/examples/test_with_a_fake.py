# ruff: noqa: INP001 - examples stand alone; a test asserts
"""Tests of a program that uses AION, without a server: `pytest test_with_a_fake.py`."""

from collections.abc import Iterator

import pytest

from aion_sdk import Client, TaskFailed
from aion_sdk.testing import FakeAion


def headline(client: Client, article: str) -> str:
    """The program under test: a summary, or the beginning of the article when there is none."""
    try:
        task = client.tasks.run("summarize", text=article, request_id=f"headline-{len(article)}").raise_for_status()
    except TaskFailed:
        return article[:20]
    return str(task.result["summary"])


@pytest.fixture
def aion() -> Iterator[FakeAion]:
    """A fake of its own for each test."""
    with FakeAion() as fake:
        yield fake


def test_a_headline_is_the_summary(aion: FakeAion) -> None:
    """What is sent can be looked at, too."""
    aion.on("summarize").returns(lambda spec: {"summary": spec.params["text"].upper()})
    with aion.client() as client:
        assert headline(client, "it rains") == "IT RAINS"
    assert aion.submitted[0].request_id == "headline-8"


def test_without_a_summary_it_is_the_beginning(aion: FakeAion) -> None:
    """A failed task is no failed call."""
    aion.on("summarize").fails("MODULE_TRAPPED", "it trapped")
    with aion.client() as client:
        assert headline(client, "a long article about rain") == "a long article about"


def test_a_server_that_restarts_is_not_noticed(aion: FakeAion) -> None:
    """The SDK makes the call again under the same request id."""
    aion.on("summarize").returns({"summary": "short"})
    aion.refuse_calls("DRAINING", times=2)
    with aion.client() as client:
        assert headline(client, "it rains") == "short"
    assert len(aion.submitted) == 1
