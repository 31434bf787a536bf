"""Accept a task durably, once, and start it at once when nothing stands in the way.

Everything that can refuse the task happens before the one write that accepts it, so that a refused request leaves
nothing behind. A retry of an accepted request is never refused for what changed since (an expire time that has passed,
a full queue): before an error is raised, the store is asked whether this very request was accepted earlier.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from aion import failpoints
from aion.app.usecases.deciding import Decider
from aion.app.usecases.permission import permit_run
from aion.app.usecases.task_input import input_json
from aion.app.usecases.task_times import task_times
from aion.app.usecases.waiting import TaskWaiter
from aion.domain.errors import AionError
from aion.domain.identity import Caller
from aion.domain.ids import uuid7
from aion.domain.leased import leased
from aion.domain.retention import RetentionPolicy
from aion.domain.schedules import Firing
from aion.domain.tasks import Sla, Task
from aion.domain.writes import Accept, Accepted, EagerLease, IdempotencyKey
from aion.ports.catalog import Catalog
from aion.ports.clock import Clock, Entropy
from aion.ports.tasks import TaskStore
from aion.ports.usecases import MAX_WAIT, SubmitCommand, Submitted
from aion.ports.workers import EagerWorker

CREATE_TASK = "create-task"
"""Submit, Stream, REST create and WebSocket submit are one operation: a key used on one is known on all."""

TRIGGER_SCHEDULE = "trigger-schedule"
"""No key that a client gives to one of the above is one of this, and the other way round."""


@dataclass(frozen=True, slots=True)
class AcceptTask:
    """The part that Submit, Stream and SubmitBatch share: everything up to the commit and the eager start."""

    store: TaskStore
    catalog: Catalog
    decide: Decider
    clock: Clock
    entropy: Entropy
    worker: EagerWorker | None
    max_pending: int
    observe: Callable[[Task], None]
    retention: RetentionPolicy = field(default_factory=RetentionPolicy)

    async def __call__(self, caller: Caller, command: SubmitCommand) -> Submitted:
        permit_run(caller, command.intent)
        try:
            task = self._plan(caller, command)
            if command.validate_only:
                return await self._validated(caller, command, task)
            failpoints.hit("server.before_accept")
            accepted = await self._accept(task, self._idempotency_key(caller, command), command.firing)
        except AionError as refusal:
            return await self.accepted_earlier(caller, command, refusal)
        if not accepted.replayed:
            self.observe(accepted.task)
        return Submitted(accepted.task, accepted.replayed)

    async def accepted_earlier(self, caller: Caller, command: SubmitCommand, refusal: AionError) -> Submitted:
        """The task that an earlier, identical call made; raises the refusal when there was none."""
        earlier = await self._replay(caller, command)
        if earlier is None:
            raise refusal
        permit_run(caller, earlier.intent)
        return Submitted(earlier, replayed=True, validated=command.validate_only)

    def _plan(self, caller: Caller, command: SubmitCommand) -> Task:
        """The task as it would be accepted; raises what refuses it."""
        intent = self.catalog.intent(command.intent)
        document = input_json(command)
        self.catalog.check_input(intent.name, document)
        now = self.clock.now()
        times = task_times(command, intent.default_expiry, now)
        sla = Sla(
            privacy=command.privacy or self.catalog.default_privacy(caller.tenant),
            budget_micros=command.budget_micros,
            p95=command.p95,
        )
        # What is only validated gets no id, which would be another one when it is accepted; it draws as some task does.
        drawn_as = command.task_id or uuid7(now, self.entropy.bytes(10))
        task_id = command.task_id if command.validate_only else drawn_as
        meant = self.catalog.engine_meant(command.preferred_engine)
        decision = self.decide(
            caller.identity,
            meant,
            intent,
            sla,
            now=now,
            time_left=times.time_left,
            draw=f"{caller.tenant}/{drawn_as}",
        )
        self.catalog.check_engine_input(intent.name, decision.engine, document)
        module = self.catalog.module(decision.engine)
        return Task(
            tenant=caller.tenant,
            task_id=task_id,
            principal=caller.principal,
            intent=intent.name,
            input_json=document,
            priority=command.priority,
            sla=sla,
            fingerprint=command.fingerprint,
            decision=decision,
            max_failures=module.retries if module else 0,
            attempt_timeout=module.timeout if module else intent.default_expiry,
            create_time=now,
            expire_time=times.expire_time,
            metadata=command.metadata,
            traceparent=caller.traceparent,
            queue_expire_time=times.queue_expire_time,
            retry_of=command.retry_of,
            schedule_id=command.firing.schedule_id if command.firing else "",
            held_until=times.not_before,
            not_before=times.not_before,
        )

    async def _validated(self, caller: Caller, command: SubmitCommand, planned: Task) -> Submitted:
        """What accepting would come to: `planned`, or a replay. Raises IdempotencyKeyReused and TaskAlreadyExists."""
        earlier = await self._replay(caller, command)
        return Submitted(earlier or planned, replayed=earlier is not None, validated=True)

    async def _accept(self, task: Task, idempotency: IdempotencyKey | None, firing: Firing | None) -> Accepted:
        """Hands the value over. A client that leaves meanwhile changes nothing: what is accepted is also started."""
        worker = self.worker
        if worker is None or task.not_before is not None or not worker.reserve(task.tenant):
            return await self.store.accept(task.tenant, Accept(task, idempotency, None, self.max_pending, firing))
        eager = EagerLease(worker.owner, worker.lease_for, worker.engines)
        accepting = asyncio.ensure_future(
            self.store.accept(task.tenant, Accept(task, idempotency, eager, self.max_pending, firing))
        )
        # As asyncio.shield does, which would cost two more turns of the event loop.
        answer: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        accepting.add_done_callback(partial(_start_or_release, worker, task.tenant, answer))
        return await answer

    async def _replay(self, caller: Caller, command: SubmitCommand) -> Task | None:
        idempotency = self._idempotency_key(caller, command)
        if idempotency is None and not command.task_id:
            return None
        return await self.store.find_replay(caller.tenant, command.task_id, idempotency, command.fingerprint)

    def _idempotency_key(self, caller: Caller, command: SubmitCommand) -> IdempotencyKey | None:
        if not command.idempotency_key:
            return None
        kept_for = self.retention.of(caller.tenant).idempotency_keys
        # A trigger's key tells by itself whose it is, and a schedule's principal may change.
        principal, operation = ("", TRIGGER_SCHEDULE) if command.firing else (caller.principal, CREATE_TASK)
        return IdempotencyKey(principal, operation, command.idempotency_key, command.fingerprint, kept_for)


@dataclass(frozen=True, slots=True)
class SubmitTask:
    """Accept, then wait for the end if the caller wants to."""

    accept: AcceptTask
    waiter: TaskWaiter

    async def __call__(self, caller: Caller, command: SubmitCommand) -> Submitted:
        if command.wait <= timedelta() or command.validate_only:
            return await self.accept(caller, command)
        with self.waiter.slot(caller.tenant):
            submitted = await self.accept(caller, command)
            ended = await self.waiter.until_ended(caller, submitted.task, min(command.wait, MAX_WAIT))
            return Submitted(ended, submitted.replayed)


def _start_or_release(
    worker: EagerWorker, tenant: str, answer: "asyncio.Future[Accepted]", accepting: "asyncio.Future[Accepted]"
) -> None:
    """What the store said, for the worker first and then for whoever still waits."""
    if accepting.cancelled():
        worker.release(tenant)
        answer.cancel()
    elif (error := accepting.exception()) is not None:
        worker.release(tenant)
        if not answer.done():
            answer.set_exception(error)
    else:
        accepted = accepting.result()
        if accepted.started:
            worker.start(leased(accepted.task))
        else:
            worker.release(tenant)
        if not answer.done():
            answer.set_result(accepted)
