"""Values that are committed together see each other, and each has its own outcome."""

import asyncio
import threading
from contextlib import asynccontextmanager

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import IdempotencyKeyReused, TaskAlreadyExists, TaskNotFound
from aion.domain.events import EventKind
from aion.domain.tasks import TaskState
from aion.domain.writes import Renew
from tests.manual_clock import ManualClock
from tests.sample_tasks import LEASE, SCOPE, START, accept, claim, eager, key, lease_of, new_task, settle, tokens


@pytest.fixture(params=["memory", "file"])
async def store(request, tmp_path):
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'aion.sqlite'}"
    async with open_store(url, ManualClock(START), ProcessSignals(), "test") as opened:
        yield opened


@asynccontextmanager
async def one_group(store):
    """What is asked for inside is written in one transaction, when the block ends."""
    began, go_on = threading.Event(), threading.Event()

    def hold(_):
        began.set()
        go_on.wait()

    held = store._writer.submit("hold", hold)
    await asyncio.to_thread(began.wait)
    before = store._writer.commits
    try:
        yield
        await asyncio.sleep(0)  # every coroutine of the block hands its value over
    finally:
        go_on.set()
    await held
    await store._writer.submit("after", lambda transaction: None)
    assert store._writer.commits - before <= 3  # the holding one, the group, the one after it


def ask(coroutine):
    return asyncio.ensure_future(coroutine)


async def test_the_same_key_twice_in_one_group_makes_one_task(store):
    async with one_group(store):
        first = ask(store.accept("acme", accept(new_task("a"), key())))
        again = ask(store.accept("acme", accept(new_task("b"), key())))
        other = ask(store.accept("acme", accept(new_task("c"), key(fingerprint=b"another"))))
        beside = ask(store.accept("acme", accept(new_task("d"), key("key-2"))))
    assert ((await first).replayed, (await again).replayed, (await beside).replayed) == (False, True, False)
    assert (await again).task.task_id == "a"
    with pytest.raises(IdempotencyKeyReused):
        await other
    for gone in ("b", "c"):
        with pytest.raises(TaskNotFound):
            await store.get("acme", gone)


async def test_the_same_id_twice_in_one_group_is_one_task_or_a_clash(store):
    async with one_group(store):
        first = ask(store.accept("acme", accept(new_task("a"))))
        again = ask(store.accept("acme", accept(new_task("a"))))
        clash = ask(store.accept("acme", accept(new_task("a", fingerprint=b"another"))))
        elsewhere = ask(store.accept("other", accept(new_task("a", tenant="other"))))
    assert ((await first).replayed, (await again).replayed, (await elsewhere).replayed) == (False, True, False)
    with pytest.raises(TaskAlreadyExists):
        await clash
    assert len(await store.waiting(SCOPE, 10)) == 2


async def test_a_whole_life_in_one_group_leaves_what_it_leaves_in_many(store):
    async with one_group(store):
        accepted = ask(store.accept("acme", accept(new_task("a"), eager=eager())))
        leased = ask(store.claim(SCOPE, claim()))
    task = (await accepted).task
    assert ((await accepted).started, list(await leased)) == (True, [])
    async with one_group(store):
        one = ask(store.append(SCOPE, tokens(task, "a", "b")))
        two = ask(store.append(SCOPE, tokens(task, "c")))
        renewed = ask(store.renew(SCOPE, Renew("worker-1", (lease_of(task),), LEASE)))
        ended = ask(store.settle(SCOPE, settle(task)))
    assert (await one, await two, len(await renewed)) == (2, 3, 1)
    assert (await ended).state is TaskState.OK
    stored = await store.get("acme", "a")
    assert (stored.state, stored.last_offset, stored.usage.tokens) == (TaskState.OK, 4, 3)
    events = await store.events("acme", "a", 0, 10)
    assert [(event.offset, event.kind, event.text) for event in events] == [
        (1, EventKind.TOKEN, "a"),
        (2, EventKind.TOKEN, "b"),
        (3, EventKind.TOKEN, "c"),
        (4, EventKind.DONE, ""),
    ]
    assert [fact.name for fact in await store.waiting(SCOPE, 10)] == ["task.accepted", "task.ended"]


async def test_a_task_that_is_accepted_and_canceled_in_one_group_has_ended(store):
    async with one_group(store):
        ask(store.accept("acme", accept(new_task("a"))))
        canceled = ask(store.cancel("acme", "a"))
        nowhere = ask(store.cancel("acme", "b"))
    assert (await canceled).state is TaskState.CANCELED
    with pytest.raises(TaskNotFound):
        await nowhere
    assert (await store.get("acme", "a")).state is TaskState.CANCELED
    assert (store.pending, list(await store.claim(SCOPE, claim()))) == (0, [])


async def test_two_claims_in_one_group_share_out_what_waits(store):
    for name in ("a", "b", "c"):
        await store.accept("acme", accept(new_task(name)))
    async with one_group(store):
        first = ask(store.claim(SCOPE, claim(2, "w1")))
        second = ask(store.claim(SCOPE, claim(2, "w2")))
    assert sorted(leased.task_id for leased in (*await first, *await second)) == ["a", "b", "c"]
    assert (len(await first), len(await second)) == (2, 1)
