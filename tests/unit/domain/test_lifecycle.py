"""The law of states, transition by transition."""

from datetime import UTC, datetime, timedelta

import pytest

from aion.domain import lifecycle
from aion.domain.attempts import HANDED_BACK, AttemptOutcome, AttemptResult, Failure
from aion.domain.backoff import FIRST_BACKOFF, MOST_HAND_BACK
from aion.domain.errors import StaleFence
from aion.domain.events import EventKind, NewEvent
from aion.domain.leased import leased
from aion.domain.lifecycle import OVERTIME
from aion.domain.routing import Privacy
from aion.domain.tasks import Sla, Task, TaskState
from tests.sample_tasks import FAILED, LEASE, LOST, OK, START, WITHOUT_A_TURN, new_task

SECOND = timedelta(seconds=1)
GIVEN_BACK = AttemptResult(AttemptOutcome.LOST, failure=Failure(HANDED_BACK, "not here, not now"))


def running(**changes: object) -> Task:
    return lifecycle.started(new_task(**changes), "w", START, LEASE).task


def test_starting_gives_a_lease_whose_fence_is_the_attempts_number():
    task = running()
    assert (task.state, task.lease.owner, task.lease.fence, task.fence) == (TaskState.RUNNING, "w", 1, 1)
    assert task.lease.expires == START + LEASE
    assert task.attempts[0].engine == "module:summarize@1.0.0"


def test_only_a_pending_task_starts():
    with pytest.raises(ValueError, match="cannot start"):
        lifecycle.started(running(), "w", START, LEASE)


def test_a_lease_lasts_a_little_longer_than_its_task_may_and_a_task_may_last_to_the_end_of_time():
    late = running().expire_time - LEASE / 4
    renewed = lifecycle.renewed(running(), "w", 1, late, LEASE).task
    assert renewed.lease.expires == renewed.expire_time + OVERTIME
    endless = running().changed(expire_time=datetime.max.replace(tzinfo=UTC))
    assert lifecycle.renewed(endless, "w", 1, late, LEASE).task.lease.expires == late + LEASE


@pytest.mark.parametrize("task", [new_task(), lifecycle.settled(running(), 1, OK, START).task], ids=["waits", "ended"])
def test_what_has_no_lease_is_nobodys_to_run(task):
    with pytest.raises(ValueError, match="has no lease"):
        leased(task)
    assert leased(running()).lease_expires == START + LEASE


def test_renewing_needs_the_owner_and_the_fence():
    later = START + SECOND
    assert lifecycle.renewed(running(), "w", 1, later, LEASE).task.lease.expires == later + LEASE
    with pytest.raises(StaleFence):
        lifecycle.renewed(running(), "other", 1, later, LEASE)
    with pytest.raises(StaleFence):
        lifecycle.renewed(running(), "w", 2, later, LEASE)


def test_a_result_ends_the_task_with_one_done_event_and_a_fact():
    change = lifecycle.settled(running(), 1, OK, START + SECOND)
    assert (change.task.state, change.task.result_json, change.task.lease) == (TaskState.OK, OK.result_json, None)
    assert [(event.kind, event.offset, event.data_json) for event in change.events] == [
        (EventKind.DONE, 1, OK.result_json)
    ]
    assert change.facts == ("task.ended",)
    assert change.task.usage.latency == SECOND
    assert change.task.usage.fuel == OK.fuel


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (OK, TaskState.OK),
        (FAILED, TaskState.ERROR),
        (AttemptResult(AttemptOutcome.TIMEOUT, failure=Failure("TIMEOUT", "slow")), TaskState.TIMEOUT),
        (AttemptResult(AttemptOutcome.CANCELED, failure=Failure("CANCELED", "asked")), TaskState.CANCELED),
    ],
)
def test_without_retries_each_outcome_has_its_state(result, state):
    assert lifecycle.settled(running(), 1, result, START).task.state is state


