"""Loops that die of something unexpected are told about and started again; what runs beside them goes on."""

import asyncio
from typing import Any

import pytest

from aion.adapters.telemetry.health import Health, Phase
from aion.app.background.deleting_by_age import DeletingByAge
from aion.app.background.housekeeping import Chores
from aion.app.background.loops import keep_up
from aion.domain.writes import Reaped
from tests.manual_clock import ManualClock
from tests.sample_tasks import START
from tests.unit.app.workshop import FakeObserver, Workshop, leased, until


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aion.app.background.loops.FIRST_PAUSE", 0)


async def test_a_loop_that_dies_is_logged_makes_the_server_unready_and_is_started_again():
    health, observer, seen = Health(), FakeObserver(), list[bool]()
    health.enter(Phase.SERVING)
    health.listen(seen.append)
    lives = 0
    forever = asyncio.Event()

    async def loop() -> None:
        nonlocal lives
        lives += 1
        if lives == 1:
            raise LookupError("a defect")
        if lives == 2:
            return
        await forever.wait()

    running = asyncio.ensure_future(keep_up("claim", loop, observer, health.report))
    await until(lambda: lives == 3)
    assert [(where, str(error)) for where, error in observer.troubles] == [
        ("claim", "a defect"),
        ("claim", "it ended by itself"),
    ]
    assert seen == [True, False, True, False, True]
    await _stop(running)


async def test_a_loop_that_is_cancelled_ends():
    running = asyncio.ensure_future(keep_up("claim", asyncio.Event().wait, FakeObserver(), Health().report))
    await asyncio.sleep(0)
    await _stop(running)


@pytest.mark.parametrize("name", ["claim", "renew"])
async def test_a_worker_survives_a_defect_of_its_queue_and_harms_no_attempt(monkeypatch, name):
    monkeypatch.setattr("aion.app.work.worker.MAX_RENEW_PAUSE", 0)
    shop = Workshop(slots=4)
    shop.start(leased("one"))
    asked = getattr(shop.queue, name)
    failed = 0

    async def fail_twice(*given: Any) -> object:
        nonlocal failed
        if failed < 2:
            failed += 1
            raise TypeError("a defect")
        return await asked(*given)

    monkeypatch.setattr(shop.queue, name, fail_twice)
    running = asyncio.ensure_future(shop.worker.run())
    await until(lambda: len(shop.observer.troubles) == 2)
    shop.queue.waiting = [leased("two")]
    shop.signals.work_arrived()
    await until(lambda: shop.worker.running == 2)
    assert [where for where, _ in shop.observer.troubles] == [name, name]
    assert shop.engine.canceled == 0
    await _stop(running)


class Store:
    """Queue, outbox, sink and housekeeping at once; its outbox has a defect."""

    def __init__(self) -> None:
        self.reaps = 0
        self.asked = 0

    async def reap(self, scope: object) -> Reaped:
        self.reaps += 1
        return Reaped(0, 0)

    async def next_due(self, scope: object) -> None:
        return None

    async def waiting(self, scope: object, limit: int) -> list[object]:
        self.asked += 1
        raise TypeError("a defect")

    async def purge(self, scope: object, limit: int) -> int:
        return 0


async def test_a_defect_in_one_chore_stops_no_other(monkeypatch):
    monkeypatch.setattr("aion.app.background.housekeeping.REAP_EVERY", 0)
    store, observer, reports = Store(), FakeObserver(), list[tuple[str, str]]()

    def report(part: str, problem: str) -> None:
        reports.append((part, problem))

    parts: Any = {"queue": store, "outbox": store, "sink": store, "store": store}
    clock = ManualClock(START)
    by_age = DeletingByAge(clock)
    chores = Chores(**parts, clock=clock, observer=observer, by_age=by_age, report=report)
    running = asyncio.ensure_future(chores.run())
    await until(lambda: store.asked >= 3 and store.reaps >= 3)
    assert {where for where, _ in observer.troubles} == {"relay"}
    assert reports[:2] == [("relay", "it ended: TypeError; it is started again"), ("relay", "")]
    await _stop(running)


async def _stop(running: "asyncio.Future[None]") -> None:
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
