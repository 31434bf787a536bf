from datetime import timedelta

from aion.adapters.catalog.latency import KEPT, RecentLatency
from aion.domain.routing import ENOUGH_ATTEMPTS, RECENT, EngineFacts
from tests.unit.catalog.operators import Operator

ENGINE = "module:summarize@1.0.0"


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def milliseconds(count: float) -> timedelta:
    return timedelta(milliseconds=count)


def test_nothing_is_known_before_enough_attempts_were_measured() -> None:
    book = RecentLatency(Seconds())

    for _ in range(ENOUGH_ATTEMPTS - 1):
        book.observe(ENGINE, milliseconds(10))

    assert book.p95(ENGINE) is None
    assert book.p95("module:other@1.0.0") is None


def test_the_p95_is_the_smallest_latency_that_95_of_100_do_not_exceed() -> None:
    book = RecentLatency(Seconds())

    for ms in range(1, 101):
        book.observe(ENGINE, milliseconds(ms))

    assert book.p95(ENGINE) == milliseconds(95)


def test_only_the_latest_attempts_count() -> None:
    book = RecentLatency(Seconds())

    for _ in range(KEPT):
        book.observe(ENGINE, milliseconds(900))
    for _ in range(KEPT):
        book.observe(ENGINE, milliseconds(5))

    assert book.p95(ENGINE) == milliseconds(5)


def test_old_measurements_are_forgotten_so_that_a_slow_engine_gets_another_chance() -> None:
    seconds = Seconds()
    book = RecentLatency(seconds)
    for _ in range(ENOUGH_ATTEMPTS):
        book.observe(ENGINE, milliseconds(900))
    assert book.p95(ENGINE) == milliseconds(900)

    seconds.now = RECENT.total_seconds() + 1

    assert book.p95(ENGINE) is None


def test_a_new_measurement_shows_after_a_second() -> None:
    seconds = Seconds()
    book = RecentLatency(seconds)
    for _ in range(ENOUGH_ATTEMPTS):
        book.observe(ENGINE, milliseconds(10))
    assert book.p95(ENGINE) == milliseconds(10)

    for _ in range(20):
        book.observe(ENGINE, milliseconds(50))
    assert book.p95(ENGINE) == milliseconds(10)
    seconds.now = 1.0
    assert book.p95(ENGINE) == milliseconds(50)


def test_candidates_carry_the_measured_latency_and_before_that_the_declared_one(operator: Operator) -> None:
    operator.install()
    operator.write("models.yml", "models: [{name: m, provider: p, route: local, p95_ms: 900}]\n")
    operator.write("intents.yml", "intents: [{name: summarize, engines: [summarize, m]}]\n")
    catalog = operator.load()

    def measured() -> list[timedelta | None]:
        return [engine.p95 for engine in catalog.candidates("summarize")]

    assert measured() == [None, milliseconds(900)]
    for _ in range(ENOUGH_ATTEMPTS):
        operator.latency.observe(ENGINE, milliseconds(12))
        operator.latency.observe("model:m", milliseconds(30))
    assert measured() == [milliseconds(12), milliseconds(30)]
    assert all(isinstance(engine, EngineFacts) for engine in catalog.candidates("summarize"))
