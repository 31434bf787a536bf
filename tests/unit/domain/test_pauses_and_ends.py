"""How long a task waits for its next attempt, and what stands in it once it has ended."""

from datetime import timedelta
from hashlib import sha256

import pytest

from aion.domain import lifecycle
from aion.domain.attempts import HANDED_BACK, AttemptOutcome, AttemptResult, Failure
from aion.domain.backoff import FIRST_BACKOFF, MOST_HAND_BACK
from aion.domain.events import EventKind, NewEvent
from aion.domain.money import MAX_TOTAL_MICROS
from aion.domain.tasks import Task, TaskState
from tests.sample_tasks import FAILED, LEASE, LOST, OK, START, WITHOUT_A_TURN, new_task

SECOND = timedelta(seconds=1)
DECADES = timedelta(days=10_000)


def running(**changes: object) -> Task:
    return lifecycle.started(new_task(**changes), "w", START, LEASE).task


def pauses(task: Task, result: AttemptResult, count: int) -> list[timedelta]:
    found = []
    for _ in range(count):
        task = lifecycle.started(task, "w", START, LEASE).task
        task = lifecycle.settled(task, task.fence, result, START).task
        assert task.not_before is not None
        found.append(task.not_before - START)
    return found


def test_the_jitter_spreads_a_pause_over_the_whole_of_its_second_half():
    names = (sha256(str(number).encode()).hexdigest() for number in range(200))
    firsts = [pauses(new_task(name, max_failures=1), FAILED, 1)[0] for name in names]
    assert min(firsts) >= FIRST_BACKOFF / 2
    assert min(firsts) < FIRST_BACKOFF * 0.55
    assert max(firsts) > FIRST_BACKOFF * 0.95
    assert max(firsts) <= FIRST_BACKOFF


def test_each_pause_is_within_twice_the_bounds_of_the_one_before_until_it_grows_no_more():
    task = new_task(max_failures=30, expire_time=START + DECADES)
    whole = FIRST_BACKOFF
    for number, pause in enumerate(pauses(task, FAILED, 30), 1):
        assert whole / 2 <= pause <= whole
        if number <= 20:
            whole *= 2


def test_the_first_pause_after_handing_back_begins_like_that_of_a_retry_and_doubles():
    back = AttemptResult(AttemptOutcome.LOST, failure=Failure(HANDED_BACK, "no host was free"))
    first, second, *_, last = pauses(new_task(), back, 30)
    assert FIRST_BACKOFF / 2 <= first <= FIRST_BACKOFF <= second <= 2 * FIRST_BACKOFF
    assert last == MOST_HAND_BACK


def test_what_was_held_back_is_held_back_by_nothing_once_it_has_ended():
    paused = lifecycle.settled(running(max_failures=1), 1, FAILED, START).task
    assert paused.not_before is not None
    for ended in (lifecycle.cancel_asked(paused, START), lifecycle.expired(paused, paused.expire_time)):
        assert (ended.task.state.ended, ended.task.not_before) == (True, None)


def test_a_task_that_never_began_has_used_nothing():
    ended = lifecycle.cancel_asked(new_task(), START + SECOND).task
    assert (ended.usage.fuel, ended.usage.tokens, ended.usage.cost_micros) == (0, 0, 0)
    assert (ended.usage.latency, ended.end_time, ended.attempts) == (SECOND, START + SECOND, ())


@pytest.mark.parametrize(
    "end",
    [
        lambda: lifecycle.cancel_asked(new_task(), START),
        lambda: lifecycle.expired(new_task(expire_time=START), START),
        lambda: lifecycle.expired(new_task(queue_expire_time=START), START),
        lambda: lifecycle.settled(running(expire_time=START + SECOND), 1, OK, START + SECOND),
    ],
    ids=["canceled", "expired", "no turn in the queue", "expired while it ran"],
)
def test_an_end_that_the_clock_or_the_client_wanted_is_not_worth_a_retry(end):
    ended = end()
    assert not ended.task.failure.retryable
    assert ended.facts == ("task.ended",)


@pytest.mark.parametrize(
    ("result", "kind", "text", "data"),
    [(OK, EventKind.DONE, "", OK.result_json), (FAILED, EventKind.ERROR, FAILED.failure.code, "")],
    ids=["done", "error"],
)
def test_the_last_event_says_how_it_ended_and_has_the_last_offset(result, kind, text, data):
    streamed = lifecycle.appended(running(), 1, [NewEvent(EventKind.TOKEN, "a")], START).task
    change = lifecycle.settled(streamed, 1, result, START + SECOND)
    (event,) = change.events
    assert (event.kind, event.text, event.data_json, event.offset) == (kind, text, data, 2)
    assert (event.attempt, event.time, change.task.last_offset) == (1, START + SECOND, 2)
    assert change.task.usage.tokens == 1


