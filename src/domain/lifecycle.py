"""The transitions of a task: the law of its states, as pure functions.

Each takes the task as it is and returns a `Change`: the next task, the events that belong to it and the facts that go
to the outbox. A store applies a change in one transaction or not at all. Nothing here knows time, chance or storage.

    PENDING -> RUNNING -> OK | ERROR | TIMEOUT | CANCELED
    PENDING -> TIMEOUT | CANCELED
    RUNNING -> PENDING (lease lost, or retry)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aion.domain.attempts import GIVEN_BACK, Attempt, AttemptOutcome, AttemptResult, Failure, Lease
from aion.domain.backoff import MOST_HAND_BACK, backoff
from aion.domain.errors import StaleFence
from aion.domain.events import EventKind, NewEvent, TaskEvent
from aion.domain.money import MAX_TOTAL_MICROS
from aion.domain.tasks import Task, TaskState, Usage

MAX_LOSSES = 3
"""How often a task may lose its host or lease before it is poison."""

OVERTIME = timedelta(seconds=5)
"""How long after its task's expire time a lease may be renewed for: its worker has to end the guest and settle."""

_HOST_DIED = "the engine's host died"

_STREAMED = (EventKind.TOKEN, EventKind.PARTIAL)
_STATE_OF = {
    AttemptOutcome.OK: TaskState.OK,
    AttemptOutcome.FAILED: TaskState.ERROR,
    AttemptOutcome.TIMEOUT: TaskState.TIMEOUT,
    AttemptOutcome.CANCELED: TaskState.CANCELED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """What one step does: the next task, the new events of its log, and the names of the facts for the outbox."""

    task: Task
    events: tuple[TaskEvent, ...] = ()
    facts: tuple[str, ...] = ()


def accepted(task: Task) -> Change:
    """A task enters AION, PENDING."""
    return Change(task, facts=("task.accepted",))


def started(task: Task, owner: str, now: datetime, lease_for: timedelta) -> Change:
    """A worker takes a PENDING task: a new attempt, a higher fence, and a RESET when an earlier one had streamed.

    It takes the place of an attempt that never began, so that a task which waits for its turn does not grow by it.
    """
    if task.state is not TaskState.PENDING:
        raise ValueError(f"a task in {task.state.name} cannot start")
    number = task.fence + 1
    decision = task.decision
    began = max(now, task.create_time)
    attempt = Attempt(
        number=number, engine=decision.engine, start_time=began, owner=owner, digest=decision.pinned_digest
    )
    events: tuple[TaskEvent, ...] = ()
    if task.stream_from:
        events = (TaskEvent(task.last_offset + 1, number, EventKind.RESET, now, discard_from=task.stream_from),)
    running = task.changed(
        state=TaskState.RUNNING,
        start_time=began,
        not_before=None,
        lease=Lease(owner, number, now + lease_for),
        attempts=(*_that_began(task.attempts), attempt),
        last_offset=task.last_offset + len(events),
        stream_from=0,
    )
    return Change(running, events)


def renewed(task: Task, owner: str, fence: int, now: datetime, lease_for: timedelta) -> Change:
    """The holder of the lease keeps it longer, but not for ever: after the task's expire time it ends, so that a worker
    that renews and never settles cannot keep the task from its end.
    """
    lease = held(task, fence)
    if lease.owner != owner:
        raise StaleFence(f"the lease of {task.task_id} belongs to another worker")
    # Not by adding to the expire time, which may be the last moment that there is.
    expires = now + min(lease_for, task.expire_time - now + OVERTIME)
    return Change(task.changed(lease=replace(lease, expires=expires)))


def appended(task: Task, fence: int, new: Sequence[NewEvent], now: datetime) -> Change:
    """The holder of the lease adds events to the log."""
    held(task, fence)
    return _append(task, fence, new, now)


def settled(task: Task, fence: int, result: AttemptResult, now: datetime) -> Change:
    """The holder of the lease reports how the attempt ended; the task ends or goes back to the queue."""
    held(task, fence)
    if result.outcome is AttemptOutcome.LOST:
        if result.failure is not None and result.failure.code in GIVEN_BACK:
            return handed_back(task, result.failure, now)
        return lost(task, now, _HOST_DIED)
    closed = _close_attempt(task, result, now)
    if (ended := _overdue(closed, now)) is not None:
        return ended
    if _may_retry(closed, result):
        again = _paused(closed, now, backoff(closed.task_id, closed.failures))
        return Change(again, facts=("task.retrying",))
    return _end(closed, _STATE_OF[result.outcome], now, failure=result.failure, result_json=result.result_json)


def settled_so(attempt: Attempt, result: AttemptResult) -> bool:
    """Whether it was this very result with which the attempt was settled earlier."""
    failure = result.failure
    if result.outcome is AttemptOutcome.LOST and (failure is None or failure.code not in GIVEN_BACK):
        failure = Failure("ATTEMPT_LOST", _HOST_DIED)
    return (attempt.outcome, attempt.failure, attempt.fuel) == (result.outcome, failure, result.fuel)


def lost(task: Task, now: datetime, why: str) -> Change:
    """The attempt is gone with its host or lease; the task is queued again, alone, or is poison after too many."""
    if task.state is not TaskState.RUNNING:
        raise ValueError(f"a task in {task.state.name} has no lease to lose")
    closed = _close_attempt(task, AttemptResult(AttemptOutcome.LOST, failure=Failure("ATTEMPT_LOST", why)), now)
    if (ended := _overdue(closed, now)) is not None:
        return ended
    if closed.losses > MAX_LOSSES:
        poison = Failure(
            "TASK_POISONED",
            f"{closed.losses} attempts were lost, the last because {why}; it is not tried again",
        )
        ended = _end(closed, TaskState.ERROR, now, failure=poison)
        return replace(ended, facts=(*ended.facts, "task.dead_lettered"))
    return Change(closed.changed(state=TaskState.PENDING, lease=None, alone=True), facts=("task.attempt_lost",))


def handed_back(task: Task, why: Failure, now: datetime) -> Change:
    """A worker that shuts down or has no place for it gives the task back: no loss, however often it happens."""
    closed = _close_attempt(task, AttemptResult(AttemptOutcome.LOST, failure=why), now)
    began = _that_began(closed.attempts)
    closed = closed.changed(start_time=began[-1].start_time if began else None)
    if (ended := _overdue(closed, now)) is not None:
        return ended
    if closed.attempts[-1].began:
        times = sum(attempt.code in GIVEN_BACK for attempt in began)
    else:
        times = closed.fence - (began[-1].number if began else 0)
    again = _paused(closed, now, min(backoff(closed.task_id, times), MOST_HAND_BACK))
    return Change(again, facts=("task.handed_back",))


def cost_recorded(task: Task, fence: int, cost_micros: int) -> Change:
    """What an attempt has cost so far, also after its end: a provider's bill is real. It only grows."""
    attempt = task.attempt(fence)
    if attempt is None:
        raise StaleFence(f"fence {fence} of {task.task_id} was never given, or its attempt never began")
    if cost_micros <= attempt.cost_micros:
        return Change(task)
    paid = replace(attempt, cost_micros=cost_micros)
    attempts = tuple(paid if each is attempt else each for each in task.attempts)
    total = min(sum(each.cost_micros for each in attempts), MAX_TOTAL_MICROS)
    return Change(task.changed(attempts=attempts, usage=replace(task.usage, cost_micros=total)))


def cancel_asked(task: Task, now: datetime) -> Change:
    """Somebody wants the task to end: PENDING ends at once, RUNNING is told, an ended one stays as it is."""
    if task.state is TaskState.PENDING:
        return _end(task, TaskState.CANCELED, now, failure=_canceled())
    if task.state is TaskState.RUNNING and not task.cancel_requested:
        return Change(task.changed(cancel_requested=True), facts=("task.cancel_requested",))
    return Change(task)


def expired(task: Task, now: datetime) -> Change:
    """A PENDING task that may wait no longer ends TIMEOUT; a RUNNING one is ended by its worker."""
    if task.state is TaskState.PENDING and now >= task.waits_until:
        return _end(task, TaskState.TIMEOUT, now, failure=_expired(task))
    return Change(task)


def held(task: Task, fence: int) -> Lease:
    """The current lease, if `fence` is its fence; raises StaleFence otherwise."""
    if task.state is not TaskState.RUNNING or task.lease is None or task.lease.fence != fence:
        raise StaleFence(f"fence {fence} of {task.task_id} is stale: the task is {task.state.name}")
    return task.lease


def _that_began(attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    """Without the last one when it had no turn: only the last one can be such."""
    return attempts if not attempts or attempts[-1].began else attempts[:-1]


def _append(task: Task, attempt: int, new: Sequence[NewEvent], now: datetime) -> Change:
    offset, stream_from, tokens = task.last_offset, task.stream_from, 0
    events: list[TaskEvent] = []
    for kind, text, data_json in new:
        offset += 1
        events.append(TaskEvent(offset, attempt, kind, now, text, data_json))
        if kind is EventKind.TOKEN:
            tokens += 1
        if not stream_from and kind in _STREAMED:
            stream_from = offset
    usage = task.usage
    if tokens:
        usage = Usage(usage.latency, usage.tokens + tokens, usage.cost_micros, usage.fuel)
    return Change(task.changed(last_offset=offset, stream_from=stream_from, usage=usage), tuple(events))


def _close_attempt(task: Task, result: AttemptResult, now: datetime) -> Task:
    began = task.attempts[-1]
    last = Attempt(
        began.number,
        began.engine,
        began.start_time,
        result.outcome,
        max(now, began.start_time),
        result.failure,
        result.fuel,
        began.cost_micros,
        began.owner,
        result.digest or began.digest,
    )
    return task.changed(attempts=(*task.attempts[:-1], last))


def _overdue(closed: Task, now: datetime) -> Change | None:
    """The end of a task that was canceled or has expired, whatever its attempt came to."""
    if closed.cancel_requested:
        return _end(closed, TaskState.CANCELED, now, failure=_canceled())
    if now >= closed.waits_until:
        return _end(closed, TaskState.TIMEOUT, now, failure=_expired(closed))
    return None


def _may_retry(task: Task, result: AttemptResult) -> bool:
    return (
        result.outcome in (AttemptOutcome.FAILED, AttemptOutcome.TIMEOUT)
        and result.failure is not None
        and result.failure.retryable
        and task.failures <= task.max_failures
    )


def _paused(closed: Task, now: datetime, pause: timedelta) -> Task:
    """Back in the queue, held back for a while, but never beyond the time for which it may wait."""
    return closed.changed(state=TaskState.PENDING, lease=None, not_before=min(now + pause, closed.waits_until))


def _end(
    task: Task, state: TaskState, now: datetime, *, failure: Failure | None, result_json: str | None = None
) -> Change:
    # A clock that was set back meanwhile makes no end before its beginning.
    end = max(now, task.start_time or task.create_time)
    latency = max(end - (task.held_until or task.create_time), timedelta())
    offset = task.last_offset + 1
    if state is TaskState.OK:
        event = TaskEvent(offset, task.fence, EventKind.DONE, now, data_json=result_json or "")
    else:
        event = TaskEvent(offset, task.fence, EventKind.ERROR, now, text=failure.code if failure else "")
    ended = task.changed(
        state=state,
        end_time=end,
        lease=None,
        not_before=None,
        last_offset=offset,
        result_json=result_json,
        failure=failure if state is not TaskState.OK else None,
        usage=Usage(
            latency=latency,
            tokens=task.usage.tokens,
            cost_micros=task.usage.cost_micros,
            fuel=task.attempts[-1].fuel if task.attempts else 0,
        ),
        promise_kept=None if task.sla.p95 is None else state is TaskState.OK and latency <= task.sla.p95,
    )
    return Change(ended, (event,), ("task.ended",))


def _canceled() -> Failure:
    return Failure("TASK_CANCELED", "the task was canceled", retryable=False)


def _expired(task: Task) -> Failure:
    if task.waits_until < task.expire_time:
        until = task.waits_until.isoformat()
        return Failure("QUEUE_EXPIRED", f"no attempt began within its max_queue_time, until {until}", retryable=False)
    return Failure("TASK_EXPIRED", f"the task passed its expire_time {task.expire_time.isoformat()}", retryable=False)
