"""The steps of a task's life inside a transaction: guards first, then the pure transition, then its change.

A step that refuses raises before it has written anything, so that its neighbours in the same transaction never notice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from aion.adapters.storage import schedules
from aion.adapters.storage import statements as sql
from aion.adapters.storage.ready_lines import Line
from aion.adapters.storage.transaction import Transaction
from aion.domain import lifecycle
from aion.domain.errors import (
    FieldViolation,
    IdempotencyKeyReused,
    QueueFull,
    StaleFence,
    TaskAlreadyExists,
    TaskNotFound,
)
from aion.domain.fleet import is_apart
from aion.domain.leased import LeasedTask, Settled, leased
from aion.domain.lifecycle import Change
from aion.domain.schedules import Firing, fired
from aion.domain.tasks import Task, TaskState
from aion.domain.writes import Accept, Accepted, Append, Claim, LeaseRef, Reaped, RecordCost, Renew, Renewed, Settle

_QUEUE_RETRY = timedelta(seconds=1)
REAP_LIMIT = 500
"""How many tasks one pass ends at most, so that it never blocks the writers."""


def accept(value: Accept, transaction: Transaction) -> Accepted:
    """Makes the task, or finds the one that an earlier, identical call made."""
    task = value.task
    existing = find_replay(transaction, task, value)
    if existing is not None:
        return Accepted(existing, replayed=True)
    if transaction.memory.waiting.count(task.tenant) >= value.max_pending:
        raise QueueFull(
            f"{value.max_pending} tasks of this tenant are waiting, which is the most it may have; try again later",
            retry_after=_QUEUE_RETRY,
            facts={"limit": str(value.max_pending)},
        )
    change = lifecycle.accepted(task)
    eager = value.eager
    starts = (
        eager is not None
        and (task.not_before is None or task.not_before <= transaction.now)
        and (eager.engines is None or task.decision.engine in eager.engines)
        and not transaction.memory.waiting.any_ready(transaction.now_us, eager.engines)
    )
    if eager is not None and starts:
        start = lifecycle.started(change.task, eager.owner, transaction.now, eager.lease_for)
        change = Change(start.task, (*change.events, *start.events), (*change.facts, *start.facts))
    transaction.create(change, value.idempotency)
    if value.firing is not None:
        _count_in_schedule(value.firing, change.task, transaction)
    return Accepted(change.task, started=starts)


def find_replay(transaction: Transaction, task: Task, value: Accept) -> Task | None:
    """The task that `value` is a replay of. Raises IdempotencyKeyReused and TaskAlreadyExists."""
    if value.idempotency is not None:
        found = transaction.find_by_key(task.tenant, value.idempotency)
        if found is not None:
            return same_key(found[0], found[1], value.idempotency.fingerprint)
    existing = transaction.find(task.tenant, task.task_id)
    if existing is not None:
        return same_task(existing, task.fingerprint)
    if transaction.is_tombstone(task.tenant, task.task_id):
        raise purged(task.task_id)
    return None


def same_key(stored: bytes, task: Task, fingerprint: bytes) -> Task:
    """`task`, if its key was used for the same request; raises IdempotencyKeyReused otherwise."""
    if stored == fingerprint:
        return task
    raise IdempotencyKeyReused(
        f"this idempotency key was used for another request, which made task {task.task_id}; "
        "use a new key for a new request",
        violations=(FieldViolation("request_id", "was used for another request"),),
        facts={"task_id": task.task_id},
    )


def same_task(task: Task, fingerprint: bytes) -> Task:
    """`task`, if it was made by the same request; raises TaskAlreadyExists otherwise."""
    if task.fingerprint == fingerprint:
        return task
    raise _taken(task.task_id, "another task")


def cancel(tenant: str, task_id: str, transaction: Transaction) -> Task:
    """Asks a task to end."""
    task = transaction.find(tenant, task_id)
    if task is None:
        raise not_found(task_id)
    return _apply(transaction, task, lifecycle.cancel_asked(task, transaction.now))


def claim(value: Claim, transaction: Transaction) -> Sequence[LeasedTask]:
    """Leases the tasks whose turn it is; what expired while it waited ends here."""
    waiting, claimed, room = transaction.memory.waiting, list[LeasedTask](), value.most_bytes
    while len(claimed) < value.limit and (room is None or room > 0):
        key = waiting.next_ready(transaction.now_us, value.engines)
        if key is None:
            break
        task = _indexed(transaction, key)
        if task.waits_until <= transaction.now:
            transaction.write(lifecycle.expired(task, transaction.now))
            continue
        change = lifecycle.started(task, value.owner, transaction.now, value.lease_for)
        transaction.write(change)
        claimed.append(leased(change.task))
        if room is not None:
            room -= len(task.input_json.encode())
    return claimed


def renew(value: Renew, transaction: Transaction) -> Sequence[Renewed]:
    """Keeps leases longer; a lost one is said, not raised."""
    return [_renew_one(value, lease, transaction) for lease in value.leases]


def append(value: Append, transaction: Transaction) -> int:
    """Adds events under a fence."""
    task = _leased(transaction, value.lease, value.owner)
    lifecycle.held(task, value.lease.fence)
    if _is_written(task, value):
        return task.last_offset
    change = lifecycle.appended(task, value.lease.fence, value.events, transaction.now)
    transaction.grow(change)
    return change.task.last_offset


def settle(value: Settle, transaction: Transaction) -> Settled:
    """Ends an attempt under its fence, after its last events."""
    fence = value.lease.fence
    task = _leased(transaction, value.lease, value.owner)
    if (earlier := _settled_earlier(task, value)) is not None:
        return earlier
    if value.after_offset is not None and value.after_offset != task.last_offset:
        lifecycle.held(task, fence)
        raise _misfit(task, value.after_offset)
    last = lifecycle.appended(task, fence, value.events, transaction.now) if value.events else Change(task)
    change = lifecycle.settled(last.task, fence, value.result, transaction.now)
    transaction.write(replace(change, events=(*last.events, *change.events)) if last.events else change)
    return Settled(change.task.state, value.result.outcome)


def record_cost(value: RecordCost, transaction: Transaction) -> None:
    """Notes what an attempt has cost, with or without a lease."""
    task = _leased(transaction, value.lease, value.owner)
    _apply(transaction, task, lifecycle.cost_recorded(task, value.lease.fence, value.cost_micros))


def reclaim(owner: str, living: frozenset[str], transaction: Transaction) -> int:
    """Takes back the leases of workers that are gone."""
    taken = 0
    for key in transaction.memory.leases.names():
        task = _indexed(transaction, key)
        if task.lease is not None and task.lease.owner not in living and not is_apart(task.lease.owner):
            why = f"its worker {task.lease.owner} is gone, {owner} took it back"
            transaction.write(lifecycle.lost(task, transaction.now, why))
            taken += 1
    return taken


def reap(transaction: Transaction) -> Reaped:
    """Ends leases and waiting tasks that are overdue, a bounded number of each, and releases what may start now."""
    memory, now, now_us = transaction.memory, transaction.now, transaction.now_us
    lost = expired = 0
    memory.waiting.release(now_us)
    while lost < REAP_LIMIT and (first := memory.leases.first()) is not None and first[0] <= now_us:
        transaction.write(lifecycle.lost(_indexed(transaction, first[1]), now, "its lease expired"))
        lost += 1
    while expired < REAP_LIMIT and (key := memory.waiting.expired(now_us)) is not None:
        transaction.write(lifecycle.expired(_indexed(transaction, key), now))
        expired += 1
    for line in memory.waiting.overdue_on_disk(now_us):
        expired += _expire_on_disk(line, transaction)
    return Reaped(leases_lost=lost, tasks_expired=expired)


def not_found(task_id: str) -> TaskNotFound:
    """The same words for what is not there and what belongs to another tenant."""
    return TaskNotFound(
        f"there is no task {task_id}; list the tasks to see which there are", facts={"task_id": task_id}
    )


def purged(task_id: str) -> TaskAlreadyExists:
    """A tombstone keeps the id taken."""
    return _taken(task_id, "a task that was purged")


def _count_in_schedule(firing: Firing, task: Task, transaction: Transaction) -> None:
    schedule = schedules.find(transaction.connection, task.tenant, firing.schedule_id)
    if schedule is None or schedule.uid != firing.uid:
        return  # it was deleted meanwhile, which changes nothing about its task
    last = transaction.find(task.tenant, schedule.last_task_id) if firing.cancels_last else None
    if last is not None:
        _apply(transaction, last, lifecycle.cancel_asked(last, transaction.now))
    schedules.write(transaction.connection, fired(schedule, firing, task.task_id, transaction.now))


def _expire_on_disk(line: Line, transaction: Transaction) -> int:
    """Ends overdue tasks that wait beyond their line's part in memory."""
    rows = transaction.connection.execute(sql.SELECT_OVERDUE, (*line, transaction.now_us, REAP_LIMIT))
    overdue = [transaction.find(line[0], task_id) for (task_id,) in rows.fetchall()]
    ended = 0
    for task in overdue:
        if task is not None and task.state is TaskState.PENDING:
            transaction.write(lifecycle.expired(task, transaction.now))
            ended += 1
    return ended


