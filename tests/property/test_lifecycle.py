"""The law of states under any order of calls, through the real store in memory.

A task ends exactly once and never changes again, offsets are dense, fences only grow, an old fence is refused, and the
text that readers fold is the text of the attempts that count, from wherever they begin.
"""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import SqliteStore, open_store
from aion.domain.attempts import AttemptOutcome, AttemptResult, Failure
from aion.domain.errors import StaleFence
from aion.domain.events import EventKind, TaskEvent, text_of
from aion.domain.lifecycle import settled_so
from aion.domain.tasks import Task
from aion.domain.writes import Accept, Accepted, Renew
from tests.manual_clock import ManualClock
from tests.sample_tasks import (
    LEASE,
    SCOPE,
    START,
    WITHOUT_A_TURN,
    accept,
    claim,
    eager,
    key,
    lease_of,
    new_task,
    settle,
    tokens,
)

IDS = st.sampled_from(["task-1", "task-2", "task-3"])
QUEUE_TIMES = st.sampled_from([0, 0, 2, 90])
WORDS = st.lists(st.text(alphabet="abc ", max_size=3), max_size=3)
RESULTS = st.sampled_from(
    [
        AttemptResult(AttemptOutcome.OK, result_json="{}"),
        AttemptResult(AttemptOutcome.FAILED, failure=Failure("MODULE_FAILED", "it trapped")),
        AttemptResult(AttemptOutcome.FAILED, failure=Failure("MODULE_FAILED", "for good", retryable=False)),
        AttemptResult(AttemptOutcome.TIMEOUT, failure=Failure("TIMEOUT", "too slow")),
        AttemptResult(AttemptOutcome.LOST),
        WITHOUT_A_TURN,
    ]
)


