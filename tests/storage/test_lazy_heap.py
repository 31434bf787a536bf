"""A heap whose keys may leave early gives the same order as sorting, and does not grow with what left."""

from hypothesis import given
from hypothesis import strategies as st

from aion.adapters.storage.lazy_heap import LazyHeap

KEYS = st.tuples(st.sampled_from("ab"), st.sampled_from("123456"))
STEPS = st.lists(st.tuples(KEYS, st.none() | st.integers(0, 9)), max_size=40)


@given(STEPS)
def test_the_first_is_always_the_smallest_that_is_still_there(steps):
    heap, expected = LazyHeap[int](), {}
    for key, order in steps:
        if order is None:
            heap.discard(key)
            expected.pop(key, None)
        else:
            heap.put(key, order)
            expected[key] = order
        assert heap.first() == min(((order, key) for key, order in expected.items()), default=None)
        assert sorted(heap.names()) == sorted(expected)
        assert len(heap) == len(expected)


def test_memory_is_bounded_by_what_is_there_not_by_what_was():
    heap = LazyHeap[int]()
    for number in range(10_000):
        heap.put(("acme", "renewed"), number)
        heap.put(("acme", f"gone-{number}"), number)
        heap.discard(("acme", f"gone-{number}"))
    assert len(heap) == 1
    assert len(heap._heap) < 100
    assert heap.first() == (9_999, ("acme", "renewed"))


def test_what_left_is_thrown_out_once_it_is_most_of_the_memory_and_not_with_every_key():
    heap = LazyHeap[int]()
    for name in ("b", "a"):
        heap.put(("acme", name), 1_000)
    for number in range(66):
        heap.put(("acme", "renewed"), 100 - number)
    assert len(heap._heap) == 68
    heap.put(("acme", "renewed"), 1)
    heap.put(("acme", "renewed"), 2_000)
    assert len(heap._heap) == 70
    heap.put(("acme", "renewed"), 3_000)
    assert len(heap._heap) == 3
    in_order = []
    while (first := heap.first()) is not None:
        in_order.append(first)
        heap.discard(first[1])
    assert in_order == [(1_000, ("acme", "a")), (1_000, ("acme", "b")), (3_000, ("acme", "renewed"))]