def test_failures_are_retried_up_to_their_bound_after_a_growing_pause():
    task, pauses = new_task(max_failures=2), []
    for _ in range(2):
        task = lifecycle.started(task, "w", START, LEASE).task
        task = lifecycle.settled(task, task.fence, FAILED, START).task
        assert task.state is TaskState.PENDING
        pauses.append(task.not_before - START)
    task = lifecycle.started(task, "w", START, LEASE).task
    assert lifecycle.settled(task, task.fence, FAILED, START).task.state is TaskState.ERROR
    assert timedelta(milliseconds=100) <= pauses[0] <= timedelta(milliseconds=200) <= pauses[1]


def test_a_failure_that_cannot_get_better_is_not_retried():
    for_good = AttemptResult(AttemptOutcome.FAILED, failure=Failure("X", "x", retryable=False))
    assert lifecycle.settled(running(max_failures=9), 1, for_good, START).task.state is TaskState.ERROR


def test_losses_have_their_own_bound_and_do_not_count_as_failures():
    task = new_task(max_failures=0)
    for _ in range(lifecycle.MAX_LOSSES):
        task = lifecycle.started(task, "w", START, LEASE).task
        task = lifecycle.settled(task, task.fence, LOST, START).task
        assert (task.state, task.alone, task.failures) == (TaskState.PENDING, True, 0)
    task = lifecycle.started(task, "w", START, LEASE).task
    change = lifecycle.lost(task, START, "its lease expired")
    assert (change.task.state, change.task.failure.code) == (TaskState.ERROR, "TASK_POISONED")
    assert change.facts == ("task.ended", "task.dead_lettered")


def test_an_attempt_that_is_handed_back_counts_for_nothing_and_waits_a_bounded_pause():
    """2.4 An attempt that was handed back is no loss, uncounted, tried again after a pause that doubles."""
    why = Failure(HANDED_BACK, "no host was free")
    task = lifecycle.settled(running(), 1, LOST, START).task
    pauses = []
    for number in range(2, 50):
        started = lifecycle.started(task, "w", START, LEASE).task
        change = lifecycle.settled(started, number, AttemptResult(AttemptOutcome.LOST, failure=why), START)
        task = change.task
        pauses.append(task.not_before - START)
        assert (task.state, task.alone, task.lease, task.attempts[-1].failure) == (TaskState.PENDING, True, None, why)
        assert change.facts == ("task.handed_back",)
    assert (task.losses, task.failures) == (1, 0)
    assert pauses[0] <= FIRST_BACKOFF
    assert pauses[-1] == MOST_HAND_BACK


def test_what_has_no_turn_waits_without_growing_and_its_fence_still_grows():
    """2.4 An attempt that never began is no loss, and the next takes its place."""
    task = lifecycle.settled(running(), 1, LOST, START).task
    pauses = []
    for number in range(2, 200):
        task = lifecycle.started(task, "w", START, LEASE).task
        assert (task.fence, task.lease.fence) == (number, number)
        task = lifecycle.settled(task, number, WITHOUT_A_TURN, START).task
        assert lifecycle.settled_so(task.attempts[-1], WITHOUT_A_TURN)
        pauses.append(task.not_before - START)
    assert [attempt.number for attempt in task.attempts] == [1, 199]
    assert (task.state, task.losses, task.failures) == (TaskState.PENDING, 1, 0)
    assert pauses[0] <= FIRST_BACKOFF
    assert pauses[-1] == MOST_HAND_BACK
    task = lifecycle.started(task, "w", START, LEASE).task
    assert [attempt.number for attempt in task.attempts] == [1, 200]
    with pytest.raises(StaleFence, match="never began"):
        lifecycle.cost_recorded(task, 199, 5)
    paid = lifecycle.cost_recorded(task, 200, 5).task
    assert [attempt.cost_micros for attempt in paid.attempts] == [0, 5]
    with pytest.raises(StaleFence):
        lifecycle.settled(task, 199, WITHOUT_A_TURN, START)


def test_only_a_running_task_can_lose_its_lease():
    with pytest.raises(ValueError, match="no lease"):
        lifecycle.lost(new_task(), START, "why")


