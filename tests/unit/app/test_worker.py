"""The worker among fakes: slots are never given twice, tenants share them, and what runs ends with the worker."""

import asyncio
from datetime import timedelta

import pytest

from aion.domain.attempts import HANDED_BACK, AttemptOutcome
from aion.domain.errors import StoreUnavailable
from aion.domain.writes import LeaseRef, Renewed
from tests.sample_tasks import LEASE
from tests.unit.app.workshop import Workshop, leased, token, until


@pytest.fixture
async def shop() -> Workshop:
    return Workshop(slots=4)


async def test_a_tenant_gets_its_share_of_the_slots_and_no_more(shop: Workshop):
    """5.8 A task starts eagerly only when its tenant is within its share of the slots."""
    assert [shop.worker.reserve("acme") for _ in range(4)] == [True, True, True, False]
    assert shop.worker.reserve("globex")
    assert not shop.worker.reserve("initech")


async def test_a_released_slot_is_free_again(shop: Workshop):
    for _ in range(10):
        assert shop.worker.reserve("acme")
        shop.worker.release("acme")
    assert [shop.worker.reserve("acme") for _ in range(4)] == [True, True, True, False]


async def test_an_attempt_holds_its_slot_until_it_ends(shop: Workshop):
    for number in range(3):
        shop.start(leased(f"task-{number}"))
    assert (shop.worker.running, shop.worker.reserve("acme")) == (3, False)
    shop.engine.told.set()
    await until(lambda: shop.worker.running == 0)
    assert len(shop.queue.settled) == 3
    assert [shop.worker.reserve("acme") for _ in range(4)] == [True, True, True, False]


async def test_even_one_slot_serves_every_tenant_in_turn():
    shop = Workshop(slots=1)
    assert shop.worker.reserve("acme")
    assert not shop.worker.reserve("globex")
    shop.worker.release("acme")
    assert shop.worker.reserve("globex")


async def test_a_draining_worker_reserves_nothing(shop: Workshop):
    """5.8 A task starts eagerly only when the server does not drain."""
    await shop.idle()
    assert not shop.worker.reserve("acme")


async def test_it_claims_no_more_than_its_free_slots_and_goes_on_as_they_are_freed(shop: Workshop):
    shop.queue.waiting = [leased(f"task-{number}", tenant=f"tenant-{number % 3}") for number in range(10)]
    running = asyncio.ensure_future(shop.worker.run())
    await until(lambda: shop.worker.running == 4)
    assert len(shop.queue.waiting) == 6
    assert not shop.worker.reserve("somebody")
    shop.engine.told.set()
    await until(lambda: len(shop.queue.settled) == 10)
    assert all(claim.limit <= 4 for claim in shop.queue.claims)
    await _stop(running)


async def test_a_claimed_task_counts_for_its_tenants_share(shop: Workshop):
    shop.queue.waiting = [leased(f"task-{number}") for number in range(3)]
    running = asyncio.ensure_future(shop.worker.run())
    await until(lambda: shop.worker.running == 3)
    assert not shop.worker.reserve("acme")
    assert shop.worker.reserve("globex")
    shop.worker.release("globex")
    await _stop(running)


async def test_a_cancel_reaches_the_attempt_of_its_task_alone(shop: Workshop):
    """1.6 A RUNNING task is told."""
    running = asyncio.ensure_future(shop.worker.run())
    await asyncio.sleep(0)
    for name in ("one", "two"):
        shop.start(leased(name))
    await until(lambda: len(shop.engine.jobs) == 2)
    shop.signals.cancel_requested("somebody-else", "two")
    shop.signals.cancel_requested("acme", "one")
    await until(lambda: shop.queue.settled)
    assert [(write.lease.task_id, write.result.outcome) for write in shop.queue.settled] == [
        ("one", AttemptOutcome.CANCELED)
    ]
    assert shop.worker.running == 1
    await _stop(running)


@pytest.mark.parametrize(
    ("held", "cancel_requested", "outcomes"),
    [(False, False, []), (True, True, [AttemptOutcome.CANCELED])],
    ids=["lost", "canceled"],
)
async def test_a_renewal_tells_what_became_of_the_lease(held, cancel_requested, outcomes):
    """2.2 A worker that lost its lease writes nothing. 1.6 A cancel reaches the guest by the lease too."""
    shop = Workshop(lease=timedelta(milliseconds=3))
    shop.queue.renewals = [Renewed(LeaseRef("acme", "task-1", 1), held, cancel_requested)]
    running = asyncio.ensure_future(shop.worker.run())
    shop.start(leased())
    await until(lambda: shop.worker.running == 0)
    assert [write.result.outcome for write in shop.queue.settled] == outcomes
    assert shop.engine.canceled + (1 - len(shop.engine.jobs)) == 1
    await _stop(running)


