"""The handlers of AionTasks: decode, call the use case, encode."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import cast

from google.rpc import status_pb2

from aion.adapters.rpc.call import Admitted, Marks
from aion.adapters.rpc.decision_messages import to_decision
from aion.adapters.rpc.errors import to_status
from aion.adapters.rpc.fingerprint import fingerprint
from aion.adapters.rpc.task_messages import (
    to_answer,
    to_command,
    to_message,
    to_retry,
    to_summary,
    write_event,
)
from aion.domain.errors import AionError, FieldViolation, ValidationFailed
from aion.domain.tasks import TaskState
from aion.ports.tasks import TaskFilter
from aion.ports.usecases import Progress, Steps, SubmitCommand, Submitted, UseCases
from aion.v1 import tasks_pb2


@dataclass(frozen=True, slots=True)
class TaskHandlers:
    """One method an RPC."""

    use_cases: UseCases

    async def submit(self, call: Admitted) -> tasks_pb2.TaskResult:
        """Submit."""
        command = to_command(cast("tasks_pb2.TaskRequest", call.request), call.fingerprint)
        return to_answer(await self.use_cases.submit(call.caller, command))

    async def stream(self, call: Admitted) -> AsyncGenerator[Sequence[tasks_pb2.TaskResult], None]:
        """Stream: the accepted task, a slim message an event, the ended task with the last one."""
        command = to_command(cast("tasks_pb2.TaskRequest", call.request), call.fingerprint)
        task_id = ""
        async with aclosing(self.use_cases.stream(call.caller, command)) as bursts:
            async for steps in bursts:
                if steps[0].task is not None:
                    task_id = steps[0].task.task_id
                yield [_step(progress, task_id, command.intent) for progress in steps]

    async def status_by_id(self, call: Admitted) -> tasks_pb2.TaskResult:
        """StatusById."""
        request = cast("tasks_pb2.TaskId", call.request)
        return to_message(await self.use_cases.get(call.caller, request.task_id))

    async def watch(self, call: Admitted) -> AsyncGenerator[Sequence[tasks_pb2.WatchResponse], None]:
        """Watch: a message an event, or as many in one as the client asked for and as there are."""
        request = cast("tasks_pb2.WatchRequest", call.request)
        most = request.max_events or 1
        async with aclosing(self.use_cases.watch(call.caller, request.task_id, request.after_offset)) as bursts:
            async for steps in bursts:
                yield [_watched(steps[at : at + most]) for at in range(0, len(steps), most)]

    async def cancel(self, call: Admitted) -> tasks_pb2.CancelResponse:
        """Cancel."""
        request = cast("tasks_pb2.CancelRequest", call.request)
        return tasks_pb2.CancelResponse(task=to_message(await self.use_cases.cancel(call.caller, request.task_id)))

    async def retry(self, call: Admitted) -> tasks_pb2.TaskResult:
        """Retry."""
        command = to_retry(cast("tasks_pb2.RetryRequest", call.request), call.fingerprint)
        return to_answer(await self.use_cases.retry(call.caller, command))

    async def list_tasks(self, call: Admitted) -> tasks_pb2.ListTasksResponse:
        """ListTasks."""
        request = cast("tasks_pb2.ListTasksRequest", call.request)
        wanted = TaskFilter(frozenset(TaskState(state) for state in request.states), request.intent)
        page = await self.use_cases.list_tasks(call.caller, wanted, request.page_size, request.page_token)
        return tasks_pb2.ListTasksResponse(
            tasks=[to_summary(task) for task in page.tasks], next_page_token=page.next_page_token
        )

    async def submit_batch(self, call: Admitted) -> tasks_pb2.SubmitBatchResponse:
        """SubmitBatch: a request that cannot be decoded to a command is refused alone."""
        request = cast("tasks_pb2.SubmitBatchRequest", call.request)
        commands = [
            _batch_command(one, f"{request.request_id}/{index}" if request.request_id else "")
            for index, one in enumerate(request.requests)
        ]
        outcomes = await self.use_cases.submit_batch(call.caller, commands)
        marks = Marks(call.caller.request_id, call.caller.traceparent)
        return tasks_pb2.SubmitBatchResponse(outcomes=[_outcome(outcome, marks) for outcome in outcomes])

    async def explain_decision(self, call: Admitted) -> tasks_pb2.ExplainDecisionResponse:
        """ExplainDecision."""
        request = cast("tasks_pb2.ExplainDecisionRequest", call.request)
        decision = await self.use_cases.explain(call.caller, request.task_id)
        return tasks_pb2.ExplainDecisionResponse(decision=to_decision(decision))


def _step(progress: Progress, task_id: str, intent: str) -> tasks_pb2.TaskResult:
    if progress.task is not None:
        message = to_answer(Submitted(progress.task, progress.replayed, progress.validated))
    else:
        message = tasks_pb2.TaskResult(task_id=task_id, intent=intent, status="RUNNING")
    if progress.event is not None:
        write_event(message.event, progress.event)
    return message


def _watched(steps: Steps) -> tasks_pb2.WatchResponse:
    """One message of these steps, of which only the last can bring the task: a log ends once."""
    message = tasks_pb2.WatchResponse()
    for number, progress in enumerate(steps):
        if progress.event is not None:
            write_event(message.more_events.add() if number else message.event, progress.event)
    if (task := steps[-1].task) is not None:
        message.task.CopyFrom(to_message(task))
    return message


def _batch_command(request: tasks_pb2.TaskRequest, key: str) -> SubmitCommand | AionError:
    if request.HasField("wait"):
        return ValidationFailed(
            "a batch does not wait; watch its tasks instead",
            violations=(FieldViolation("wait", "must be unset in a batch"),),
        )
    keyed = tasks_pb2.TaskRequest()
    keyed.CopyFrom(request)
    keyed.request_id = request.request_id or key
    try:
        return to_command(keyed, fingerprint(keyed))
    except AionError as refusal:
        return refusal


def _outcome(outcome: Submitted | AionError, marks: Marks) -> tasks_pb2.BatchOutcome:
    if isinstance(outcome, AionError):
        error: status_pb2.Status = to_status(outcome, marks)
        return tasks_pb2.BatchOutcome(error=error)
    return tasks_pb2.BatchOutcome(task=to_answer(outcome))