def test_cancel_ends_pending_tells_running_and_leaves_ended_alone():
    canceled = lifecycle.cancel_asked(new_task(), START)
    assert (canceled.task.state, canceled.task.failure.code) == (TaskState.CANCELED, "TASK_CANCELED")
    assert [(event.kind, event.text) for event in canceled.events] == [(EventKind.ERROR, "TASK_CANCELED")]
    told = lifecycle.cancel_asked(running(), START)
    assert (told.task.state, told.task.cancel_requested) == (TaskState.RUNNING, True)
    assert (told.events, told.facts) == ((), ("task.cancel_requested",))
    assert lifecycle.cancel_asked(told.task, START).task is told.task
    ended = lifecycle.settled(running(), 1, OK, START).task
    assert lifecycle.cancel_asked(ended, START) == lifecycle.Change(ended)


@pytest.mark.parametrize("result", [OK, FAILED, LOST, GIVEN_BACK, WITHOUT_A_TURN])
def test_whatever_a_canceled_attempt_reports_the_task_ends_canceled(result):
    told = lifecycle.cancel_asked(running(max_failures=5), START).task
    assert lifecycle.settled(told, 1, result, START).task.state is TaskState.CANCELED


@pytest.mark.parametrize("result", [OK, FAILED, LOST, GIVEN_BACK, WITHOUT_A_TURN])
def test_after_its_expire_time_a_task_ends_timeout(result):
    task = running(expire_time=START + SECOND, max_failures=5)
    ended = lifecycle.settled(task, 1, result, START + SECOND).task
    assert (ended.state, ended.failure.code) == (TaskState.TIMEOUT, "TASK_EXPIRED")


def test_expiry_ends_waiting_tasks_only():
    task = new_task(expire_time=START + SECOND)
    assert lifecycle.expired(task, START).task is task
    assert lifecycle.expired(task, START + SECOND).task.state is TaskState.TIMEOUT
    busy = running(expire_time=START + SECOND)
    assert lifecycle.expired(busy, START + SECOND).task is busy


def test_offsets_are_dense_and_tokens_are_counted():
    news = [NewEvent(EventKind.LOG, "x"), NewEvent(EventKind.TOKEN, "a"), NewEvent(EventKind.TOKEN, "b")]
    change = lifecycle.appended(running(), 1, news, START)
    assert [event.offset for event in change.events] == [1, 2, 3]
    assert (change.task.last_offset, change.task.stream_from, change.task.usage.tokens) == (3, 2, 2)


def test_an_attempt_after_a_streamed_one_begins_with_a_reset():
    task = lifecycle.appended(running(), 1, [NewEvent(EventKind.TOKEN, "a")], START).task
    change = lifecycle.started(lifecycle.lost(task, START, "x").task, "w", START, LEASE)
    (reset,) = change.events
    assert (reset.kind, reset.offset, reset.attempt, reset.discard_from) == (EventKind.RESET, 2, 2, 1)
    assert change.task.stream_from == 0


def test_an_attempt_after_a_silent_one_needs_no_reset():
    task = lifecycle.appended(running(), 1, [NewEvent(EventKind.LOG, "a")], START).task
    assert lifecycle.started(lifecycle.lost(task, START, "x").task, "w", START, LEASE).events == ()


@pytest.mark.parametrize("fence", [0, 2])
def test_a_stale_fence_writes_nothing(fence):
    for write in (lifecycle.appended, lifecycle.settled):
        with pytest.raises(StaleFence):
            write(running(), fence, OK if write is lifecycle.settled else [], START)


def test_a_kept_promise_is_a_result_within_the_promised_latency():
    promise = Sla(Privacy.LOCAL_ONLY, p95=SECOND)
    assert lifecycle.settled(running(sla=promise), 1, OK, START + SECOND).task.promise_kept is True
    assert lifecycle.settled(running(sla=promise), 1, OK, START + 2 * SECOND).task.promise_kept is False
    assert lifecycle.settled(running(sla=promise), 1, FAILED, START).task.promise_kept is False
    assert lifecycle.settled(running(), 1, OK, START).task.promise_kept is None


