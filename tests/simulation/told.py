"""What simulated processes tell about themselves: trouble that is expected is counted, every other is a defect."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from aion.domain.attempts import AttemptResult
from aion.domain.errors import AionError
from aion.domain.leased import LeasedTask
from aion.domain.schedules import Schedule
from aion.domain.tasks import Task, TaskState
from aion.ports.outbox import OutboxEvent


class NoSpan:
    """A span that nobody records."""

    traceparent = ""

    def end(self, error: str = "") -> None:
        """It ends unseen."""


_SPAN = NoSpan()


class Told:
    """Observer, ScheduleObserver and EventSink of all processes of one world."""

    def __init__(self) -> None:
        self.defects: list[str] = []
        self.counts: Counter[str] = Counter()
        self.facts: dict[int, OutboxEvent] = {}
        self.contradictions: list[str] = []

    def accepted(self, task: Task) -> None:
        self.counts["accepted"] += 1

    def attempt_began(self, task: LeasedTask) -> NoSpan:
        self.counts["attempts"] += 1
        return _SPAN

    def step(self, name: str, parent: str) -> NoSpan:
        return _SPAN

    def attempt_ended(self, task: LeasedTask, result: AttemptResult, state: TaskState, took: timedelta) -> None:
        self.counts[f"ended {state.name}"] += 1

    def lease_lost(self, task: LeasedTask, why: str) -> None:
        self.counts["leases lost"] += 1

    def trouble(self, where: str, error: BaseException) -> None:
        self.counts[f"trouble in {where}"] += 1
        if not isinstance(error, AionError):
            self.defects.append(f"{where} ran into {error!r}")

    def schedule_fired(self, schedule: Schedule, lag: timedelta) -> None:
        self.counts["fired"] += 1

    def schedule_skipped(self, schedule: Schedule, count: int, cause: str) -> None:
        self.counts["skipped"] += count

    async def deliver(self, events: Sequence[OutboxEvent]) -> None:
        """Facts are delivered at least once: the same number is the same fact."""
        for event in events:
            known = self.facts.setdefault(event.sequence, event)
            if known != event:
                self.contradictions.append(f"fact {event.sequence} was {known}, now it is {event}")
