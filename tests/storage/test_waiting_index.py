"""The index of waiting tasks by itself: whose turn it is, what is counted, and what leaves for the disk."""

from dataclasses import replace

import pytest

from aion.adapters.storage.waiting import WaitingTask, WaitingTasks

FAR = 1 << 60


def waits(tenant: str, name: str, *, engine: str = "e", **changes: object) -> WaitingTask:
    facts = {"key": (tenant, name), "engine": engine, "priority": 2, "create_us": 0, "expire_us": FAR}
    return WaitingTask(**{**facts, "not_before_us": None, **changes})


def index(*tasks: WaitingTask, most: int = 1000) -> WaitingTasks:
    made = WaitingTasks(most)
    for task in tasks:
        made.add(task)
    return made


def take(waiting: WaitingTasks, *engines: str) -> tuple[str, str] | None:
    """The next task, which is no longer waiting then."""
    found = waiting.next_ready(0, frozenset(engines) or None)
    if found is not None:
        waiting.remove(found, "e")
    return found


def test_tenants_take_turns_and_who_comes_back_stands_at_the_end():
    waiting = index(waits("a", "1"), *(waits(tenant, str(number)) for tenant in "bc" for number in range(3)))
    assert [take(waiting)[0] for _ in range(4)] == ["a", "b", "c", "b"]
    waiting.add(waits("a", "2"))
    assert [take(waiting)[0] for _ in range(4)] == ["c", "b", "a", "c"]
    assert take(waiting) is None
    assert (waiting.total, len(waiting), waiting.count("b")) == (0, 0, 0)


def test_who_comes_back_has_no_earlier_turn_than_those_who_waited():
    waiting = index(waits("a", "1", engine="f"), *(waits(tenant, str(n)) for tenant in "bc" for n in range(3)))
    assert waiting.next_ready(0, frozenset({"f"})) == ("a", "1")
    waiting.remove(("a", "1"), "f")
    assert [take(waiting)[0] for _ in range(3)] == ["b", "c", "b"]
    waiting.add(waits("a", "2", engine="f"))
    assert waiting.next_ready(0) == ("c", "1")


def test_a_tenant_that_leaves_one_line_keeps_its_turn_in_another():
    waiting = index(waits("a", "1"), waits("a", "2", engine="f"), waits("b", "1"), waits("b", "2"))
    assert take(waiting, "e") == ("a", "1")
    assert take(waiting, "e") == ("b", "1")
    assert waiting.next_ready(0) == ("a", "2")


def test_within_a_tenant_priority_goes_before_age_and_age_before_the_name():
    tasks = (
        waits("a", "4", priority=1),
        waits("a", "3", create_us=5),
        waits("a", "2", create_us=5),
        waits("a", "1", create_us=9, priority=3),
    )
    waiting = index(*tasks)
    assert [take(waiting)[1] for _ in tasks] == ["1", "2", "3", "4"]


def test_a_worker_finds_only_what_it_has_an_engine_for():
    waiting = index(waits("a", "1", engine="f"))
    assert waiting.any_ready(0)
    assert waiting.any_ready(0, frozenset({"f"}))
    assert not waiting.any_ready(0, frozenset({"e"}))
    assert waiting.next_ready(0, frozenset({"e"})) is None
    assert waiting.next_ready(0, frozenset({"e", "f"})) == ("a", "1")


def test_a_task_is_held_back_until_its_time_and_no_longer():
    waiting = index(waits("a", "1", not_before_us=10))
    assert (waiting.any_ready(9), waiting.next_ready(9), waiting.next_due()) == (False, None, 10)
    assert waiting.next_ready(10) == ("a", "1")
    assert (waiting.count("a"), waiting.total) == (1, 1)


def test_the_longest_overdue_expires_first_and_on_the_moment():
    waiting = index(waits("a", "1", expire_us=20), waits("a", "2", expire_us=10))
    assert (waiting.expired(9), waiting.expired(10), waiting.next_due()) == (None, ("a", "2"), 10)
    waiting.remove(("a", "2"), "e")
    assert (waiting.expired(19), waiting.expired(20), waiting.next_due()) == (None, ("a", "1"), 20)


def test_what_is_not_there_is_not_counted_out():
    waiting = index(waits("a", "1"))
    waiting.remove(("a", "another"), "e")
    assert (waiting.total, waiting.count("a")) == (1, 1)
    waiting.remove(("a", "1"), "e")
    assert (waiting.total, waiting.count("a"), waiting.next_due()) == (0, 0, None)


