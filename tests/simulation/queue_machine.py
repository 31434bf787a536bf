"""The steps of a story in the real store, and the model beside it: the machine that `test_queue_machine.py` runs."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from aion.adapters.signals import ProcessSignals
from aion.domain.attempts import AttemptOutcome, AttemptResult
from aion.domain.errors import AionError, StaleFence
from aion.domain.events import EventKind, NewEvent
from aion.domain.lifecycle import MAX_LOSSES, OVERTIME
from aion.domain.tasks import TaskState
from aion.domain.writes import Append, LeaseRef, Renew, Settle
from tests.sample_tasks import FAILED, LEASE, LOST, OK, SCOPE, accept, key, new_task
from tests.sample_tasks import claim as claim_of
from tests.simulation.chance import Chance
from tests.simulation.clocks import VirtualClock
from tests.simulation.disk import empty_disk, opened_store
from tests.simulation.oracle import Oracle
from tests.simulation.virtual_loop import VirtualLoop

T = TypeVar("T")
OWNERS = ("worker-1", "worker-2")
WAYS = {
    "ok": OK,
    "failed": FAILED,
    "lost": LOST,
    "canceled": AttemptResult(AttemptOutcome.CANCELED),
}


@dataclass
class Known:
    """What the model knows of one task. `until` is the end of its lease, `texts` what its log should hold."""

    name: str
    retries: int
    expires: float
    state: TaskState = TaskState.PENDING
    fence: int = 0
    owner: str = ""
    until: float = 0.0
    failures: int = 0
    losses: int = 0
    canceled: bool = False
    rests: bool = False
    texts: list[str] = field(default_factory=list)
    settled: dict[int, str] = field(default_factory=dict)

    def end(self, state: TaskState) -> None:
        self.state = state

    def goes_on(self, now: float) -> bool:
        """Whether it may be tried again; if not, it ends here."""
        if self.canceled:
            self.end(TaskState.CANCELED)
        elif now >= self.expires:
            self.end(TaskState.TIMEOUT)
        return not self.state.ended

    def lose(self, now: float) -> None:
        self.losses += 1
        if self.goes_on(now):
            self.state = TaskState.PENDING if self.losses <= MAX_LOSSES else TaskState.ERROR

    def settle(self, way: str, now: float) -> None:
        self.settled[self.fence] = way
        if way == "lost":
            self.lose(now)
            return
        self.failures += way == "failed"
        if self.goes_on(now):
            again = way == "failed" and self.failures <= self.retries
            self.rests = again
            ends = {"ok": TaskState.OK, "failed": TaskState.ERROR, "canceled": TaskState.CANCELED}
            self.state = TaskState.PENDING if again else ends[way]


class QueueMachine(RuleBasedStateMachine):
    """Tasks of one tenant, two workers, one store that may be opened again at any time."""

    leases = Bundle("leases")

    @initialize()
    def open(self) -> None:
        self.loop = VirtualLoop(Chance(0))
        self.clock = VirtualClock(self.loop)
        self.disk, self.oracle = empty_disk(), Oracle()
        self.known: dict[str, Known] = {}
        self.crash()
        for retries in (0, 1, 1):
            self._submit(retries, 60)

    @rule()
    def crash(self) -> None:
        """The owner of the store dies; another opens what is on the disk."""
        self.store = self._run(
            opened_store(
                self.disk,
                self.clock,
                ProcessSignals(),
                chance=Chance(1),
                most_waiting=16,
                committed=self.oracle.committed,
                defects=self.oracle.wrong,
            )
        )

    @rule(retries=st.integers(0, 1), seconds=st.sampled_from([5, 60]))
    def submit(self, retries: int, seconds: int) -> None:
        self._submit(retries, seconds)

    def _submit(self, retries: int, seconds: int) -> None:
        name = f"task-{len(self.known)}"
        expires = self.clock.now() + timedelta(seconds=seconds)
        task = new_task(name, now=self.clock.now(), max_failures=retries, expire_time=expires)
        accepted = self._run(self._accept(task, name))
        assert not accepted.replayed
        self.known[name] = Known(name, retries, self.loop.time() + seconds)

    @rule(data=st.data())
    def submit_again(self, data: Any) -> None:
        if self.known:
            known = data.draw(st.sampled_from(list(self.known.values())))
            accepted = self._run(self._accept(new_task("another-id", now=self.clock.now()), known.name))
            assert (accepted.replayed, accepted.task.task_id) == (True, known.name)

    @rule(target=leases, owner=st.sampled_from(OWNERS), limit=st.integers(1, 3))
    def claim(self, owner: str, limit: int) -> Any:
        return self._claim(owner, limit)

    @rule(target=leases, owner=st.sampled_from(OWNERS))
    def take_over(self, owner: str) -> Any:
        """Whoever held leases was silent for too long; another gets their tasks."""
        self.wait(11)
        return self._claim(owner, 3)

    def _claim(self, owner: str, limit: int) -> Any:
        tasks = self._run(self.store.claim(SCOPE, claim_of(limit, owner)))
        now = self.loop.time()
        for task in tasks:
            known = self.known[task.task_id]
            assert known.state is TaskState.PENDING
            assert task.fence == known.fence + 1
            known.state, known.fence, known.owner, known.rests = TaskState.RUNNING, task.fence, owner, False
            known.until = now + LEASE.total_seconds()
        ready = [known for known in self.known.values() if self._is_ready(known)]
        assert len(tasks) == limit or not ready
        return multiple(*((task.lease, owner) for task in tasks))

    @rule(held=leases)
    def renew(self, held: tuple[LeaseRef, str]) -> None:
        lease, owner = held
        known = self.known[lease.task_id]
        (answer,) = self._run(self.store.renew(SCOPE, Renew(owner, (lease,), LEASE)))
        now = self.loop.time()
        # No worker keeps a task far beyond its time.
        until = min(now + LEASE.total_seconds(), known.expires + OVERTIME.total_seconds())
        assert answer.held == (self._holds(known, lease) and until > now)
        if answer.held:
            assert answer.cancel_requested == known.canceled
            known.until = until

    @rule(held=leases, words=st.integers(1, 3))
    def append(self, held: tuple[LeaseRef, str], words: int) -> None:
        lease, _ = held
        known = self.known[lease.task_id]
        texts = [f"{lease.fence}.{len(known.texts) + word}" for word in range(words)]
        refused = self._refused(self.store.append(SCOPE, Append(lease, _tokens(texts))))
        assert (refused is None) == self._holds(known, lease), refused
        assert refused is None or isinstance(refused, StaleFence)
        if refused is None:
            known.texts += texts

    @rule(held=leases, way=st.sampled_from(list(WAYS)))
    def settle(self, held: tuple[LeaseRef, str], way: str) -> None:
        """The lease is used again later: what is written then is late, or said twice."""
        self._settle(held[0], way)

    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        if self.known:
            known = data.draw(st.sampled_from(list(self.known.values())))
            task = self._run(self.store.cancel("acme", known.name))
            if known.state is TaskState.PENDING:
                known.end(TaskState.CANCELED)
            known.canceled = known.canceled or known.state is TaskState.RUNNING
            assert task.state is known.state

    @rule(seconds=st.sampled_from([0.3, 3, 11, 30]))
    def wait(self, seconds: float) -> None:
        """Time passes, then the reaper comes."""
        self._run(_pass(seconds))
        now = self.loop.time()
        self._run(self.store.reap(SCOPE))
        for known in self.known.values():
            if known.state is TaskState.RUNNING and known.until <= now:
                known.lose(now)
            elif known.state is TaskState.PENDING and known.expires <= now:
                known.end(TaskState.TIMEOUT)

    @invariant()
    def store_and_model_agree(self) -> None:
        for known in getattr(self, "known", {}).values():
            task = self.oracle.tasks["acme", known.name]
            assert (task.state, task.fence) == (known.state, known.fence), known
            assert task.usage.tokens == len(known.texts)
        assert not self.oracle.wrong, self.oracle.wrong

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            self._look_at_logs()
        finally:
            self.loop.end()
            self.disk.close()

    def _look_at_logs(self) -> None:
        for known in self.known.values():
            events = self._run(self.store.events("acme", known.name, 0, 1000))
            assert [event.offset for event in events] == list(range(1, len(events) + 1))
            assert [event.text for event in events if event.kind is EventKind.TOKEN] == known.texts
            assert sum(event.kind.ends for event in events) == known.state.ended

    def _settle(self, lease: LeaseRef, way: str) -> None:
        known = self.known[lease.task_id]
        holds, said_before = self._holds(known, lease), known.settled.get(lease.fence) == way
        refused = self._refused(self.store.settle(SCOPE, Settle(lease, WAYS[way])))
        if holds:
            assert refused is None
            known.settle(way, self.loop.time())
        elif not said_before and way != "lost":
            assert isinstance(refused, StaleFence), refused
        else:
            assert refused is None or isinstance(refused, StaleFence), refused

    def _holds(self, known: Known, lease: LeaseRef) -> bool:
        return known.state is TaskState.RUNNING and known.fence == lease.fence

    def _is_ready(self, known: Known) -> bool:
        return known.state is TaskState.PENDING and not known.rests and known.expires > self.loop.time()

    async def _accept(self, task: Any, name: str) -> Any:
        return await self.store.accept("acme", accept(task, key(name)))

    def _refused(self, work: Awaitable[Any]) -> AionError | None:
        try:
            self._run(work)
        except AionError as error:
            return error
        return None

    def _run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(_awaited(work))


async def _awaited(work: Awaitable[T]) -> T:
    return await work


async def _pass(seconds: float) -> None:

    await asyncio.sleep(seconds)


def _tokens(texts: list[str]) -> Any:

    return tuple(NewEvent(EventKind.TOKEN, text) for text in texts)
