"""What the oracle takes for lawful after a commit that was seen, and after one of which nobody knew."""

import pytest

from aion.domain.tasks import Task, TaskState
from tests.sample_tasks import START, new_task
from tests.simulation.disk import Commit
from tests.simulation.oracle import Oracle


def said(*looks: tuple[TaskState, bool], writes: tuple[str, ...] = ("accept",)) -> list[str]:
    """What is wrong with a task that was in these states after one commit each, and whether each was seen whole."""
    oracle = Oracle()
    for state, whole in looks:
        task: Task = new_task().changed(state=state, end_time=START if state.ended else None)
        oracle.committed(Commit([task], START, frozenset(writes), whole))
    return oracle.wrong


def test_a_task_begins_as_it_may():
    assert said((TaskState.PENDING, True)) == []
    assert said((TaskState.CANCELED, True)) == ["acme/task-1 began CANCELED"]


@pytest.mark.parametrize(
    ("state", "write"), [(TaskState.TIMEOUT, "claim"), (TaskState.TIMEOUT, "reap"), (TaskState.CANCELED, "cancel")]
)
def test_a_task_may_be_over_in_its_first_commit_by_a_write_that_ends_what_waits(state, write):
    assert said((state, True), writes=("accept", write)) == []
    assert said((state, True), writes=("accept", "append")) == [f"acme/task-1 began {state.name}"]
    assert said((TaskState.OK, True), writes=("accept", write)) != []


def test_a_task_may_be_over_in_its_first_commit_when_that_made_the_next_one_of_its_schedule():
    def together(over: str, other: str) -> list[str]:
        tasks = [new_task(schedule_id=over).changed(state=TaskState.CANCELED, end_time=START)]
        oracle = Oracle()
        tasks.append(new_task("task-2", schedule_id=other))
        oracle.committed(Commit(tasks, START, frozenset({"accept"}), True))
        return oracle.wrong

    assert together("nightly", "nightly") == []
    assert together("nightly", "hourly") == together("", "") == ["acme/task-1 began CANCELED"]


def test_a_task_of_a_commit_that_nobody_saw_may_be_over_when_it_is_met():
    assert said((TaskState.CANCELED, False)) == []


def test_what_takes_two_steps_is_lawful_only_where_one_was_not_seen():
    assert said((TaskState.PENDING, True), (TaskState.ERROR, True)) == ["acme/task-1 was PENDING and is now ERROR"]
    assert said((TaskState.PENDING, True), (TaskState.ERROR, False)) == []


def test_an_end_stays_whatever_was_not_seen():
    wrong = said((TaskState.CANCELED, False), (TaskState.TIMEOUT, False))
    assert "acme/task-1 was CANCELED and is now TIMEOUT" in wrong
