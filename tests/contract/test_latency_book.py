"""What `aion.ports.catalog.LatencyBook` promises: the recent p95 of an engine, or None when too little is known."""

from datetime import timedelta

import pytest

from aion.adapters.catalog.latency import RecentLatency
from aion.ports.catalog import LatencyBook
from tests.manual_clock import ManualClock

ENGINE, OTHER = "module:summarize@1.0.0", "module:redact@1.0.0"
ENOUGH = 100
"""So many measurements tell any book enough."""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=[pytest.param(lambda clock: RecentLatency(clock.monotonic), id="recent")])
def latency_book(request: pytest.FixtureRequest, clock: ManualClock) -> LatencyBook:
    made: LatencyBook = request.param(clock)
    return made


def test_nothing_is_known_of_an_engine_that_was_never_measured(latency_book):
    for _ in range(ENOUGH):
        latency_book.observe(OTHER, timedelta(milliseconds=1))
    assert latency_book.p95(ENGINE) is None


def test_one_measurement_is_too_little(latency_book):
    latency_book.observe(ENGINE, timedelta(milliseconds=1))
    assert latency_book.p95(ENGINE) is None


def test_the_p95_is_above_95_of_100_attempts_and_below_the_slowest(latency_book):
    for milliseconds in range(1, ENOUGH + 1):
        latency_book.observe(ENGINE, timedelta(milliseconds=milliseconds))
    found = latency_book.p95(ENGINE)
    assert timedelta(milliseconds=95) <= found < timedelta(milliseconds=ENOUGH)


def test_engines_are_measured_apart(latency_book):
    for _ in range(ENOUGH):
        latency_book.observe(ENGINE, timedelta(milliseconds=2))
        latency_book.observe(OTHER, timedelta(milliseconds=700))
    assert latency_book.p95(ENGINE) == timedelta(milliseconds=2)
    assert latency_book.p95(OTHER) == timedelta(milliseconds=700)


def test_what_is_recent_counts_and_what_is_old_is_forgotten(latency_book, clock):
    for _ in range(ENOUGH):
        latency_book.observe(ENGINE, timedelta(seconds=9))
    assert latency_book.p95(ENGINE) == timedelta(seconds=9)
    clock.advance(timedelta(hours=1))
    assert latency_book.p95(ENGINE) is None
    for _ in range(ENOUGH):
        latency_book.observe(ENGINE, timedelta(milliseconds=3))
    clock.advance(timedelta(seconds=2))
    assert latency_book.p95(ENGINE) == timedelta(milliseconds=3)


def test_asking_twice_gives_the_same_answer(latency_book):
    for milliseconds in range(1, ENOUGH + 1):
        latency_book.observe(ENGINE, timedelta(milliseconds=milliseconds))
    assert latency_book.p95(ENGINE) == latency_book.p95(ENGINE)
