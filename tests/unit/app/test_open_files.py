"""A server does not stay at the small limit on open files that a shell gives it."""

import resource

import pytest

from aion.app.open_files import ENOUGH, raise_open_files, reachable


@pytest.fixture
def hard_limit():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_is_raised_as_far_as_the_operator_allows(hard_limit):
    low = min(1024, reachable(hard_limit) - 1)
    resource.setrlimit(resource.RLIMIT_NOFILE, (low, hard_limit))
    most = raise_open_files()
    assert most == reachable(hard_limit) > low
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, hard_limit)


def test_a_limit_without_end_is_still_a_number():
    assert reachable(resource.RLIM_INFINITY) == ENOUGH
    assert reachable(512) == 512
