"""Waiting and watching among fakes: bounded, woken by signals, and never silent for long."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest

from aion.adapters.signals import ProcessSignals
from aion.app.usecases.waiting import Slots, TaskWaiter
from aion.app.usecases.watch_task import BATCH, WatchTask
from aion.domain.errors import TooManyWaiters
from aion.domain.events import EventKind, TaskEvent
from aion.domain.identity import ALL_SCOPES, Caller, Identity
from aion.domain.tasks import Task, TaskState
from tests.manual_clock import ManualClock
from tests.sample_tasks import START
from tests.unit.app.workshop import running

CALLER = Caller(Identity("acme", "service", ALL_SCOPES), "request")


class FakeStore:
    """One task and its log; `on_read` is called at every look at the task."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.log: list[TaskEvent] = []
        self.on_read = lambda: None

    async def get(self, tenant: str, task_id: str) -> Task:
        self.on_read()
        return self.task

    async def events(self, tenant: str, task_id: str, after_offset: int, limit: int) -> list[TaskEvent]:
        return self.log[after_offset : after_offset + limit]

    def grow(self, kind: EventKind = EventKind.TOKEN, text: str = "x") -> None:
        self.log.append(TaskEvent(len(self.log) + 1, 1, kind, START, text))
        self.task = self.task.changed(last_offset=len(self.log), state=TaskState.OK if kind.ends else TaskState.RUNNING)


@pytest.fixture
async def store() -> FakeStore:
    return FakeStore(running())


@pytest.fixture
async def signals() -> ProcessSignals:
    return ProcessSignals()


def waiter(store: FakeStore, signals: ProcessSignals, clock: ManualClock, slots: int = 1) -> TaskWaiter:
    return TaskWaiter(store, signals, clock, Slots("waiting calls", slots))


async def test_a_waiter_is_woken_when_the_task_ends(store, signals):
    clock = ManualClock(START)
    waiting = asyncio.ensure_future(waiter(store, signals, clock).until_ended(CALLER, store.task, timedelta(minutes=1)))
    await asyncio.sleep(0)
    store.grow()
    signals.task_changed("acme", "task-1")
    await asyncio.sleep(0)
    assert not waiting.done()
    store.grow(EventKind.DONE)
    signals.task_changed("acme", "task-1")
    assert (await waiting).state is TaskState.OK


async def test_a_task_that_ended_before_the_wait_is_answered_at_once(store, signals):
    store.grow(EventKind.DONE)
    ended = await waiter(store, signals, ManualClock(START)).until_ended(CALLER, running(), timedelta(minutes=1))
    assert ended.state is TaskState.OK


async def test_when_time_is_up_the_task_is_answered_as_it_is(store, signals):
    """5.9 `wait` answers with the task as it is when it ends or time is up."""
    answered = await waiter(store, signals, ManualClock(START)).until_ended(CALLER, store.task, timedelta())
    assert answered.state is TaskState.RUNNING


async def test_a_wait_ends_before_the_calls_deadline_does(store, signals):
    """3.1 The deadline of a call bounds the call."""
    passed = Caller(CALLER.identity, "request", deadline=START)
    answered = await waiter(store, signals, ManualClock(START)).until_ended(passed, store.task, timedelta(minutes=1))
    assert answered.state is TaskState.RUNNING


def test_slots_are_bounded_and_given_back():
    """6.2 Over a bound the call is refused at once, with a hint when to come back."""
    slots = Slots("streams", 2)
    with slots.take("acme"), slots.take("acme"):
        with pytest.raises(TooManyWaiters, match="2 streams") as caught, slots.take("acme"):
            pass
        assert slots.taken == 2
    assert (slots.taken, caught.value.retry_after) == (0, timedelta(seconds=1))


def test_a_tenant_holds_at_most_half_of_the_slots_so_that_others_find_one():
    """6.2 Everything is bounded: waiters and watchers of a tenant too."""
    slots = Slots("streams", 5)
    with slots.take("greedy"), slots.take("greedy"):
        with pytest.raises(TooManyWaiters, match="2 streams of your tenant") as caught, slots.take("greedy"):
            pass
        assert caught.value.retry_after == timedelta(seconds=1)
        with slots.take("other"):
            assert slots.taken == 3
    with slots.take("greedy"):
        assert slots.taken == 1


async def test_a_watcher_gets_what_is_there_and_then_what_comes(store, signals):
    store.grow()
    watch = WatchTask(store, signals, Slots("streams", 1))
    async with aclosing(watch(CALLER, "task-1", 0)) as bursts:
        assert [one.event.offset for one in await anext(bursts)] == [1]
        following = asyncio.ensure_future(anext(bursts))
        await asyncio.sleep(0)
        store.grow(EventKind.DONE)
        signals.task_changed("acme", "task-1")
        (last,) = await following
        assert (last.event.kind, last.task.state) == (EventKind.DONE, TaskState.OK)
        with pytest.raises(StopAsyncIteration):
            await anext(bursts)
    assert watch.slots.taken == 0


async def test_a_quiet_stream_has_heartbeats_although_its_task_changes_all_the_time(store, signals, monkeypatch):
    """4.7 A stream that is quiet gets heartbeats: a lease that is renewed is no word to the reader."""
    monkeypatch.setattr("aion.app.usecases.watch_task.HEARTBEAT_SECONDS", 0.01)
    store.on_read = lambda: signals.task_changed("acme", "task-1")
    watch = WatchTask(store, signals, Slots("streams", 1))
    async with aclosing(watch(CALLER, "task-1", 0)) as bursts:
        for _ in range(3):
            (beat,) = await anext(bursts)
            assert (beat.event, beat.task) == (None, None)


async def test_a_watcher_of_an_ended_task_at_its_last_offset_hears_how_it_ended(store, signals):
    store.grow()
    store.grow(EventKind.DONE)
    watch = WatchTask(store, signals, Slots("streams", 1))
    async with aclosing(watch(CALLER, "task-1", 2)) as bursts:
        only = [one async for steps in bursts for one in steps]
    assert [(one.event, one.task.state) for one in only] == [(None, TaskState.OK)]


@pytest.mark.parametrize(
    ("count", "size", "bursts"), [(5, 1, [5, 1]), (200, 1, [64, 64, 64, 8, 1]), (5, 5_000, [2, 2, 1, 1])]
)
async def test_what_is_there_is_handed_on_in_bursts_that_are_no_burden(store, signals, count, size, bursts):
    """A late watcher gets much at once, and no more than a reader with little room can take."""
    for _ in range(count):
        store.grow(text="x" * size)
    watch = WatchTask(store, signals, Slots("streams", 1))
    got = []
    async with aclosing(watch(CALLER, "task-1", 0)) as coming:
        async for steps in coming:
            got.append(steps)
            if sum(map(len, got)) == count:
                store.grow(EventKind.DONE)
                signals.task_changed("acme", "task-1")
    assert [len(steps) for steps in got] == bursts
    assert [step.event.offset for steps in got for step in steps] == list(range(1, count + 2))
    assert [step.task is not None for steps in got for step in steps] == [False] * count + [True]


async def test_a_watcher_that_has_much_to_read_lets_others_have_their_turn(store, signals):
    for _ in range(BATCH + 1):
        store.grow()
    store.grow(EventKind.DONE)
    turns, over = 0, False

    async def other() -> None:
        nonlocal turns
        while not over:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.ensure_future(other())
    watch = WatchTask(store, signals, Slots("streams", 1))
    async with aclosing(watch(CALLER, "task-1", 0)) as coming:
        bursts = [steps async for steps in coming]
    over = True
    await beside
    assert turns >= len(bursts) - 2 > 4
