"""Facts are written with their task and wait, in order, until somebody has delivered them."""

import pytest

from aion.domain.errors import QueueFull
from tests.sample_tasks import SCOPE, accept, eager, new_task, settle


async def facts(store, limit=100):
    return [(fact.task_id, fact.name) for fact in await store.waiting(SCOPE, limit)]


async def test_facts_come_in_order_with_a_growing_sequence(store):
    task = (await store.accept("acme", accept(new_task("a"), eager=eager()))).task
    await store.accept("other", accept(new_task("b", tenant="other")))
    await store.settle(SCOPE, settle(task))
    assert await facts(store) == [("a", "task.accepted"), ("b", "task.accepted"), ("a", "task.ended")]
    waiting = await store.waiting(SCOPE, 100)
    assert [fact.sequence for fact in waiting] == sorted({fact.sequence for fact in waiting})
    assert [fact.tenant for fact in waiting] == ["acme", "other", "acme"]


async def test_a_limit_takes_the_oldest(store):
    for task_id in ("a", "b", "c"):
        await store.accept("acme", accept(new_task(task_id)))
    assert await facts(store, limit=2) == [("a", "task.accepted"), ("b", "task.accepted")]


async def test_delivered_facts_are_forgotten_and_their_numbers_never_come_back(store):
    await store.accept("acme", accept(new_task("a")))
    await store.accept("acme", accept(new_task("b")))
    (first, second) = await store.waiting(SCOPE, 100)
    await store.delivered(SCOPE, first.sequence)
    assert await facts(store) == [("b", "task.accepted")]
    await store.delivered(SCOPE, second.sequence)
    await store.accept("acme", accept(new_task("c")))
    (third,) = await store.waiting(SCOPE, 100)
    assert third.sequence > second.sequence


async def test_a_refused_or_replayed_accept_leaves_no_fact(store):
    await store.accept("acme", accept(new_task("a")))
    await store.accept("acme", accept(new_task("a")))
    with pytest.raises(QueueFull):
        await store.accept("acme", accept(new_task("b"), max_pending=1))
    assert await facts(store) == [("a", "task.accepted")]
