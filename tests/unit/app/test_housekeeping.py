"""What happens without being asked, over a store in memory and a clock that a test moves. No pause is waited for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from aion.adapters.events.memory_sink import MemoryEventSink
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.housekeeping import Chores
from aion.domain.errors import StoreUnavailable
from aion.domain.identity import SystemScope
from aion.domain.tasks import TaskState
from aion.domain.writes import Reaped
from tests.manual_clock import ManualClock
from tests.sample_tasks import FAILED, SCOPE, START, accept, claim, eager, key, lease_of, new_task, settle
from tests.unit.app.workshop import FakeObserver, until

PAUSES = ("REAP_EVERY", "SHORTEST_REAP", "RELAY_EVERY", "PURGE_EVERY", "AFTER_TROUBLE")


class House:
    """A store with its chores."""

    def __init__(self, store: SqliteStore, signals: ProcessSignals, clock: ManualClock) -> None:
        self.store, self.signals, self.clock = store, signals, clock
        self.sink, self.observer = MemoryEventSink(), FakeObserver()
        self.queue: TrickyQueue | SqliteStore = store

    @asynccontextmanager
    async def cared_for(self) -> AsyncIterator[None]:
        """All chores run while the block does."""
        chores = Chores(
            queue=self.queue,  # type: ignore[arg-type]
            outbox=self.store,
            sink=self.sink,
            store=self.store,
            clock=self.clock,
            observer=self.observer,  # type: ignore[arg-type]
            by_age=DeletingByAge(self.clock),
        )
        running = asyncio.ensure_future(chores.run())
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    async def state(self, task_id: str = "task-1") -> TaskState:
        return (await self.store.get("acme", task_id)).state

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [(event.task_id, event.name) for event in self.sink.events]


class TrickyQueue:
    """A queue whose reaping fails so many times."""

    def __init__(self, store: SqliteStore, failures: int) -> None:
        self._store, self.failures = store, failures
        self.next_due = store.next_due

    async def reap(self, scope: SystemScope) -> Reaped:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the disk is full")
        return await self._store.reap(scope)


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    for name in PAUSES:
        monkeypatch.setattr(f"aion.app.background.housekeeping.{name}", 0.0)
    clock, signals = ManualClock(START), ProcessSignals()
    async with open_store("sqlite://", clock, signals, "test") as store:
        yield House(store, signals, clock)


async def eventually(look: Callable[[], Awaitable[object]]) -> None:
    """Turns the event loop until it holds; nothing here waits for time to pass, so the bound is generous."""
    async with asyncio.timeout(60):
        while not await look():  # noqa: ASYNC110 # the store is asked, it has no event for everything
            await asyncio.sleep(0)


async def test_a_waiting_task_ends_when_its_time_is_up(house: House):
    """3.2 After expire_time the task ends TIMEOUT, queued or running."""
    await house.store.accept("acme", accept(new_task()))
    async with house.cared_for():
        await until(lambda: house.facts)
        assert await house.state() is TaskState.PENDING
        house.clock.advance(timedelta(hours=1, seconds=1))
        await eventually(lambda: _ended(house))
    assert await house.state() is TaskState.TIMEOUT


async def test_a_lease_that_ran_out_gives_its_task_back_and_wakes_the_workers(house: House):
    """2.4 Losses of infrastructure are counted apart: a task survives an expired lease."""
    await house.store.accept("acme", accept(new_task(), eager=eager()))
    with house.signals.watch_work() as work:
        async with house.cared_for():
            house.clock.advance(timedelta(seconds=11))
            assert await work.changed(60)
            assert await house.state() is TaskState.PENDING


async def test_workers_are_woken_when_a_retry_is_due_and_not_before(house: House):
    running = (await house.store.accept("acme", accept(new_task(max_failures=1), eager=eager()))).task
    await house.store.settle(SCOPE, settle(running, FAILED))
    assert await house.store.claim(SCOPE, claim()) == []
    due = await house.store.next_due(SCOPE)
    assert due is not None
    with house.signals.watch_work() as work:
        await work.changed(0)
        async with house.cared_for():
            await until(lambda: house.facts)
            assert not await work.changed(0)
            house.clock.advance(due - house.clock.now() + timedelta(milliseconds=1))
            assert await work.changed(60)
            (again,) = await house.store.claim(SCOPE, claim())
            assert again.fence == running.fence + 1


async def test_facts_leave_in_order_and_once_while_the_sink_takes_them(house: House):
    running = (await house.store.accept("acme", accept(new_task(), eager=eager()))).task
    await house.store.settle(SCOPE, settle(running))
    expected = [(fact.task_id, fact.name) for fact in await house.store.waiting(SCOPE, 100)]
    assert len(expected) >= 2
    async with house.cared_for():
        await until(lambda: len(house.facts) == len(expected))
        await eventually(lambda: _nothing_waits(house))
    assert house.facts == expected


async def test_facts_wait_for_a_sink_that_is_away_and_the_trouble_is_told(house: House):
    await house.store.accept("acme", accept(new_task()))
    house.sink.refusal = OSError("the broker is away")
    async with house.cared_for():
        await until(lambda: len(house.observer.troubles) >= 3)
        assert {where for where, _ in house.observer.troubles} == {"relay"}
        assert len(await house.store.waiting(SCOPE, 100)) == 1
        house.sink.refusal = None
        await eventually(lambda: _nothing_waits(house))
    assert len(house.facts) == 1


async def test_an_idempotency_key_finds_its_task_for_a_day_and_no_longer(house: House):
    """5.4 Keys are kept 24 hours."""
    running = (await house.store.accept("acme", accept(new_task(), key("once"), eager()))).task
    await house.store.settle(SCOPE, settle(running))
    house.clock.advance(timedelta(hours=23, minutes=59))
    async with house.cared_for():
        await eventually(lambda: _nothing_waits(house))
        assert (await house.store.find_replay("acme", "", key("once"), b"fingerprint")) is not None
        house.clock.advance(timedelta(minutes=2))
        await eventually(lambda: _key_is_gone(house, "once"))
        assert (await house.store.accept("acme", accept(new_task("task-2"), key("once")))).replayed is False


async def test_trouble_in_one_chore_stops_neither_it_nor_the_others(house: House):
    await house.store.accept("acme", accept(new_task(), eager=eager()))
    house.queue = TrickyQueue(house.store, failures=5)
    house.clock.advance(timedelta(seconds=11))
    async with house.cared_for():
        await eventually(lambda: _is_pending(house))
        await eventually(lambda: _nothing_waits(house))
    assert [where for where, _ in house.observer.troubles] == ["reap"] * 5
    assert lease_of(await house.store.get("acme", "task-1")).fence == 1


async def _ended(house: House) -> bool:
    return (await house.state()).ended


async def _is_pending(house: House) -> bool:
    return await house.state() is TaskState.PENDING


async def _nothing_waits(house: House) -> bool:
    return not await house.store.waiting(SCOPE, 100)


async def _key_is_gone(house: House, name: str) -> bool:
    return await house.store.find_replay("acme", "", key(name), b"fingerprint") is None
