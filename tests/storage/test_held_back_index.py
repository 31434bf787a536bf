"""The index of held-back tasks by itself: what it keeps in memory, where its horizon lies, and when it wants more."""

import pytest

from aion.adapters.storage.held_back import HeldBack


def index(most: int, *times: int) -> HeldBack:
    made = HeldBack(most)
    for time in times:
        made.put(("acme", f"t{time}"), time)
    return made


def test_as_many_as_allowed_stay_and_one_more_sends_the_later_half_to_disk():
    assert index(8, *range(8)).spill() == []
    crowded = index(8, *range(9))
    assert crowded.spill() == [("acme", f"t{time}") for time in range(4, 9)]
    assert (len(crowded), crowded.some_on_disk) == (4, True)


def test_beyond_the_horizon_nothing_comes_into_memory():
    crowded = index(8, *range(9))
    crowded.spill()
    assert crowded.admits(("acme", "t3"), 3)
    assert not crowded.admits(("acme", "t4"), 3)
    assert not crowded.admits(("acme", "a"), 4)
    assert index(8).admits(("acme", "a"), 1 << 60)


def test_what_is_on_disk_may_be_due_once_the_horizon_is_reached():
    crowded = index(8, *range(9))
    assert crowded.may_be_due_on_disk(1 << 60) is False
    crowded.spill()
    assert [crowded.may_be_due_on_disk(now) for now in (2, 3, 4)] == [False, True, True]


def test_the_next_one_is_due_at_the_earliest_time_and_no_earlier_than_the_horizon():
    crowded = index(8, *range(10, 19))
    assert crowded.next_due() == 10
    assert (crowded.due(9), crowded.due(10)) == (None, ("acme", "t10"))
    crowded.spill()
    for time in range(10, 14):
        crowded.discard(("acme", f"t{time}"))
    assert (crowded.next_due(), crowded.due(1 << 60)) == (13, None)
    assert index(8).next_due() is None


@pytest.mark.parametrize(("left", "wanted"), [(4, None), (3, ((13, "acme", "t13"), 4))])
def test_more_is_wanted_once_less_than_half_is_left(left, wanted):
    crowded = index(8, *range(10, 19))
    crowded.spill()
    for time in range(10, 14 - left):
        crowded.discard(("acme", f"t{time}"))
    assert crowded.wanted() == wanted


def test_nothing_is_wanted_when_nothing_is_on_disk():
    crowded = index(8, *range(10, 19))
    assert crowded.wanted() is None
    crowded.spill()
    crowded.reached(None)
    assert (crowded.wanted(), crowded.some_on_disk) == (None, False)


def test_at_most_a_thousand_are_brought_at_once():
    crowded = index(4_000, *range(4_001))
    crowded.spill()
    for time in range(1_001):
        crowded.discard(("acme", f"t{time}"))
    assert crowded.wanted() == ((1_999, "acme", "t1999"), 1_000)


def test_of_few_that_have_room_at_least_one_is_brought_once_none_is_left():
    crowded = index(2, 10, 11, 12)
    crowded.spill()
    assert (len(crowded), crowded.wanted()) == (1, None)
    crowded.discard(("acme", "t10"))
    assert crowded.wanted() == ((10, "acme", "t10"), 1)