def test_over_its_bound_the_first_half_of_a_line_stays():
    waiting = index(*(waits("a", f"{number:03}", create_us=number) for number in range(100)), most=100)
    assert (len(waiting), waiting.hungry()) == (100, [])
    waiting.add(waits("a", "100", create_us=100))
    assert (len(waiting), waiting.total, waiting.count("a")) == (50, 101, 101)
    assert [take(waiting)[1] for _ in range(50)] == [f"{number:03}" for number in range(50)]
    [(line, asked)] = waiting.hungry()
    assert (line, 1 <= asked <= waiting.part) == (("a", "e"), True)
    assert waiting.any_ready(0)
    assert waiting.next_ready(0) is None


def test_what_comes_after_the_horizon_of_its_line_stays_on_disk_and_what_comes_before_does_not():
    waiting = index(*(waits("a", f"{number:03}", create_us=number) for number in range(101)), most=100)
    waiting.add(waits("a", "later", create_us=60))
    assert len(waiting) == 50
    waiting.add(waits("a", "urgent", create_us=60, priority=3))
    assert (len(waiting), waiting.next_ready(0), waiting.total) == (51, ("a", "urgent"), 103)


def test_a_part_that_is_smaller_than_asked_for_is_the_last_one():
    waiting = index(*(waits("a", f"{number:03}", create_us=number) for number in range(101)), most=100)
    for _ in range(50):
        take(waiting)
    rest = [waits("a", f"{number:03}", create_us=number) for number in range(50, 53)]
    waiting.feed(("a", "e"), rest, 3)
    assert len(waiting) == 3
    for _ in range(3):
        take(waiting)
    assert waiting.hungry()
    waiting.feed(("a", "e"), [replace(rest[0], key=("a", "last"))], 3)
    assert take(waiting) == ("a", "last")
    assert (waiting.hungry(), waiting.any_ready(0)) == ([], False)


def test_an_expiry_on_disk_is_due_as_any_other_and_its_line_is_named_once():
    tasks = [waits("a", f"{number:03}", create_us=number, expire_us=1000 + number) for number in range(101)]
    waiting = index(*tasks, most=100)
    for _ in range(50):
        take(waiting)
    assert waiting.next_due() == 1050
    assert waiting.overdue_on_disk(1049) == []
    assert waiting.overdue_on_disk(1050) == [("a", "e")]
    assert waiting.overdue_on_disk(1050) == []
    assert waiting.unknown_expiries() == [("a", "e")]
    waiting.expiry_on_disk(("a", "e"), 1060)
    assert (waiting.next_due(), waiting.unknown_expiries()) == (1060, [])
    waiting.expiry_on_disk(("a", "e"), None)
    assert (waiting.hungry(), waiting.unknown_expiries()) == ([], [])


def test_a_task_whose_time_came_overtakes_nobody_who_waits_on_disk():
    waiting = index(*(waits("a", f"{number:03}", create_us=number) for number in range(101)), most=100)
    waiting.add(waits("a", "low", priority=1, not_before_us=10, expire_us=5000))
    waiting.add(waits("a", "high", priority=3, not_before_us=10))
    assert waiting.next_ready(10) == ("a", "high")
    waiting.remove(("a", "high"), "e")
    for _ in range(50):
        take(waiting)
    assert (waiting.next_ready(10), len(waiting), waiting.total) == (None, 0, 52)
    assert (waiting.next_due(), [line for line, _ in waiting.hungry()]) == (5000, [("a", "e")])
    waiting.remove(("a", "low"), "e")
    assert waiting.total == 51


def test_who_joins_a_line_on_disk_does_not_hide_that_it_is_unknown_who_expires_there_first():
    tasks = [waits("a", f"{number:03}", create_us=number, expire_us=1000 + number) for number in range(101)]
    waiting = index(*tasks, most=100)
    assert waiting.overdue_on_disk(1050) == [("a", "e")]
    waiting.add(waits("a", "later", create_us=200, expire_us=5000))
    assert waiting.unknown_expiries() == [("a", "e")]
    for number in range(51):
        waiting.add(waits("a", f"early-{number}", expire_us=5000))
    assert (len(waiting), waiting.unknown_expiries()) == (50, [("a", "e")]), "neither does who leaves for it"
    waiting.expiry_on_disk(("a", "e"), 1060)
    waiting.add(waits("a", "latest", create_us=300, expire_us=1055))
    assert waiting.overdue_on_disk(1055) == [("a", "e")], "where it is known, the earliest counts"


