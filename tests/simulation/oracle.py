"""What must hold whatever happens, looked at after every commit: the law of a task's life, seen from outside.

The oracle knows tasks only as commits leave them. It notes what is wrong as a sentence and lets the world go on.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from aion.domain.attempts import AttemptOutcome
from aion.domain.lifecycle import MAX_LOSSES
from aion.domain.tasks import Task, TaskState
from tests.simulation.disk import Commit

Key = tuple[str, str]

_ENDED = frozenset(state for state in TaskState if state.ended)
_FIRST = frozenset({TaskState.PENDING, TaskState.RUNNING})
"""As what a task may enter: waiting, or started at once (5.8)."""

_AT_ONCE = {TaskState.TIMEOUT: {"claim", "reap"}, TaskState.CANCELED: {"cancel"}}
"""Writes that may end a task in the commit that makes it: it waited for a slow disk until its time was up."""

_NEXT = {
    TaskState.PENDING: {TaskState.PENDING, TaskState.RUNNING, TaskState.TIMEOUT, TaskState.CANCELED},
    TaskState.RUNNING: {TaskState.PENDING, TaskState.RUNNING, *_ENDED},
    **{state: {state} for state in _ENDED},
}
"""What a task may be a commit later: what docs/semantics.md 1.4 says, or the same with something changed."""

_LATER = {state: _NEXT[state] if state.ended else frozenset(TaskState) for state in TaskState}
"""The same where nobody saw the commit before: what that did comes to light together with the next one."""


class Oracle:
    """Judges every commit of one world."""

    def __init__(self) -> None:
        self.tasks: dict[Key, Task] = {}
        self.wrong: list[str] = []
        self.commits = 0
        self._pending: dict[Key, Task] = {}

    def committed(self, commit: Commit) -> None:
        """One more commit."""
        self.commits += 1
        changed = commit.tasks
        eager = commit.whole and "accept" in commit.writes and "claim" not in commit.writes
        waited = dict(self._pending) if eager else {}
        started_at_once: list[Task] = []
        for task in changed:
            before = self.tasks.get(task.key)
            self.tasks[task.key] = task
            if task.state is TaskState.PENDING:
                self._pending[task.key] = task
            else:
                self._pending.pop(task.key, None)
            if before is None:
                over = commit.writes & _AT_ONCE.get(task.state, set()) or _is_replaced(task, changed)
                if commit.whole and task.state not in _FIRST and not over:
                    self.say(f"{task.tenant}/{task.task_id} began {task.state.name}")
                if task.attempts:
                    started_at_once.append(task)
                self._check_shape(task)
            elif before != task:
                self._check_step(before, task, _NEXT if commit.whole else _LATER)
                self._check_shape(task)
        for task in started_at_once if eager else ():
            self._check_eager(task, waited, commit.now)

    def say(self, sentence: str) -> None:
        """Something is wrong."""
        self.wrong.append(sentence)

    def _check_step(self, before: Task, task: Task, steps: Mapping[TaskState, AbstractSet[TaskState]]) -> None:
        name = f"{task.tenant}/{task.task_id}"
        if task.state not in steps[before.state]:
            self.say(f"{name} was {before.state.name} and is now {task.state.name}")
        if before.state.ended and task != before:
            self.say(f"{name} had ended and changed afterwards: {before} became {task}")
        if task.last_offset < before.last_offset:
            self.say(f"the log of {name} got shorter, from {before.last_offset} to {task.last_offset}")
        if task.fence < before.fence:
            self.say(f"the fence of {name} fell from {before.fence} to {task.fence}")
        if task.input_json != before.input_json or task.fingerprint != before.fingerprint:
            self.say(f"what was asked of {name} changed")
        known = {attempt.number: attempt for attempt in task.attempts}
        for attempt in before.attempts:
            after = known.get(attempt.number)
            if attempt.outcome is not AttemptOutcome.RUNNING and after is not None and after != attempt:
                self.say(f"attempt {attempt.number} of {name} had ended and changed: {attempt} became {after}")

    def _check_shape(self, task: Task) -> None:
        name = f"{task.tenant}/{task.task_id}"
        numbers = [attempt.number for attempt in task.attempts]
        if numbers != sorted(set(numbers)):
            self.say(f"the attempts of {name} have the numbers {numbers}")
        if task.failures > task.max_failures + 1:
            self.say(f"{name} failed {task.failures} times, it may {task.max_failures + 1} times")
        if task.losses > MAX_LOSSES + 1:
            self.say(f"{name} was lost {task.losses} times, it may {MAX_LOSSES + 1} times")
        if (task.lease is not None) != (task.state is TaskState.RUNNING):
            self.say(f"{name} is {task.state.name} and its lease is {task.lease}")
        if task.state is TaskState.RUNNING and task.lease is not None and task.lease.fence != task.fence:
            self.say(f"{name} runs under fence {task.lease.fence}, its attempt is {task.fence}")
        running = [attempt.number for attempt in task.attempts if attempt.outcome is AttemptOutcome.RUNNING]
        if running != ([task.fence] if task.state is TaskState.RUNNING else []):
            self.say(f"{name} is {task.state.name} and the attempts {running} run")
        self._check_end(task)

    def _check_end(self, task: Task) -> None:
        """How a task ended is how its last attempt did, unless it was canceled or its time was up."""
        name = f"{task.tenant}/{task.task_id}"
        outcomes = [attempt.outcome for attempt in task.attempts]
        if task.state is TaskState.OK and outcomes[-1:] != [AttemptOutcome.OK]:
            self.say(f"{name} is OK, its attempts ended {[outcome.name for outcome in outcomes]}")
        if AttemptOutcome.OK in outcomes and not task.state.ended:
            self.say(f"{name} is {task.state.name} although an attempt ended OK")
        if task.state is TaskState.TIMEOUT and task.failure is not None and task.end_time is not None:
            early = {"TASK_EXPIRED": task.expire_time, "QUEUE_EXPIRED": task.queue_expire_time}.get(task.failure.code)
            if early is not None and task.end_time < early - timedelta(milliseconds=1) and not task.attempts:
                self.say(f"{name} expired at {task.end_time}, its time was {early}")

    def _check_eager(self, task: Task, waited: dict[Key, Task], now: datetime) -> None:
        """Eager start only when nothing eligible waits before it."""
        for key in waited:
            other = self._pending.get(key)
            if other is not None and other.waits_until > now and (other.not_before is None or other.not_before <= now):
                self.say(
                    f"{task.tenant}/{task.task_id} started at once at {now} while {other.tenant}/{other.task_id} "
                    f"waited since {other.create_time}"
                )
                return


def _is_replaced(task: Task, changed: Sequence[Task]) -> bool:
    """Whether the commit that made the task also made the next one of its schedule, which may cancel it."""
    if task.state is not TaskState.CANCELED or not task.schedule_id:
        return False
    key = task.tenant, task.schedule_id
    return any((other.tenant, other.schedule_id) == key for other in changed if other.task_id != task.task_id)
