"""Serves workers on other machines: the queue of this server, for whoever proved to be a worker.

Only the owner of a lease passes as its owner: the name that the store compares holds the caller's principal. What a
worker asks for twice, because an answer was lost on the way, it gets once. What it says of its attempts is judged as
this server's own worker judges its engines.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aion.app.work.fleet import Fleet, HeldLease, KnownWorker
from aion.app.work.judging import check_words, judged
from aion.domain.attempts import AttemptOutcome
from aion.domain.errors import Draining, FieldViolation, StaleFence, TaskNotFound, ValidationFailed
from aion.domain.fleet import EngineOffer, Introduction, Welcome, check_version
from aion.domain.identity import Identity, SystemScope
from aion.domain.leased import LeasedTask, Settled
from aion.domain.writes import Append, Claim, LeaseRef, RecordCost, Renew, Renewed, Settle
from aion.ports.catalog import Catalog, LatencyBook
from aion.ports.clock import Clock
from aion.ports.queues import WorkQueue
from aion.ports.signals import Signals
from aion.ports.tasks import TaskReader
from aion.ports.workers import WorkersApart

APART: Final = SystemScope("a worker apart serves every tenant")

MOST_WAIT: Final = timedelta(seconds=30)
BETWEEN_LOOKS: Final = 1.0
"""Seconds between two looks at the queue when no signal came: the net under a lost signal."""

MOST_LEASED_BYTES: Final = 4 << 20
"""Bytes of input after which one answer brings no further task: with the last of them it stays below twice as much."""

MOST_SAID: Final = 16 << 20
"""Characters that one attempt may write into its log, each event counted with sixteen more: what a module may write to
its host, with room for another notation.
"""

LAPSED_AFTER: Final = 2.0
"""So many times as long as it lasts nobody kept a lease: by then the store took it back, and nothing can keep it."""

_EVENT: Final = 16


@dataclass(frozen=True, slots=True)
class ServedParts:
    """What serving workers needs of the world."""

    queue: WorkQueue
    tasks: TaskReader
    signals: Signals
    catalog: Catalog
    latency: LatencyBook
    clock: Clock


@dataclass(slots=True)
class ServeWorkers:
    """The queue for workers apart. `version` is this server's; `lease_for` is how long their leases last."""

    parts: ServedParts
    fleet: Fleet
    version: str
    lease_for: timedelta
    _ending: bool = False
    _claims: set["asyncio.Task[None]"] = field(default_factory=set)

    def end(self) -> None:
        """This server drains: it gives no more work, and says so to everybody who waits for some."""
        self._ending = True
        self.parts.signals.work_arrived()

    async def register(self, identity: Identity, introduction: Introduction) -> Welcome:
        """Makes a worker known; it gets tasks for what this server means by the names of its engines."""
        check_version(introduction.version, self.version)
        problems = {offer.engine: self._problem(offer) for offer in introduction.engines}
        fine = tuple(engine for engine, problem in problems.items() if not problem)
        self.fleet.introduce(identity, introduction, frozenset(fine))
        refused = {engine: problem for engine, problem in problems.items() if problem}
        return Welcome(self.version, fine, refused, self.lease_for)

    async def lease(
        self, identity: Identity, incarnation: str, limit: int, wait: timedelta, turn: int
    ) -> Sequence[LeasedTask]:
        """Tasks for its engines, as soon as there are any. A later call of the same worker ends an earlier one."""
        worker = self.fleet.find(identity, incarnation)
        worker.call += 1
        call = worker.call
        give_up = self.parts.clock.monotonic() + min(wait, MOST_WAIT).total_seconds()
        with self.parts.signals.watch_work() as work:
            while True:
                if self._ending:
                    raise Draining("this server is shutting down; ask it again once it is back")
                if worker.draining or worker.call != call:
                    return ()
                if self._is_heard_of(worker) and (tasks := await self._claimed(worker, limit, turn)):
                    return tasks
                left = give_up - self.parts.clock.monotonic()
                if left <= 0:
                    return ()
                await work.changed(min(left, BETWEEN_LOOKS))

    async def renew(self, identity: Identity, incarnation: str, leases: tuple[LeaseRef, ...]) -> Sequence[Renewed]:
        """Keeps leases longer; also such as it got from this server before its start."""
        worker = self.fleet.find(identity, incarnation)
        answers = await self.parts.queue.renew(APART, Renew(worker.owner, leases, self.lease_for))
        self._note(worker, answers)
        worker.forget_lapsed(self.parts.clock.monotonic() - LAPSED_AFTER * self.lease_for.total_seconds())
        return answers

    async def append(self, identity: Identity, incarnation: str, value: Append) -> int:
        """Adds events under a fence of this worker."""
        worker = self.fleet.find(identity, incarnation)
        held = worker.leases.get(value.lease)
        more = _more_said(held, value)
        try:
            offset = await self.parts.queue.append(APART, replace(value, owner=worker.owner))
        except StaleFence:
            worker.leases.pop(value.lease, None)
            raise
        if held is not None and not _was_said(held, value):
            held.said += more
            held.reached = offset
        return offset

    async def settle(self, identity: Identity, incarnation: str, value: Settle) -> Settled:
        """Ends an attempt under a fence of this worker."""
        worker = self.fleet.find(identity, incarnation)
        _more_said(worker.leases.get(value.lease), value)
        value = await self._judged(worker, value)
        try:
            settled = await self.parts.queue.settle(APART, replace(value, owner=worker.owner))
        except StaleFence:
            worker.leases.pop(value.lease, None)
            raise
        held = worker.leases.pop(value.lease, None)
        if held is not None and held.engine and settled.outcome is AttemptOutcome.OK:
            took = self.parts.clock.monotonic() - held.since
            self.parts.latency.observe(held.engine, timedelta(seconds=took))
        return settled

    async def record_cost(self, identity: Identity, incarnation: str, value: RecordCost) -> None:
        """Notes what an attempt has cost."""
        worker = self.fleet.find(identity, incarnation)
        await self.parts.queue.record_cost(APART, replace(value, owner=worker.owner))

    async def drain(self, identity: Identity, incarnation: str) -> int:
        """Ends its wait for work."""
        worker = self.fleet.find(identity, incarnation)
        worker.draining = True
        self.parts.signals.work_arrived()
        return len(worker.leases)

    def _is_heard_of(self, worker: KnownWorker) -> bool:
        """Whether the worker called lately: the wait of one that was cut off must not take tasks that it never gets."""
        return self.parts.clock.monotonic() - worker.seen <= self.lease_for.total_seconds() / 2

    def _problem(self, offer: EngineOffer) -> str:
        """Why a worker gets no tasks for an engine; empty when it does."""
        module = self.parts.catalog.module(offer.engine)
        if module is None:
            return f"{offer.engine} is not in this server's catalogue"
        if module.digest != offer.digest:
            return f"{offer.engine} is {module.digest} here, the worker has {offer.digest or 'one without a digest'}"
        return ""

    async def _judged(self, worker: KnownWorker, value: Settle) -> Settle:
        """The settle with the result that it counts as. Raises ValidationFailed for a failure that cannot be."""
        check_words(value.result)
        try:
            task = await self.parts.tasks.get(value.lease.tenant, value.lease.task_id)
        except TaskNotFound:
            return value  # the queue refuses it, as every lease that is none
        said = replace(value.result, digest=worker.about.digest(task.decision.engine))
        held = worker.leases.get(value.lease)
        judge = (held and held.judge) or self.parts.catalog.judge(task.intent, task.decision.engine)
        result = judged(said, task, value.lease.fence, worker.owner, judge)
        return replace(value, result=result)

    async def _claimed(self, worker: KnownWorker, limit: int, turn: int) -> Sequence[LeasedTask]:
        """What this turn of the worker gets. A call that is cut leaves its tasks to the call that asks again."""
        if not worker.engines:
            return ()
        claim = asyncio.get_running_loop().create_task(self._claim(worker, limit, turn))
        self._claims.add(claim)
        claim.add_done_callback(self._claim_ended)
        await asyncio.shield(claim)
        return worker.answer if worker.answered_turn == turn else ()

    def _claim_ended(self, claim: "asyncio.Task[None]") -> None:
        self._claims.discard(claim)
        if not claim.cancelled():
            claim.exception()  # looked at: the call that was to be told may have been cut, and asks again

    async def _claim(self, worker: KnownWorker, limit: int, turn: int) -> None:
        async with worker.claiming:
            if worker.answered_turn == turn:
                await self._give_again(worker)
                return
            worker.answer = ()
            wanted = Claim(worker.owner, limit, self.lease_for, worker.engines, MOST_LEASED_BYTES)
            tasks = tuple(await self.parts.queue.claim(APART, wanted))
            if tasks:
                now = self.parts.clock.monotonic()
                worker.leases.update(
                    {
                        task.lease: HeldLease(task.engine, now, now, self.parts.catalog.judge(task.intent, task.engine))
                        for task in tasks
                    }
                )
                worker.answer, worker.answered_turn = tasks, turn

    async def _give_again(self, worker: KnownWorker) -> None:
        """Keeps of the last answer what is still leased, for as long as a new lease lasts."""
        leases = tuple(task.lease for task in worker.answer)
        answers = await self.parts.queue.renew(APART, Renew(worker.owner, leases, self.lease_for))
        self._note(worker, answers)
        held = {answer.lease for answer in answers if answer.held}
        expires = self.parts.clock.now() + self.lease_for
        worker.answer = tuple(task._replace(lease_expires=expires) for task in worker.answer if task.lease in held)
        if not worker.answer:
            worker.answered_turn = -1

    def _note(self, worker: KnownWorker, answers: Iterable[Renewed]) -> None:
        """What the queue said of leases of a worker."""
        now = self.parts.clock.monotonic()
        for answer in answers:
            if answer.held:
                worker.keep(answer.lease, now)
            else:
                worker.leases.pop(answer.lease, None)


def _more_said(held: HeldLease | None, value: Append | Settle) -> int:
    """How much these events add to what was said under their lease. Raises ValidationFailed when that is too much."""
    if held is not None and _was_said(held, value):
        return 0
    more = sum(_EVENT + len(event.text) + len(event.data_json) for event in value.events)
    if more + (held.said if held is not None else 0) > MOST_SAID:
        raise ValidationFailed(
            f"the events of this attempt are more than {MOST_SAID} characters, the most that a log takes of one; say "
            "less",
            violations=(FieldViolation("events", f"at most {MOST_SAID} characters in one attempt"),),
        )
    return more


def _was_said(held: HeldLease, value: Append | Settle) -> bool:
    """Whether the log is known to have gone on from there: then these events are in it, or the queue refuses them."""
    return value.after_offset is not None and value.after_offset < held.reached


if TYPE_CHECKING:
    _: type[WorkersApart] = ServeWorkers
