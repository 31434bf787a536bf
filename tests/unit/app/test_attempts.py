"""One attempt among fakes: what it writes, in which order, and when it writes nothing more."""

import asyncio
from datetime import timedelta

import pytest

from aion.app.work.attempt import RunningAttempt
from aion.domain.attempts import HANDED_BACK, AttemptOutcome, AttemptResult
from aion.domain.caps import Caps
from aion.domain.errors import OutcomeUnknown, StoreUnavailable
from aion.domain.writes import Append, Settle
from aion.ports.usecases import MAX_RESULT_BYTES
from tests.sample_tasks import START
from tests.unit.app.workshop import OK, Workshop, leased, stale, token, until


@pytest.fixture
async def shop() -> Workshop:
    return Workshop()


def attempt(shop: Workshop, **changes: object) -> RunningAttempt:
    return RunningAttempt(leased(**changes), shop.parts)


async def test_a_short_attempt_settles_with_its_events_in_one_write(shop: Workshop):
    shop.engine.say = (token("a"), token("b"))
    shop.engine.told.set()
    await attempt(shop).run()
    [write] = shop.queue.writes
    assert isinstance(write, Settle)
    assert (write.result, [event.text for event in write.events]) == (OK, ["a", "b"])
    assert shop.latency.observed == ["module:summarize@1.0.0"]


async def test_events_are_appended_in_order_one_write_at_a_time_however_fast_they_come(shop: Workshop):
    """4.1 Offsets have no gaps: what comes while an append is under way waits for the next."""
    shop.queue.gate = asyncio.Event()
    shop.engine.say = (token("0"),)
    running = asyncio.ensure_future(attempt(shop).run())
    await shop.queue.appending.wait()
    assert shop.engine.emit is not None
    for number in range(1, 1000):
        shop.engine.emit((token(str(number)),))
    shop.queue.gate.set()
    shop.engine.told.set()
    await running
    texts = [[event.text for event in write.events] for write in shop.queue.writes]
    assert [text for write in texts for text in write] == [str(number) for number in range(1000)]
    assert [type(write) for write in shop.queue.writes][-1] is Settle
    assert len(shop.queue.writes) <= 4


async def test_a_stale_append_stops_the_work_and_nothing_more_is_written(shop: Workshop):
    """2.2 Every write of a worker carries the fence; a stale one is refused and changes nothing."""
    shop.engine.say = (token("late"),)
    shop.queue.refusals = [stale()]
    await attempt(shop).run()
    assert [type(write) for write in shop.queue.writes] == [Append]
    assert (shop.engine.canceled, shop.observer.lost) == (1, ["the fence is stale"])


async def test_a_stale_settle_is_noticed_and_not_repeated(shop: Workshop):
    shop.queue.refusals = [stale()]
    shop.engine.told.set()
    await attempt(shop).run()
    assert (shop.queue.writes, shop.observer.lost, shop.observer.ended) == ([], ["the fence is stale"], [])


async def test_a_lost_lease_ends_the_guest_and_writes_nothing(shop: Workshop):
    one = attempt(shop)
    running = asyncio.ensure_future(one.run())
    await shop.engine.entered.wait()
    one.lose("given away")
    one.lose("given away again")
    await running
    assert (shop.queue.writes, shop.engine.canceled, shop.observer.lost) == ([], 1, ["given away"])


async def test_a_canceled_attempt_settles_canceled(shop: Workshop):
    """1.6 Its engine is stopped and it ends CANCELED."""
    one = attempt(shop)
    running = asyncio.ensure_future(one.run())
    await shop.engine.entered.wait()
    one.cancel()
    await running
    assert [write.result.outcome for write in shop.queue.settled] == [AttemptOutcome.CANCELED]
    assert shop.engine.canceled == 1


async def test_an_attempt_that_is_canceled_before_its_guest_runs_never_runs_it(shop: Workshop):
    one = attempt(shop)
    one.cancel()
    await one.run()
    assert shop.engine.jobs == []
    assert [write.result.outcome for write in shop.queue.settled] == [AttemptOutcome.CANCELED]