def test_changing_a_task_makes_another_and_leaves_the_first():
    task = new_task()
    other = task.changed(alone=True)
    assert (task.alone, other.alone) == (False, True)
    assert other == new_task(alone=True)
    with pytest.raises(AttributeError):
        other.alone = False


def test_a_task_that_no_attempt_began_in_time_ends_timeout_and_says_so():
    """3.7 A task of which no attempt began within `max_queue_time` ends TIMEOUT with `QUEUE_EXPIRED`."""
    task = new_task(queue_expire_time=START + SECOND)
    assert lifecycle.expired(task, START).task is task
    ended = lifecycle.expired(task, START + SECOND).task
    assert (ended.state, ended.failure.code) == (TaskState.TIMEOUT, "QUEUE_EXPIRED")
    assert "max_queue_time" in ended.failure.message


def test_once_an_attempt_began_only_the_expire_time_bounds_a_task():
    """3.7 Once an attempt began only `expire_time` bounds it."""
    waiting = lifecycle.lost(running(queue_expire_time=START + SECOND), START, "its lease expired").task
    assert (waiting.state, waiting.waits_until) == (TaskState.PENDING, waiting.expire_time)
    assert lifecycle.expired(waiting, START + 2 * SECOND).task is waiting
    assert lifecycle.expired(waiting, waiting.expire_time).task.failure.code == "TASK_EXPIRED"


def test_what_had_no_turn_has_not_begun():
    """3.7 A task of which no attempt began within `max_queue_time` ends TIMEOUT with `QUEUE_EXPIRED`."""
    until = START + SECOND
    waiting = lifecycle.settled(running(queue_expire_time=until), 1, WITHOUT_A_TURN, START).task
    assert (waiting.start_time, waiting.waits_until) == (None, until)
    again = lifecycle.started(waiting, "w", START + SECOND / 2, LEASE).task
    assert (again.start_time, again.waits_until) == (START + SECOND / 2, again.expire_time)
    late = lifecycle.settled(again, 2, WITHOUT_A_TURN, until - SECOND / 100).task
    assert late.not_before == until
    for ended in (lifecycle.expired(late, until), lifecycle.settled(again, 2, WITHOUT_A_TURN, until)):
        assert (ended.task.state, ended.task.failure.code) == (TaskState.TIMEOUT, "QUEUE_EXPIRED")


def test_what_had_no_turn_takes_nothing_back_of_what_began_before_it():
    """3.7 Once an attempt began only `expire_time` bounds it."""
    lost = lifecycle.lost(running(queue_expire_time=START + SECOND), START, "its lease expired").task
    again = lifecycle.started(lost, "w", START + 2 * SECOND, LEASE).task
    waiting = lifecycle.settled(again, 2, WITHOUT_A_TURN, START + 3 * SECOND).task
    assert (waiting.state, waiting.start_time, waiting.waits_until) == (TaskState.PENDING, START, waiting.expire_time)


def test_the_earlier_of_queue_expiry_and_expire_time_gives_its_name():
    task = new_task(queue_expire_time=START + timedelta(days=1))
    assert task.waits_until == task.expire_time
    assert lifecycle.expired(task, START + timedelta(days=2)).task.failure.code == "TASK_EXPIRED"


def test_what_was_held_back_counts_its_latency_from_then():
    """3.8 `usage.latency_ms` and `promise_kept` count from acceptance, or from `not_before`."""
    until = START + timedelta(minutes=10)
    task = new_task(not_before=until, held_until=until, sla=Sla(Privacy.LOCAL_ONLY, p95=2 * SECOND))
    started = lifecycle.started(task, "w", until, LEASE).task
    ended = lifecycle.settled(started, 1, OK, until + SECOND).task
    assert (ended.usage.latency, ended.promise_kept) == (SECOND, True)
    assert lifecycle.cancel_asked(task, START).task.usage.latency == timedelta()


def test_a_pause_before_a_retry_never_goes_beyond_the_expire_time():
    task = lifecycle.settled(running(max_failures=1, expire_time=START + SECOND / 100), 1, FAILED, START).task
    assert (task.state, task.not_before) == (TaskState.PENDING, task.expire_time)
