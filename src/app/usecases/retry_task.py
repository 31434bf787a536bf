"""Do again what an ended task did: a new task with the same input and promise, decided by the policies of now.

The ended one stays as it is. Its times are not taken over: the new one lives from its own acceptance.
"""

from dataclasses import dataclass

from aion.app.usecases.submit_task import AcceptTask
from aion.domain.errors import AionError, TaskNotEnded
from aion.domain.identity import Caller
from aion.domain.tasks import Task
from aion.ports.tasks import TaskReader
from aion.ports.usecases import RetryCommand, SubmitCommand, Submitted


@dataclass(frozen=True, slots=True)
class RetryTask:
    """One operation with Submit, so that an idempotency key of either is known to both."""

    store: TaskReader
    accept: AcceptTask

    async def __call__(self, caller: Caller, command: RetryCommand) -> Submitted:
        try:
            ended = _ended(await self.store.get(caller.tenant, command.task_id))
        except AionError as refusal:
            # The earlier, identical call may have been accepted, and its original be gone since.
            again = SubmitCommand(
                "",
                command.fingerprint,
                command.new_task_id,
                idempotency_key=command.idempotency_key,
                validate_only=command.validate_only,
            )
            return await self.accept.accepted_earlier(caller, again, refusal)
        return await self.accept(caller, _again(ended, command))


def _ended(task: Task) -> Task:
    if task.state.ended:
        return task
    raise TaskNotEnded(
        f"task {task.task_id} is {task.state.name}; only an ended task can be done again: wait for it, or cancel it",
        facts={"task_id": task.task_id, "state": task.state.name},
    )


def _again(ended: Task, command: RetryCommand) -> SubmitCommand:
    return SubmitCommand(
        intent=ended.intent,
        fingerprint=command.fingerprint,
        task_id=command.new_task_id,
        params_json=ended.input_json,
        preferred_engine=_pinned_bytes(ended),
        priority=ended.priority,
        privacy=ended.sla.privacy,
        budget_micros=ended.sla.budget_micros,
        p95=ended.sla.p95,
        metadata=ended.metadata,
        idempotency_key=command.idempotency_key,
        validate_only=command.validate_only,
        retry_of=ended.task_id,
    )


def _pinned_bytes(ended: Task) -> str:
    """The bytes that its client pinned it to; what policy pinned is for the policy of now."""
    decision = ended.decision
    if not decision.client_pinned:
        return ""
    return f"{decision.engine.partition('@')[0]}@{decision.pinned_digest}"