async def test_an_abandoned_attempt_is_handed_back(shop: Workshop):
    """11 During an attempt: the next attempt has a higher fence; it is no loss of the task's."""
    one = attempt(shop)
    running = asyncio.ensure_future(one.run())
    await shop.engine.entered.wait()
    one.abandon()
    await running
    [write] = shop.queue.settled
    assert write.result.outcome is AttemptOutcome.LOST
    assert write.result.failure is not None
    assert write.result.failure.code == HANDED_BACK


async def test_the_first_interruption_decides(shop: Workshop):
    one = attempt(shop)
    running = asyncio.ensure_future(one.run())
    await shop.engine.entered.wait()
    one.cancel()
    one.abandon()
    await running
    assert [write.result.outcome for write in shop.queue.settled] == [AttemptOutcome.CANCELED]


async def test_events_are_offered_again_while_the_store_is_away_and_say_where_the_log_stood(
    shop: Workshop, monkeypatch
):
    monkeypatch.setattr("aion.app.work.attempt.WRITE_PAUSE", 0)
    shop.engine.say = (token("a"), token("b"))
    shop.queue.refusals = [StoreUnavailable("busy"), OutcomeUnknown("the commit failed")]
    running = asyncio.ensure_future(attempt(shop).run())
    await until(lambda: len(shop.queue.writes) == 3)
    shop.engine.told.set()
    await running
    assert [(type(write), write.after_offset) for write in shop.queue.writes] == [*3 * [(Append, 0)], (Settle, 2)]


async def test_events_that_cannot_be_written_give_the_attempt_up(shop: Workshop, monkeypatch):
    monkeypatch.setattr("aion.app.work.attempt.WRITE_AGAIN_FOR", 0)
    shop.engine.say = (token("a"),)
    shop.queue.refusals = [StoreUnavailable("the disk is full")]
    await attempt(shop).run()
    assert [type(write) for write in shop.queue.writes] == [Append]
    assert [where for where, _ in shop.observer.troubles] == ["append"]


async def test_an_append_that_meets_a_defect_gives_the_attempt_up_too(shop: Workshop):
    """4.1 Offsets have no gaps: an attempt whose events are lost must not settle OK."""
    shop.engine.say = (token("a"),)
    shop.queue.refusals = [LookupError("a defect of the store")]
    await attempt(shop).run()
    assert [type(write) for write in shop.queue.writes] == [Append]
    assert (shop.engine.canceled, [where for where, _ in shop.observer.troubles]) == (1, ["append"])


async def test_every_span_ends_whatever_the_attempt_comes_to(shop: Workshop):
    shop.engine.told.set()
    await attempt(shop).run()
    assert shop.observer.spans == ["engine: ", "settle: ", "attempt: "]
    shop.observer.spans.clear()
    shop.queue.refusals = [LookupError("a defect of the store")]
    with pytest.raises(LookupError):
        await attempt(shop).run()
    assert shop.observer.spans == ["engine: ", "settle: the store could not take it", "attempt: LookupError"]
    shop.observer.spans.clear()
    shop.engine.told.clear()
    running = asyncio.ensure_future(attempt(shop).run())
    await until(lambda: shop.engine.jobs)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert shop.observer.spans == ["engine: lease lost", "attempt: CancelledError"]


async def test_randomness_is_seeded_by_the_task_and_by_nothing_else(shop: Workshop):
    """10.4 Random numbers are seeded by the task: the same for its attempts, others for another task."""
    shop.engine.told.set()
    for changes in ({}, {"fingerprint": b"x"}, {"task_id": "task-2"}, {"tenant": "globex"}):
        await attempt(shop, **changes).run()
    seeds = [job.seed for job in shop.engine.jobs]
    assert seeds[0] == seeds[1]
    assert len(set(seeds)) == 3