class LifeOfTasks(RuleBasedStateMachine):
    """Clients, workers and time act on three tasks in any order; workers keep every lease that they ever had."""

    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = ManualClock(START)
        self.resources = AsyncExitStack()
        self.ended: dict[str, Task] = {}
        self.fences: dict[str, int] = {}
        self.seen: dict[str, list[TaskEvent]] = {}

    @initialize()
    def open(self) -> None:
        opening = open_store("sqlite://", self.clock, ProcessSignals(), "test")
        self.store: SqliteStore = self.runner.run(self.resources.enter_async_context(opening))

    def teardown(self) -> None:
        self.runner.run(self.resources.aclose())
        self.runner.close()

    @rule(target=leases, task_id=IDS, at_once=st.booleans(), held=st.sampled_from([0, 0, 3]), queue=QUEUE_TIMES)
    def submit(self, task_id: str, at_once: bool, held: int, queue: int) -> object:
        now = self.clock.now()
        begin = now + timedelta(seconds=held)
        task = new_task(
            task_id,
            now=now,
            max_failures=1,
            expire_time=begin + timedelta(minutes=1),
            not_before=begin if held else None,
            held_until=begin if held else None,
            queue_expire_time=begin + timedelta(seconds=queue) if queue else None,
        )
        value = accept(task, key(task_id), eager() if at_once else None)
        accepted = self.runner.run(self.accepted(value))
        assert accepted.replayed == (task_id in self.seen)
        self.seen.setdefault(task_id, [])
        return accepted.task if accepted.started else multiple()

    async def accepted(self, value: Accept) -> Accepted:
        return await self.store.accept("acme", value)

    @rule(target=leases, limit=st.integers(1, 3))
    def take(self, limit: int) -> object:
        tasks = self.runner.run(self.store.claim(SCOPE, claim(limit)))
        for task in tasks:
            assert task.fence > self.fences.get(task.task_id, 0)
            assert task.expire_time > self.clock.now()
            self.began_in_time(self.runner.run(self.store.get("acme", task.task_id)))
        return multiple(*tasks)

    @rule(lease=leases, words=WORDS)
    def write(self, lease: Task, words: list[str]) -> None:
        self.fenced(lease, self.store.append(SCOPE, tokens(lease, *words)))

    @rule(lease=leases)
    def renew(self, lease: Task) -> None:
        holds = self.holds(lease)
        (renewed,) = self.runner.run(self.store.renew(SCOPE, Renew("worker-1", (lease_of(lease),), LEASE)))
        assert renewed.held == holds

    @rule(lease=leases, result=RESULTS, words=WORDS)
    def end_attempt(self, lease: Task, result: AttemptResult, words: list[str]) -> None:
        task = self.runner.run(self.store.get("acme", lease.task_id))
        attempts = [attempt for attempt in task.attempts if attempt.number == lease.fence]
        if attempts and settled_so(attempts[0], result) and task.result_json in (None, result.result_json):
            # Sent again, it is answered again and writes nothing.
            self.runner.run(self.store.settle(SCOPE, settle(lease, result, *words)))
            assert self.runner.run(self.store.get("acme", lease.task_id)) == task
            return
        self.fenced(lease, self.store.settle(SCOPE, settle(lease, result, *words)))

    @rule(lease=consumes(leases))
    def forget(self, lease: Task) -> None:
        """A worker dies silently."""

    @rule(task_id=IDS)
    def cancel(self, task_id: str) -> None:
        if task_id in self.seen:
            self.runner.run(self.store.cancel("acme", task_id))

    @rule(seconds=st.sampled_from([0.2, 1, 5, 10, 61]))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.runner.run(self.store.reap(SCOPE))
        due = self.runner.run(self.store.next_due(SCOPE))
        assert due is None or due > self.clock.now() or self.retry_is_due()

    @rule()
    def reclaim(self) -> None:
        self.runner.run(self.store.reclaim(SCOPE, "successor", frozenset()))

    @rule()
    def sweep(self) -> None:
        self.runner.run(self.store.purge(SCOPE, 3))

    @rule()
    def restart_memory(self) -> None:
        """What an owner holds in memory is only a copy of the tables."""
        self.store._writer._stale = True

    @invariant()
    def the_law_holds(self) -> None:
        for task_id in self.seen:
            task = self.runner.run(self.store.get("acme", task_id))
            self.ends_once(task)
            assert task.fence >= self.fences.get(task_id, 0)
            self.fences[task_id] = task.fence
            self.log_is_dense_and_only_grows(task)

    def began_in_time(self, task: Task) -> None:
        first = task.attempts[0].start_time
        assert first >= (task.held_until or task.create_time)
        assert task.queue_expire_time is None or first < task.queue_expire_time

    def ends_once(self, task: Task) -> None:
        if task.task_id in self.ended:
            assert task == self.ended[task.task_id]
        elif task.state.ended:
            assert task.lease is None
            self.ended[task.task_id] = task

    def log_is_dense_and_only_grows(self, task: Task) -> None:
        events = self.read(task, 0)
        assert [event.offset for event in events] == list(range(1, task.last_offset + 1))
        assert events[: len(self.seen[task.task_id])] == self.seen[task.task_id]
        assert sum(event.kind.ends for event in events) == task.state.ended
        assert not events or events[-1].kind.ends == task.state.ended
        middle = len(events) // 2
        assert events[:middle] + self.read(task, middle) == events
        counted = [event for event in events if event.kind is EventKind.TOKEN and event.attempt >= last_reset(events)]
        assert text_of(events) == "".join(event.text for event in counted)
        self.seen[task.task_id] = events

    def read(self, task: Task, after: int) -> list[TaskEvent]:
        return list(self.runner.run(self.store.events("acme", task.task_id, after, 1000)))

    def holds(self, lease: Task) -> bool:
        task = self.runner.run(self.store.get("acme", lease.task_id))
        return task.lease is not None and task.lease.fence == lease.fence

    def retry_is_due(self) -> bool:
        tasks = [self.runner.run(self.store.get("acme", task_id)) for task_id in self.seen]
        return any(task.not_before is not None and task.not_before <= self.clock.now() for task in tasks)

    def fenced(self, lease: Task, writing) -> None:  # type: ignore[no-untyped-def]
        if self.holds(lease):
            self.runner.run(writing)
            return
        before = self.runner.run(self.store.get("acme", lease.task_id))
        with pytest.raises(StaleFence):
            self.runner.run(writing)
        assert self.runner.run(self.store.get("acme", lease.task_id)) == before


def last_reset(events: list[TaskEvent]) -> int:
    """The attempt that last made void what earlier ones had streamed."""
    return max((event.attempt for event in events if event.kind is EventKind.RESET), default=0)


LifeOfTasks.TestCase.settings = settings(max_examples=30, stateful_step_count=40)
TestLifeOfTasks = LifeOfTasks.TestCase