def test_a_result_has_no_failure_and_a_failure_no_result():
    well, badly = (lifecycle.settled(running(), 1, result, START).task for result in (OK, FAILED))
    assert (well.result_json, well.failure) == (OK.result_json, None)
    assert (badly.result_json, badly.failure) == (None, FAILED.failure)


def test_a_closed_attempt_keeps_who_ran_it_on_what_since_when_and_what_it_took():
    task = running()
    closed = lifecycle.settled(task, 1, OK, START + SECOND).task.attempts[0]
    began = task.attempts[0]
    assert (closed.number, closed.engine, closed.owner) == (1, began.engine, "w")
    assert (closed.start_time, closed.end_time) == (START, START + SECOND)
    assert (closed.outcome, closed.failure, closed.fuel) == (AttemptOutcome.OK, None, OK.fuel)


def test_an_attempt_ran_the_bytes_that_its_worker_says_else_those_that_were_decided():
    task = running()
    assert lifecycle.settled(task, 1, OK.of("sha256:b"), START).task.attempts[0].digest == "sha256:b"
    assert lifecycle.settled(task, 1, OK, START).task.attempts[0].digest == task.attempts[0].digest


def test_a_clock_that_was_set_back_makes_no_end_before_its_beginning():
    ended = lifecycle.settled(running(), 1, OK, START - SECOND).task
    assert (ended.end_time, ended.attempts[0].end_time, ended.usage.latency) == (START, START, timedelta())
    waiting = lifecycle.cancel_asked(new_task(), START - SECOND).task
    assert (waiting.end_time, waiting.usage.latency) == (START, timedelta())
    early = lifecycle.started(new_task(), "w", START - SECOND, LEASE).task
    assert early.start_time == early.attempts[0].start_time == START


def test_only_the_result_that_settled_an_attempt_is_the_same_result():
    settled = lifecycle.settled(running(), 1, OK, START).task.attempts[0]
    assert lifecycle.settled_so(settled, OK)
    assert not lifecycle.settled_so(settled, FAILED)
    assert not lifecycle.settled_so(settled, AttemptResult(AttemptOutcome.OK, OK.result_json, fuel=OK.fuel + 1))
    lost = lifecycle.settled(running(), 1, LOST, START).task.attempts[0]
    assert lifecycle.settled_so(lost, LOST)
    other = AttemptResult(AttemptOutcome.LOST, failure=Failure("ENGINE_UNAVAILABLE", "it is gone"))
    assert lifecycle.settled_so(lost, other)


def test_a_lost_attempt_says_why_and_may_be_tried_again():
    change = lifecycle.lost(running(), START, "its lease expired")
    failure = change.task.attempts[0].failure
    assert (failure.code, failure.message, failure.retryable) == ("ATTEMPT_LOST", "its lease expired", True)
    assert change.facts == ("task.attempt_lost",)
    assert (change.task.lease, change.task.not_before, change.task.state) == (None, None, TaskState.PENDING)


def test_what_the_attempts_cost_together_is_never_more_than_a_store_can_keep():
    task = lifecycle.cost_recorded(running(max_failures=1), 1, 2**62).task
    second = lifecycle.started(lifecycle.settled(task, 1, FAILED, START).task, "w", START, LEASE).task
    assert lifecycle.cost_recorded(second, 2, 2**62).task.usage.cost_micros == MAX_TOTAL_MICROS


def test_an_attempt_that_cost_something_stays_on_record_although_it_had_no_turn():
    """2.8 The task's cost is the sum over its attempts."""
    paid = lifecycle.cost_recorded(running(), 1, 5).task
    waiting = lifecycle.settled(paid, 1, WITHOUT_A_TURN, START).task
    assert START < waiting.not_before <= START + FIRST_BACKOFF
    second = lifecycle.started(waiting, "w", START, LEASE).task
    late = lifecycle.cost_recorded(lifecycle.settled(second, 2, WITHOUT_A_TURN, START).task, 2, 6).task
    third = lifecycle.cost_recorded(lifecycle.started(late, "w", START, LEASE).task, 3, 7).task
    assert [attempt.cost_micros for attempt in third.attempts] == [5, 6, 7]
    assert third.usage.cost_micros == 18
    assert lifecycle.cost_recorded(third, 1, 10).task.usage.cost_micros == 23


def test_costs_add_up_over_attempts_and_only_grow():
    task = lifecycle.cost_recorded(running(max_failures=1), 1, 5).task
    again = lifecycle.settled(task, 1, FAILED, START).task
    second = lifecycle.started(again, "w", START, LEASE).task
    paid = lifecycle.cost_recorded(second, 2, 7).task
    assert [attempt.cost_micros for attempt in paid.attempts] == [5, 7]
    assert paid.usage.cost_micros == 12
    assert lifecycle.cost_recorded(paid, 2, 7) == lifecycle.Change(paid)
    assert lifecycle.cost_recorded(paid, 1, 4) == lifecycle.Change(paid)
    assert lifecycle.settled(paid, 2, OK, START).task.usage.cost_micros == 12
