"""What stays in memory, what goes, and that a reader never sees half of a change."""

import tracemalloc
import weakref

import pytest

from aion.adapters.storage.cache import Entry, LogTail, TaskCache
from aion.adapters.storage.memory import StoreMemory
from aion.domain.events import EventKind, TaskEvent
from aion.domain.lifecycle import started
from tests.sample_tasks import LEASE, START, new_task


def events(first, count, text="x"):
    return [TaskEvent(offset, 1, EventKind.TOKEN, START, text) for offset in range(first, first + count)]


def entry(name, **changes):
    task = new_task(name, **changes)
    return task.key, Entry(task, 1, None)


def test_the_oldest_change_goes_first_when_the_cache_is_full():
    cache = TaskCache(3 * entry("a")[1].weight)
    for name in ("a", "b", "c"):
        cache.put(*entry(name))
    cache.put(*entry("a"))
    cache.put(*entry("d"))
    assert [cache.get(("acme", name)) is not None for name in "abcd"] == [True, False, True, True]


def test_a_running_task_stays_however_full_the_cache_is():
    cache = TaskCache(0)
    task = started(new_task(), "w", START, LEASE).task
    cache.put(task.key, Entry(task, 1, None))
    cache.put(*entry("waiting"))
    assert cache.get(task.key) is not None
    assert cache.get(("acme", "waiting")) is None


def test_a_put_looks_at_few_entries_however_full_the_cache_is():
    class Counted:
        weight = 2_000
        looks = 0

        def __init__(self, task):
            self._task = task

        @property
        def task(self):
            Counted.looks += 1
            return self._task

    running = started(new_task(), "w", START, LEASE).task
    waiting = new_task("waiting")
    cache = TaskCache(12_000 * Counted.weight)
    for number in range(2_000):
        cache.put(("acme", f"running-{number}"), Counted(running))
    for number in range(10_000):
        cache.put(("acme", f"task-{number}"), Counted(waiting))
    Counted.looks = 0
    tracemalloc.start()
    for number in range(100):
        cache.put(("acme", f"new-{number}"), Counted(waiting))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert cache.get(("acme", "task-99")) is None
    assert cache.get(("acme", "task-100")) is not None
    assert Counted.looks <= 200
    assert peak < 60_000, "a copy of all keys takes 96,000 bytes"


def test_a_store_keeps_sixty_four_mebibytes_of_tasks():
    cache, mebibyte = StoreMemory().cache, "x" * (1 << 20)
    for number in range(70):
        cache.put(*entry(str(number), input_json=mebibyte))
    # Each weighs a little more than its input.
    assert [number for number in range(70) if cache.get(("acme", str(number)))] == list(range(7, 70))


def test_a_large_input_counts():
    cache = TaskCache(100_000)
    cache.put(*entry("small"))
    cache.put(*entry("large", input_json="x" * 99_000))
    assert cache.get(("acme", "small")) is None


def test_a_large_result_counts():
    cache = TaskCache(100_000)
    cache.put(*entry("small"))
    cache.put(*entry("large", result_json="x" * 99_000))
    assert cache.get(("acme", "small")) is None


def test_a_cleared_cache_keeps_not_even_the_names_of_what_it_held():
    class Name(str):
        """One that says whether anybody still has it."""

        __slots__ = ("__weakref__",)

    cache, name = TaskCache(100_000), Name("a")
    held, known = weakref.ref(name), entry("a")[1]
    cache.put(("acme", name), known)
    del name
    assert held() is not None
    cache.clear()
    assert held() is None


def test_a_reader_of_an_older_entry_does_not_see_newer_events():
    log = LogTail(1, 0).grown(events(1, 3))
    assert log.grown(events(4, 2)) is log
    assert [event.offset for event in log.read(0, 3, 100)] == [1, 2, 3]
    assert [event.offset for event in log.read(3, 5, 1)] == [4]
    assert list(log.read(5, 5, 100)) == []


def test_a_long_log_keeps_its_end_and_says_where_it_begins():
    log = LogTail(1, 0)
    for first in range(1, 10_001, 100):
        log = log.grown(events(first, 100))
    assert log.read(0, 10_000, 10) is None
    assert 1 < log.start < 9_000
    assert [event.offset for event in log.read(9_998, 10_000, 10)] == [9_999, 10_000]


def tail_of(count, size):
    return LogTail(1, 7).grown(events(1, count, "x" * size))


@pytest.mark.parametrize(("most", "size"), [(4_096, 1), (1_024, 1_024)], ids=["4,096 events", "a mebibyte of text"])
def test_a_tail_that_is_full_lets_the_older_half_go_with_the_next_event(most, size):
    full = tail_of(most, size)
    assert (full.start, len(full.read(0, most, 5_000))) == (1, most)
    shorter = full.grown(events(most + 1, 1))
    kept = [event.offset for event in shorter.read(shorter.start - 1, most + 1, 5_000)]
    assert kept == list(range(most // 2 + 2, most + 2))
    assert (shorter.start, shorter.first_seq) == (kept[0], 7)


def test_large_events_shorten_the_tail_too():
    log = LogTail(1, 0)
    for offset in range(1, 20):
        log = log.grown(events(offset, 1, "x" * 200_000))
    assert log.weight < 2_000_000
    assert log.read(18, 19, 10)[0].offset == 19