async def test_a_settle_is_offered_again_while_the_store_is_away(shop: Workshop, monkeypatch):
    monkeypatch.setattr("aion.app.work.attempt.WRITE_PAUSE", 0)
    shop.queue.refusals = [StoreUnavailable("busy"), OutcomeUnknown("the commit failed")]
    shop.engine.told.set()
    await attempt(shop).run()
    assert [write.result for write in shop.queue.settled] == [OK]
    assert [where for where, _ in shop.observer.troubles] == ["settle", "settle"]


@pytest.mark.parametrize(
    ("result_json", "code"),
    [
        ('"' + "x" * MAX_RESULT_BYTES + '"', "RESULT_TOO_LARGE"),
        ('"' + "é" * (MAX_RESULT_BYTES // 2) + '"', "RESULT_TOO_LARGE"),
    ],
    ids=["characters", "bytes"],
)
async def test_a_result_over_a_mebibyte_is_too_large(shop: Workshop, result_json, code):
    """8.5 A result over 1 MiB is `RESULT_TOO_LARGE`."""
    shop.engine.result = AttemptResult(AttemptOutcome.OK, result_json=result_json, fuel=9)
    shop.engine.told.set()
    await attempt(shop).run()
    [write] = shop.queue.settled
    assert (write.result.outcome, write.result.failure.code, write.result.fuel) == (AttemptOutcome.FAILED, code, 9)
    assert shop.latency.observed == []


async def test_a_result_that_breaks_its_schema_is_the_modules_error(shop: Workshop):
    """10.3 A result that breaks its schema is the module's error."""
    shop.catalog.problem = "result.summary is required; add it"
    shop.engine.told.set()
    await attempt(shop).run()
    [write] = shop.queue.settled
    assert (write.result.failure.code, write.result.failure.message) == (
        "OUTPUT_SCHEMA_VIOLATION",
        "result.summary is required; add it",
    )


async def test_the_time_limit_is_cut_to_what_is_left(shop: Workshop):
    """3.3 The manifest's `timeout_ms` bounds one attempt, cut to what is left until `expire_time`."""
    shop.engine.told.set()
    for left, expected in ((timedelta(seconds=1), timedelta(seconds=1)), (timedelta(hours=1), timedelta(seconds=2))):
        await attempt(shop, expire_time=START + left).run()
        assert shop.engine.jobs[-1].timeout == expected
        assert shop.engine.jobs[-1].patience == left


async def test_without_time_left_the_guest_never_runs(shop: Workshop):
    await attempt(shop, expire_time=START).run()
    assert shop.engine.jobs == []
    assert [write.result.failure.code for write in shop.queue.settled] == ["TASK_EXPIRED"]


async def test_a_tenants_caps_of_modules_go_with_the_job_and_cut_its_time(shop: Workshop):
    shop.catalog.capped = Caps(memory_bytes=1 << 20, timeout=timedelta(milliseconds=5), concurrency=2)
    shop.engine.told.set()
    await attempt(shop).run()
    [job] = shop.engine.jobs
    assert (job.caps, job.timeout) == (shop.catalog.capped, timedelta(milliseconds=5))


async def test_a_result_is_judged_by_what_held_when_its_attempt_began(shop: Workshop):
    """10.9 Attempts end on what they began with, whatever the catalogue says meanwhile."""
    running = asyncio.ensure_future(attempt(shop).run())
    await shop.engine.entered.wait()
    shop.catalog.problem = "the schema of the next version"
    shop.engine.told.set()
    await running
    assert [settled.result for settled in shop.queue.settled] == [OK]


async def test_a_result_that_nobody_can_judge_any_more_is_a_failure_and_not_trouble(shop: Workshop):
    shop.catalog.judge = lambda intent, engine: None  # type: ignore[method-assign]
    shop.engine.told.set()
    await attempt(shop).run()
    (settled,) = shop.queue.settled
    assert (settled.result.outcome, settled.result.failure.code) == (AttemptOutcome.FAILED, "ENGINE_UNAVAILABLE")
    assert shop.observer.troubles == []
