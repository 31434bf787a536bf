"""What `aion.ports.limits.RateLimiter` promises."""

from datetime import timedelta

import pytest

from aion.adapters.limits.token_bucket import TokenBucketLimiter, Unlimited
from tests.manual_clock import ManualClock

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def limiter(clock):
    return TokenBucketLimiter(clock, every=SECOND, burst=3)


def test_a_rested_key_may_take_its_burst_at_once_and_not_one_more(limiter):
    assert [limiter.take("a") for _ in range(4)] == [None, None, None, SECOND]


def test_the_answer_says_how_long_until_the_next_token_and_then_there_is_one(limiter, clock):
    for _ in range(3):
        limiter.take("a")
    clock.advance(timedelta(milliseconds=400))
    wait = limiter.take("a")
    assert wait == timedelta(milliseconds=600)
    clock.advance(wait)
    assert limiter.take("a") is None
    assert limiter.take("a") == SECOND


def test_asking_too_early_costs_nothing(limiter, clock):
    for _ in range(3):
        limiter.take("a")
    for _ in range(10):
        assert limiter.take("a") == SECOND
    clock.advance(SECOND)
    assert limiter.take("a") is None


def test_keys_do_not_share_tokens(limiter):
    for _ in range(3):
        limiter.take("a")
    assert limiter.take("a") is not None
    assert limiter.take("b") is None


def test_rest_refills_the_burst_and_no_more(limiter, clock):
    for _ in range(3):
        limiter.take("a")
    clock.advance(timedelta(days=1))
    assert [limiter.take("a") is None for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize("every", [SECOND / 7, timedelta(microseconds=333), timedelta(seconds=3)])
def test_whoever_waits_as_told_is_served(clock, every):
    limiter = TokenBucketLimiter(clock, every=every, burst=2)
    served = 0
    for _ in range(2_000):
        wait = limiter.take("a")
        if wait is None:
            served += 1
        else:
            clock.advance(wait)
            assert limiter.take("a") is None
            served += 1
    assert abs(served - 2 - clock.monotonic() / every.total_seconds()) <= 1


def test_it_remembers_a_bounded_number_of_keys_and_forgets_the_one_used_longest_ago(clock):
    limiter = TokenBucketLimiter(clock, every=SECOND, burst=1, most_keys=2)
    for key in ("a", "b", "c"):
        assert limiter.take(key) is None
    assert limiter.take("b") is not None, "b is still known"
    assert limiter.take("c") is not None, "c is still known"
    assert limiter.take("a") is None, "a was forgotten, and so begins with a full bucket"


def test_without_a_limit_there_is_always_a_token():
    limiter = Unlimited()
    assert all(limiter.take("a") is None for _ in range(1_000))


@pytest.mark.parametrize(("every", "burst"), [(timedelta(), 1), (SECOND, 0), (-SECOND, 1)])
def test_a_bucket_that_could_never_work_is_refused(clock, every, burst):
    with pytest.raises(ValueError, match="token bucket"):
        TokenBucketLimiter(clock, every=every, burst=burst)
