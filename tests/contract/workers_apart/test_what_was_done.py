"""Events and results over the inner door: written once, judged here, and bounded."""

from datetime import timedelta

import pytest

from aion.adapters.remote_queue import pieces as pieces_of
from aion.app.work.judging import MOST_HAND_BACKS
from aion.domain.attempts import HANDED_BACK, MOST_FAILURE_MESSAGE, NO_TURN, AttemptOutcome, AttemptResult, Failure
from aion.domain.errors import OutcomeUnknown, StaleFence, Unavailable, ValidationFailed
from aion.domain.events import EventKind, NewEvent
from aion.domain.money import MAX_COST_MICROS
from aion.domain.tasks import TaskState
from aion.domain.writes import Append, Settle
from aion.ports.usecases import MAX_RESULT_BYTES
from tests.contract.queue_desk import ENGINE, Hand
from tests.contract.workers_apart.afar import CLAIM, submit
from tests.sample_tasks import OK, SCOPE, WITHOUT_A_TURN


async def test_events_that_are_too_many_for_a_message_go_in_pieces_and_once(tasks, door, monkeypatch):
    """2.7 A write that is sent again because its answer was lost is written once: also one that broke off halfway."""
    monkeypatch.setattr(pieces_of, "MOST_PIECE", 100)
    await submit(tasks, "one")
    queue = await door.enter("w")
    (one,) = await queue.claim(SCOPE, CLAIM)
    words = tuple(NewEvent(EventKind.TOKEN, f"{number} ") for number in range(20))
    calls = [0]
    really = queue._once

    async def sometimes(method, request, timeout):
        answer = await really(method, request, timeout)
        calls[0] += 1
        if calls[0] % 3 == 0:
            raise Unavailable("the answer was lost") from None
        return answer

    monkeypatch.setattr(queue, "_once", sometimes)
    for write in (
        lambda: queue.append(SCOPE, Append(one.lease, words, 0)),
        lambda: queue.settle(SCOPE, Settle(one.lease, OK, words, 20)),
    ):
        while True:
            try:
                await write()
                break
            except Unavailable:
                continue
    events = await tasks.events("acme", "one", 0, 100)
    assert [event.text for event in events[:-1]] == [word.text for word in (*words, *words)]


async def test_what_is_no_json_is_refused_and_never_stored(tasks, door):
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    with pytest.raises(ValidationFailed, match="result_json"):
        await hand.settle(one, AttemptResult(AttemptOutcome.OK, result_json="{"))
    with pytest.raises(ValidationFailed, match=r"events\[0\]"):
        await hand.queue.append(SCOPE, Append(one.lease, (NewEvent(EventKind.PARTIAL, data_json="nothing"),)))
    assert list(await tasks.events("acme", "one", 0, 10)) == []


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ('{"text":"%s"}' % ("a" * MAX_RESULT_BYTES), "RESULT_TOO_LARGE"),
        ("[1]", "OUTPUT_SCHEMA_VIOLATION"),
    ],
    ids=["too large", "no object"],
)
async def test_a_result_that_breaks_the_law_fails_the_attempt_however_often_it_is_sent(tasks, door, document, code):
    """7.12 What a worker apart settles with is judged by the server as a result of its own worker."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    for _ in range(2):
        settled = await hand.settle(one, AttemptResult(AttemptOutcome.OK, result_json=document, fuel=7))
        assert (settled.state, settled.outcome) == (TaskState.ERROR, AttemptOutcome.FAILED)
    ended = await tasks.get("acme", "one")
    assert (ended.failure.code, ended.result_json, ended.attempts[0].fuel) == (code, None, 7)
    assert door.latency.engines == []


async def test_a_result_from_afar_is_judged_by_what_held_when_its_attempt_began(tasks, door, monkeypatch):
    """7.12 What a worker apart settles with is judged by the server as a result of its own worker."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    monkeypatch.setattr(door.served.parts.catalog, "judge", lambda intent, engine: None)
    assert (await hand.settle(one, OK)).state is TaskState.OK


async def test_a_failure_is_said_in_known_words_and_briefly(tasks, door):
    """7.12 What a worker apart settles with is judged by the words for a failure."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    for outcome, code in (
        (AttemptOutcome.FAILED, "TASK_POISONED"),
        (AttemptOutcome.FAILED, "OF_MY_OWN"),
        (AttemptOutcome.TIMEOUT, "MODULE_FAILED"),
        (AttemptOutcome.LOST, "ATTEMPT_LOST"),
        (AttemptOutcome.OK, "MODULE_FAILED"),
    ):
        with pytest.raises(ValidationFailed, match=f"failure.code '{code}'"):
            await hand.settle(one, AttemptResult(outcome, "{}", Failure(code, "why")))
    with pytest.raises(ValidationFailed, match="none"):
        await hand.settle(one, AttemptResult(AttemptOutcome.FAILED))
    long = Failure("MODULE_FAILED", "x" * 100_000, retryable=False)
    assert (await hand.settle(one, AttemptResult(AttemptOutcome.FAILED, failure=long))).state is TaskState.ERROR
    assert len((await tasks.get("acme", "one")).failure.message) == MOST_FAILURE_MESSAGE


async def test_a_worker_cannot_hand_back_a_task_for_ever(tasks, door, clock, monkeypatch):
    """7.12 One that hands back the same task more than so many times in a row loses it, which counts."""
    monkeypatch.setattr("aion.app.work.judging.MOST_HAND_BACKS", 2)
    await submit(tasks, "one")
    hands = [Hand(await door.enter(name), name) for name in ("w", "v")]
    back = AttemptResult(AttemptOutcome.LOST, failure=Failure(HANDED_BACK, "not now"))
    for owner in (0, 0, 1, 0, 0, 0):
        clock.advance(timedelta(minutes=1))
        (one,) = await hands[owner].claim()
        for _ in range(2):
            assert (await hands[owner].settle(one, back)).state is TaskState.PENDING
    attempts = (await tasks.get("acme", "one")).attempts
    assert [attempt.failure.code for attempt in attempts] == 5 * [HANDED_BACK] + ["ATTEMPT_LOST"]


async def test_a_task_that_waits_for_its_turn_loses_nothing_by_it(tasks, door, clock):
    """2.4 An attempt that never began is no loss, however often; it leaves one trace, the last."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    for _ in range(MOST_HAND_BACKS + 5):
        clock.advance(timedelta(minutes=1))
        (one,) = await hand.claim()
        for _ in range(2):
            assert (await hand.settle(one, WITHOUT_A_TURN)).state is TaskState.PENDING
    (attempt,) = (await tasks.get("acme", "one")).attempts
    assert (attempt.number, attempt.code) == (MOST_HAND_BACKS + 5, NO_TURN)
    clock.advance(timedelta(minutes=1))
    (one,) = await hand.claim()
    with pytest.raises(StaleFence):
        await hand.settle(one._replace(fence=one.fence - 1), WITHOUT_A_TURN)
    assert (await hand.settle(one, OK)).state is TaskState.OK