def test_of_a_line_that_leaves_for_the_disk_it_is_known_who_expires_first():
    waiting = index(*(waits("a", f"{n:03}", create_us=n, expire_us=2000 - n % 70) for n in range(101)), most=100)
    assert (waiting.unknown_expiries(), waiting.overdue_on_disk(1930)) == ([], [])
    assert waiting.overdue_on_disk(1931) == [("a", "e")]


@pytest.mark.parametrize(("most", "quarter"), [(16, 8), (32, 8), (36, 9), (100, 25)])
def test_what_is_held_back_has_a_quarter_of_the_room_and_eight_places_at_least(most, quarter):
    held_back = [waits("a", f"{number:03}", not_before_us=10 + number) for number in range(quarter + 1)]
    waiting = index(*held_back[:-1], most=most)
    assert len(waiting) == quarter
    waiting.add(held_back[-1])
    assert (len(waiting), waiting.total) == ((quarter + 1) // 2, quarter + 1)


def test_what_is_held_back_takes_its_room_from_the_lines():
    waiting = index(*(waits("a", f"{number:03}", create_us=number) for number in range(100)), most=100)
    waiting.add(waits("b", "later", not_before_us=10))
    assert (len(waiting), waiting.total, waiting.next_due()) == (51, 101, 10)


@pytest.mark.parametrize(("free", "brought"), [(25, True), (24, False)])
def test_while_every_engine_has_work_nothing_is_brought_for_less_room_than_an_eighth(free, brought):
    waiting = index(*(waits("a", f"{number:03}", create_us=number) for number in range(201)), most=200)
    for _ in range(100):
        take(waiting)
    for number in range(200 - free):
        waiting.add(waits("b", f"{number:03}", create_us=number))
    assert waiting.hungry() == ([(("a", "e"), 25)] if brought else [])


def test_a_line_that_is_all_in_memory_again_starves_nobody():
    waiting = index(*(waits("a", f"{number:03}", create_us=number) for number in range(101)), most=100)
    assert waiting._lines_on_disk == {"e": 1}
    for _ in range(50):
        take(waiting)
    waiting.feed(("a", "e"), [waits("a", f"{number:03}", create_us=number) for number in range(50, 53)], 3)
    assert waiting._lines_on_disk == {"e": 1}
    waiting.feed(("a", "e"), [waits("a", "053", create_us=53)], 3)
    assert waiting._lines_on_disk == {}


@pytest.mark.parametrize(("free", "go"), [(16, False), (15, True)])
def test_for_an_engine_without_work_tasks_of_others_leave_only_where_sixteen_places_are_not_free(free, go):
    waiting = index(*(waits("a", f"{number:03}", engine="f", create_us=number) for number in range(201)), most=200)
    while (mine := waiting.next_ready(0, frozenset({"f"}))) is not None:
        waiting.remove(mine, "f")
    for number in range(200 - free):
        waiting.add(waits("b", f"{number:03}", create_us=number))
    [(line, asked)] = waiting.hungry()
    assert (line, asked >= 16) == (("a", "f"), True)
    assert len(waiting) == ((200 - free) // 2 if go else 200 - free)


def test_held_back_tasks_that_are_brought_are_ready_on_the_moment_and_the_last_is_the_new_horizon():
    waiting = index(*(waits("a", f"{number:03}", not_before_us=10 + number) for number in range(9)), most=16)
    assert len(waiting) == 4
    for number in range(4):
        assert waiting.next_ready(10 + number) == ("a", f"{number:03}")
        waiting.remove(("a", f"{number:03}"), "e")
    assert waiting.held_back_wanted() == ((13, "a", "003"), 4)
    brought = [waits("a", f"{number:03}", not_before_us=10 + number) for number in range(4, 8)]
    waiting.feed_held_back(brought, 4, 14)
    assert waiting.next_ready(14) == ("a", "004")
    for number in range(4, 8):
        assert waiting.next_ready(10 + number) == ("a", f"{number:03}")
        waiting.remove(("a", f"{number:03}"), "e")
    assert waiting.held_back_wanted() == ((17, "a", "007"), 4)
    waiting.feed_held_back([waits("a", "008", not_before_us=18)], 4, 17)
    assert (waiting.held_back_wanted(), waiting.next_ready(17), waiting.next_ready(18)) == (None, None, ("a", "008"))
