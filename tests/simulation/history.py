"""What clients saw, and whether it can all be true: answers do not contradict each other, nor what is stored."""

from dataclasses import dataclass, field

from aion.domain.events import EventKind, TaskEvent
from aion.domain.tasks import Task, TaskState

Key = tuple[str, str]


@dataclass
class History:
    """The recorded views of all clients of one world."""

    wrong: list[str] = field(default_factory=list)
    acknowledged: dict[Key, Task] = field(default_factory=dict)
    ended: dict[Key, tuple[Task, float]] = field(default_factory=dict)
    """Tasks that a client saw ended, and when it did."""

    logs: dict[Key, dict[int, TaskEvent]] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    cancels: dict[Key, float] = field(default_factory=dict)

    def saw(self, tenant: str, task: Task, asked: float, now: float) -> None:
        """A client of this tenant asked at one time and was shown a task at another: answers overtake each other."""
        if task.tenant != tenant:
            self.wrong.append(f"{tenant} was shown {task.task_id} of {task.tenant}")
        before, seen = self.ended.setdefault(task.key, (task, now)) if task.state.ended else self._end_of(task, now)
        same = (before.state, before.result_json) == (task.state, task.result_json)
        if not same and (task.state.ended or asked > seen):
            self.wrong.append(f"{task.key} had ended {before.state.name}, then a client saw {task.state.name}")

    def _end_of(self, task: Task, now: float) -> tuple[Task, float]:
        return self.ended.get(task.key, (task, now))

    def was_accepted(self, tenant: str, task: Task, key: str) -> None:
        """A submission was answered."""
        self.acknowledged.setdefault(task.key, task)
        if key:
            known = self.keys.setdefault((tenant, key), task.task_id)
            if known != task.task_id:
                self.wrong.append(f"the key {key} of {tenant} made {known} and {task.task_id}")

    def read(self, tenant: str, task_id: str, before: int, event: TaskEvent) -> None:
        """A watcher whose offset was `before` was sent an event."""
        if event.offset != before + 1:
            self.wrong.append(f"after offset {before} of {tenant}/{task_id} came {event.offset}")
        known = self.logs.setdefault((tenant, task_id), {}).setdefault(event.offset, event)
        if known != event:
            self.wrong.append(f"offset {event.offset} of {tenant}/{task_id} was {known}, then {event}")


def problems_of_log(task: Task, events: list[TaskEvent]) -> list[str]:
    """What is wrong with the whole log of an ended task."""
    name, wrong = f"{task.tenant}/{task.task_id}", list[str]()
    if [event.offset for event in events] != list(range(1, task.last_offset + 1)):
        wrong.append(f"the log of {name} has the offsets {[event.offset for event in events]} of {task.last_offset}")
    ends = [event for event in events if event.kind.ends]
    if len(ends) != 1 or events[-1] is not ends[0]:
        wrong.append(f"the log of {name} has {len(ends)} ends")
    elif (ends[0].kind is EventKind.DONE) != (task.state is TaskState.OK):
        wrong.append(f"the log of {name} ends {ends[0].kind.name}, the task {task.state.name}")
    spoken: dict[int, int] = {}
    for event in events:
        if event.kind is EventKind.TOKEN:
            attempt, _, number = event.text.strip().partition(".")
            if int(attempt) != event.attempt:
                wrong.append(f"attempt {attempt} of {name} wrote at {event.offset} as attempt {event.attempt}")
            if int(number) != spoken.get(event.attempt, 0) + 1:
                wrong.append(f"attempt {attempt} of {name} said {number} after {spoken.get(event.attempt, 0)}")
            spoken[event.attempt] = int(number)
    attempts = [event.attempt for event in events]
    if attempts != sorted(attempts):
        wrong.append(f"the attempts of {name} wrote in the order {attempts}")
    tokens = sum(event.kind is EventKind.TOKEN for event in events)
    if task.usage.tokens != tokens:
        wrong.append(f"{name} used {task.usage.tokens} tokens, its log has {tokens}")
    return wrong