async def test_a_worker_cannot_make_a_record_grow_with_what_had_no_turn_and_yet_cost_something(tasks, door, clock):
    """7.12 One that hands back the same task more than so many times in a row loses it, which counts."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    for _ in range(MOST_HAND_BACKS + 1):
        clock.advance(timedelta(minutes=1))
        (one,) = await hand.claim()
        await hand.record_cost(one, 1)
        assert (await hand.settle(one, WITHOUT_A_TURN)).state is TaskState.PENDING
    codes = [attempt.code for attempt in (await tasks.get("acme", "one")).attempts]
    assert codes == MOST_HAND_BACKS * [NO_TURN] + ["ATTEMPT_LOST"]


async def test_an_attempt_cannot_fill_the_log_without_end(tasks, door, monkeypatch):
    """7.12 An attempt writes at most so much into its log."""
    monkeypatch.setattr("aion.app.work.workers_apart.MOST_SAID", 100)
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    assert await hand.append(one, "a" * 60, after=0) == 1
    for more in (hand.append(one, "b" * 60, after=1), hand.settle(one, OK, "b" * 60, after=1)):
        with pytest.raises(ValidationFailed, match="most that a log takes"):
            await more
    assert (await hand.settle(one, OK, after=1)).state is TaskState.OK


async def test_a_piece_that_is_sent_again_counts_once_for_what_an_attempt_may_write(tasks, door, monkeypatch):
    """2.7 A write that is sent again because its answer was lost is written once: also where it is counted."""
    monkeypatch.setattr("aion.app.work.workers_apart.MOST_SAID", 200)
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    for after in range(2):
        for _ in range(3):
            assert await hand.append(one, "a" * 64, after=after) == after + 1
            hand.queue._halfway.clear()  # as if the answer had been lost
    with pytest.raises(ValidationFailed, match="most that a log takes"):
        await hand.append(one, "a" * 64, after=2)
    assert await hand.append(one, "a" * 24, after=2) == 3
    assert (await hand.settle(one, OK, after=3)).state is TaskState.OK


async def test_a_piece_of_which_nobody_heard_that_it_was_written_counts_when_it_is_sent_again(tasks, door, monkeypatch):
    """2.7 A write that is sent again because its answer was lost is written once: also where it is counted."""
    monkeypatch.setattr("aion.app.work.workers_apart.MOST_SAID", 100)
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    really, lost = tasks.append, [OutcomeUnknown("the commit was not heard of")]

    async def append(store, scope, value):
        written = await really(scope, value)
        if lost:
            raise lost.pop()
        return written

    monkeypatch.setattr(type(tasks), "append", append)
    with pytest.raises(OutcomeUnknown):
        await hand.append(one, "a" * 64, after=0)
    assert await hand.append(one, "a" * 64, after=0) == 1
    with pytest.raises(ValidationFailed, match="most that a log takes"):
        await hand.append(one, "a" * 64, after=1)


async def test_a_cost_that_no_store_could_add_up_is_refused_and_the_most_that_is_taken_is_kept(tasks, door):
    """2.8 The task's cost is the sum over its attempts."""
    await submit(tasks, "one")
    hand = Hand(await door.enter("w"), "w")
    (one,) = await hand.claim()
    for amount in (MAX_COST_MICROS + 1, 2**62, 2**63 - 1):
        with pytest.raises(ValidationFailed, match=f"cost_micros must be at most {MAX_COST_MICROS} micro-dollars"):
            await hand.record_cost(one, amount)
    await hand.record_cost(one, MAX_COST_MICROS)
    assert (await tasks.get("acme", "one")).usage.cost_micros == MAX_COST_MICROS


async def test_a_result_of_a_worker_apart_counts_for_routing(tasks, door, clock):
    await submit(tasks, "one", "two")
    hand = Hand(await door.enter("w"), "w")
    one, two = await hand.claim(2)
    await hand.settle(one)
    await hand.settle(two, AttemptResult(AttemptOutcome.CANCELED))
    assert door.latency.engines == [ENGINE]