async def test_what_runs_when_the_worker_ends_is_handed_back(shop: Workshop):
    running = asyncio.ensure_future(shop.worker.run())
    await asyncio.sleep(0)
    shop.start(leased())
    await shop.engine.entered.wait()
    await _stop(running)
    assert [write.result.outcome for write in shop.queue.settled] == [AttemptOutcome.LOST]
    assert shop.worker.running == 0


async def test_what_is_not_done_when_the_grace_is_over_is_handed_back_at_once(shop: Workshop):
    shop.start(leased())
    await shop.engine.entered.wait()
    await shop.worker.drain(timedelta())
    assert [write.result.failure.code for write in shop.queue.settled] == [HANDED_BACK]
    assert shop.worker.running == 0


@pytest.mark.parametrize("ending", ["cancel", "drain"])
async def test_what_is_claimed_while_the_worker_ends_is_handed_back(shop: Workshop, ending):
    """11 During an attempt: nothing waits for a lease of this worker to expire, and nothing counts as a loss."""
    shop.queue.waiting, shop.queue.claim_gate = [leased("one"), leased("two")], asyncio.Event()
    running = asyncio.ensure_future(shop.worker.run())
    await until(lambda: shop.queue.claims)
    if ending == "cancel":
        running.cancel()
        await asyncio.sleep(0)
    else:
        await shop.idle()
    shop.queue.claim_gate.set()
    await until(lambda: len(shop.queue.settled) == 2)
    assert {write.result.failure.code for write in shop.queue.settled} == {HANDED_BACK}
    assert shop.engine.canceled == len(shop.engine.jobs)
    assert shop.worker.running == 0
    await _stop(running)


async def test_an_attempt_that_cannot_settle_frees_its_slot_and_harms_no_other(shop: Workshop, monkeypatch):
    monkeypatch.setattr("aion.app.work.attempt.WRITE_AGAIN_FOR", 0)
    shop.queue.refusals = [StoreUnavailable("the disk is full")]
    shop.engine.told.set()
    shop.start(leased("one"))
    shop.start(leased("two"))
    await shop.idle()
    assert len(shop.queue.settled) == 1
    assert [where for where, _ in shop.observer.troubles] == ["attempt"]
    assert shop.worker.running == 0


@pytest.fixture
async def apart() -> Workshop:
    """A worker on another machine, which judges its leases by its own clock."""
    return Workshop(slots=4, apart=True)


async def test_a_worker_apart_stops_what_it_could_not_renew_in_time_and_writes_nothing(apart: Workshop, monkeypatch):
    """7.11 A worker that could not renew a lease until its end stops the work and writes nothing more."""
    monkeypatch.setattr("aion.app.work.worker.LEASE_LOOK", 0)
    apart.queue.waiting, apart.queue.silent = [leased("one"), leased("two")], True
    running = asyncio.ensure_future(apart.worker.run())
    await until(lambda: len(apart.engine.jobs) == 2)
    apart.clock.advance(LEASE - timedelta(milliseconds=1))
    for _ in range(10):
        await asyncio.sleep(0)
    assert (apart.worker.running, apart.engine.canceled) == (2, 0)
    apart.clock.advance(timedelta(milliseconds=1))
    await until(lambda: apart.worker.running == 0)
    assert (apart.engine.canceled, apart.queue.writes) == (2, [])
    assert apart.observer.lost == 2 * ["it could not be renewed before its end"]
    await _stop(running)


async def test_a_worker_apart_that_was_paused_writes_nothing_of_what_was_done_before(apart: Workshop, monkeypatch):
    """7.11 A worker that could not renew a lease until its end stops the work and writes nothing more."""
    monkeypatch.setattr("aion.app.work.worker.LEASE_LOOK", 3600)
    apart.queue.waiting, apart.engine.say = [leased("one")], (token("late"),)
    running = asyncio.ensure_future(apart.worker.run())
    await until(lambda: apart.engine.jobs)
    apart.clock.advance(LEASE)
    apart.engine.told.set()
    await until(lambda: apart.worker.running == 0)
    assert (apart.queue.writes, len(apart.observer.lost)) == ([], 1)
    await _stop(running)


async def test_a_renewal_lets_a_worker_apart_go_on(apart: Workshop, monkeypatch):
    monkeypatch.setattr("aion.app.work.worker.LEASE_LOOK", 0)
    monkeypatch.setattr("aion.app.work.worker.MAX_RENEW_PAUSE", 0)
    apart.queue.waiting = [leased("one")]
    running = asyncio.ensure_future(apart.worker.run())
    await until(lambda: apart.engine.jobs)
    attempt = next(iter(apart.worker._running.values()))
    for _ in range(3):
        apart.clock.advance(LEASE / 2)
        await until(lambda: attempt.held_until == apart.clock.monotonic() + LEASE.total_seconds())
    apart.worker.leases_last(2 * LEASE)
    await until(lambda: attempt.held_until == apart.clock.monotonic() + 2 * LEASE.total_seconds())
    apart.engine.told.set()
    await until(lambda: apart.queue.settled)
    assert apart.observer.lost == []
    await _stop(running)


async def _stop(running: "asyncio.Future[None]") -> None:
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
