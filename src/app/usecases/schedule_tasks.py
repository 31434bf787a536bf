"""The tasks of schedules: submitted like any other, on behalf of whoever defined the schedule last."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from aion.domain.errors import ChangedMeanwhile
from aion.domain.identity import Caller, Identity
from aion.domain.schedules import Firing, Schedule, TaskTemplate
from aion.ports.clock import Entropy
from aion.ports.schedules import ScheduleStore
from aion.ports.usecases import SubmitCommand, Submitted

_TRACE_BYTES = 16
_SPAN_BYTES = 8
_MOST_CHANGES = 20
"""So often a change is made again because somebody else was faster."""


@dataclass(frozen=True, slots=True)
class SubmitScheduled:
    """One submission for a schedule. `mark` is what makes a second one with the same id or key a replay."""

    accept: Callable[[Caller, SubmitCommand], Awaitable[Submitted]]
    entropy: Entropy

    async def __call__(
        self, schedule: Schedule, firing: Firing, *, mark: bytes, task_id: str = "", key: str = ""
    ) -> Submitted:
        command = replace(
            command_of(schedule.definition.task, mark), task_id=task_id, idempotency_key=key, firing=firing
        )
        identity = Identity(schedule.tenant, schedule.principal, schedule.scopes)
        request_id = f"schedule-{schedule.schedule_id}"
        return await self.accept(Caller(identity, request_id, traceparent=self._new_trace()), command)

    def _new_trace(self) -> str:
        """Nobody called, so a trace of its own (W3C), which is not recorded."""
        trace, span = self.entropy.bytes(_TRACE_BYTES).hex(), self.entropy.bytes(_SPAN_BYTES).hex()
        return f"00-{trace}-{span}-00"


def command_of(task: TaskTemplate, mark: bytes) -> SubmitCommand:
    """What the template asks for."""
    return SubmitCommand(
        intent=task.intent,
        fingerprint=mark,
        params=task.params,
        params_json=task.params_json,
        preferred_engine=task.preferred_engine,
        priority=task.priority,
        privacy=task.privacy,
        budget_micros=task.budget_micros,
        p95=task.p95,
        metadata=task.metadata,
        max_queue_time=task.max_queue_time,
    )


async def change(store: ScheduleStore, before: Schedule, step: Callable[[Schedule], Schedule]) -> Schedule:
    """The schedule after `step`, which sees it as it is now whoever else changes it. Raises ScheduleNotFound.

    A step that returns what it got writes nothing. Raises ChangedMeanwhile when others change it time after time.
    """
    for _ in range(_MOST_CHANGES):
        after = step(before)
        if after is before:
            return before
        try:
            return await store.replace(before.tenant, after)
        except ChangedMeanwhile:
            before = await store.get(before.tenant, before.schedule_id)
    raise ChangedMeanwhile(
        f"the schedule {before.schedule_id} was changed {_MOST_CHANGES} times meanwhile; try again",
        facts={"schedule_id": before.schedule_id},
    )