def _apply(transaction: Transaction, before: Task, change: Change) -> Task:
    if change.task is not before:
        transaction.write(change)
    return change.task


def _renew_one(value: Renew, lease: LeaseRef, transaction: Transaction) -> Renewed:
    task = transaction.find(lease.tenant, lease.task_id)
    if task is None:
        return Renewed(lease, held=False, cancel_requested=False)
    try:
        change = lifecycle.renewed(task, value.owner, lease.fence, transaction.now, value.lease_for)
    except StaleFence:
        return Renewed(lease, held=False, cancel_requested=False)
    if change.task.lease is None or change.task.lease.expires <= transaction.now:
        return Renewed(lease, held=False, cancel_requested=False)
    transaction.write(change)
    return Renewed(lease, held=True, cancel_requested=task.cancel_requested)


def _leased(transaction: Transaction, lease: LeaseRef, owner: str) -> Task:
    task = transaction.find(lease.tenant, lease.task_id)
    if task is None:
        raise StaleFence(f"fence {lease.fence} of {lease.task_id} is stale: there is no such task")
    attempt = task.attempt(lease.fence) if owner else None
    if attempt is not None and attempt.owner != owner:
        raise StaleFence(f"the lease of {lease.task_id} belongs to another worker")
    return task


def _is_written(task: Task, value: Append) -> bool:
    """Whether an earlier sending of this very append was committed: only its fence writes, so the offsets tell."""
    if value.after_offset is None or value.after_offset == task.last_offset:
        return False
    if value.after_offset + len(value.events) == task.last_offset:
        return True
    raise _misfit(task, value.after_offset)


def _misfit(task: Task, after_offset: int) -> StaleFence:
    return StaleFence(f"the log of {task.task_id} ends at {task.last_offset}, its writer believes at {after_offset}")


def _settled_earlier(task: Task, value: Settle) -> Settled | None:
    """What an earlier sending of this very settle came to, if there was one."""
    fence = value.lease.fence
    attempt = task.attempt(fence)
    if attempt is None or not lifecycle.settled_so(attempt, value.result):
        return None
    if task.state is TaskState.OK and fence == task.fence and task.result_json != value.result.result_json:
        return None
    return Settled(task.state if fence == task.fence else TaskState.PENDING, attempt.outcome)


def _indexed(transaction: Transaction, key: tuple[str, str]) -> Task:
    task = transaction.find(*key)
    if task is None or task.state not in (TaskState.PENDING, TaskState.RUNNING):
        raise LookupError(f"the index names {key}, which is not a live task")
    return task


def _taken(task_id: str, by: str) -> TaskAlreadyExists:
    return TaskAlreadyExists(
        f"the task id {task_id} belongs to {by}; choose another id, or leave it out",
        violations=(FieldViolation("task_id", f"belongs to {by}"),),
        facts={"task_id": task_id},
    )
