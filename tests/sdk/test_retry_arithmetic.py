"""When a call is made again is arithmetic, shown here with a clock and dice of the test's own."""

from math import inf

import pytest

from aion_sdk import DeadlineExceeded, NotFound, Options, RateLimited, Unavailable
from aion_sdk._contract import methods
from aion_sdk._retry import Retries, is_repeatable, is_retryable
from aion_sdk.errors import ErrorDetails


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def retries(clock: Clock | None = None, *, limit: int = 2, timeout: float | None = 60, dice: float = 1.0) -> Retries:
    def draw(low: float, high: float) -> float:
        return low + (high - low) * dice

    return Retries(Options(), limit=limit, timeout=timeout, clock=clock or Clock(), draw=draw)


def test_the_ceiling_of_the_delay_doubles_up_to_its_maximum() -> None:
    attempts = retries(limit=8)
    delays = [attempts.delay_after(Unavailable("gone")) for _ in range(8)]
    assert delays == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_the_delay_stays_at_its_maximum_however_long_nobody_answers() -> None:
    attempts = retries(limit=2_000, timeout=None)
    assert {attempts.delay_after(Unavailable("gone")) for _ in range(2_000)} == {0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0}


def test_a_delay_is_drawn_from_zero_to_its_ceiling() -> None:
    assert retries(dice=0.0).delay_after(Unavailable("gone")) == 0.0
    assert retries(dice=0.5).delay_after(Unavailable("gone")) == 0.05


def test_the_servers_hint_is_the_least_delay() -> None:
    hinted = RateLimited("busy", ErrorDetails(retry_after=7.5))
    assert retries().delay_after(hinted) == 7.5


def test_after_the_last_attempt_the_error_itself_is_raised() -> None:
    attempts = retries(limit=1)
    attempts.delay_after(Unavailable("gone"))
    last = Unavailable("still gone")
    with pytest.raises(Unavailable) as caught:
        attempts.delay_after(last)
    assert caught.value is last


@pytest.mark.parametrize(("first_sent", "never_sent"), [(False, True), (True, False)])
def test_a_call_was_never_sent_when_none_of_its_attempts_was(first_sent: bool, never_sent: bool) -> None:
    attempts = retries(limit=1)
    attempts.delay_after(Unavailable("gone", ErrorDetails(never_sent=not first_sent)))
    with pytest.raises(Unavailable) as caught:
        attempts.delay_after(Unavailable("refused", ErrorDetails(never_sent=True)))
    assert caught.value.details.never_sent is never_sent


def test_progress_gives_all_attempts_back() -> None:
    attempts = retries(limit=1)
    assert [attempts.delay_after(Unavailable("gone")) for _ in range(5) if attempts.progress() is None] == [0.1] * 5


def test_a_delay_that_ends_after_the_deadline_is_not_begun() -> None:
    clock = Clock()
    attempts = retries(clock, timeout=10)
    clock.now += 9.95
    with pytest.raises(Unavailable):
        attempts.delay_after(Unavailable("gone"))


def test_the_time_left_shrinks_and_then_raises() -> None:
    clock = Clock()
    attempts = retries(clock, timeout=10)
    clock.now += 4
    assert attempts.time_left() == 6
    clock.now += 6
    with pytest.raises(DeadlineExceeded):
        attempts.time_left()


def test_without_a_timeout_there_is_no_deadline() -> None:
    assert retries(timeout=None).time_left() is None


def test_a_timeout_without_an_end_is_no_deadline() -> None:
    assert retries(timeout=inf).time_left() is None
    assert Retries(Options(timeout=inf), limit=2, timeout=None, attempt=inf).time_left() is None
    assert Retries(Options(), limit=2, timeout=inf, attempt=90).time_left() == 90


def test_only_what_may_pass_later_is_retried() -> None:
    assert is_retryable(Unavailable("gone", ErrorDetails(code="ABORTED")))
    assert is_retryable(DeadlineExceeded("late"))
    assert not is_retryable(Unavailable("given up", ErrorDetails(code="CANCELLED")))
    assert not is_retryable(NotFound("nothing there"))


def test_a_stream_s_reconnects_outlast_a_restart_of_the_server_of_half_a_minute() -> None:
    limit = Options().max_reconnects
    attempts = retries(limit=limit, timeout=None, dice=0.5)
    assert 30 < sum(attempts.delay_after(Unavailable("gone")) for _ in range(limit)) < 60


def test_a_change_that_names_an_etag_is_not_made_twice() -> None:
    assert is_repeatable(methods.UPDATE_SCHEDULE, "")
    assert not is_repeatable(methods.UPDATE_SCHEDULE, "3")
    assert not is_repeatable(methods.UPDATE_WEBHOOK), "whoever does not say that there is no etag may have one"
    assert is_repeatable(methods.DELETE_SCHEDULE)


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"timeout": float("nan")}, {"max_retries": -1}, {"max_delay": -1}])
def test_options_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Options(**wrong)
