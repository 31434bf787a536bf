"""kill -9 at every commit of a task's life: what was answered is there, and the task still ends exactly once."""

import signal
from pathlib import Path

import pytest

from aion.adapters.clock import SystemClock
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from aion.domain.errors import StaleFence, TaskNotFound
from aion.domain.events import EventKind, text_of
from aion.domain.tasks import TaskState
from aion.domain.writes import LeaseRef, Settle
from tests.chaos.server_process import fork
from tests.sample_tasks import OK, SCOPE, accept, claim, key, new_task, settle, tokens
from tests.storage.crash_scenario import live

PATIENCE = 60
STEPS = ("accept", "claim", "append", "settle")


def crash(url: str, failpoint: str, answers: Path) -> list[str]:
    """The steps that were answered before the process was killed."""
    answers.touch()
    process = fork(live, url, failpoint, str(answers))
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL
    return answers.read_text().split()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before_commit", "after_commit"])
async def test_a_task_ends_exactly_once_after_a_kill(tmp_path, step, when):
    url = f"sqlite:///{tmp_path / 'aion.sqlite'}"
    answered = crash(url, f"store.{step}.{when}", tmp_path / "answers")
    assert answered == list(STEPS[: STEPS.index(step)])

    committed = STEPS[: STEPS.index(step) + (when == "after_commit")]
    clock = SystemClock()
    async with open_store(url, clock, ProcessSignals(), "second life") as store:
        if not committed:
            with pytest.raises(TaskNotFound):
                await store.get("acme", "task-1")
            assert list(await store.waiting(SCOPE, 10)) == []
        again = await store.accept("acme", accept(new_task(now=clock.now()), key()))
        assert again.replayed == bool(committed)
        if "claim" in committed and "settle" not in committed:
            assert again.task.state is TaskState.RUNNING
            assert await store.reclaim(SCOPE, "second life", frozenset()) == 1
            with pytest.raises(StaleFence):
                await store.settle(SCOPE, Settle(LeaseRef("acme", "task-1", 1), OK))
        if "settle" not in committed:
            (task,) = await store.claim(SCOPE, claim(owner="second life"))
            await store.append(SCOPE, tokens(task, "whole"))
            await store.settle(SCOPE, settle(task))
        await the_task_ended_once(store, "half " if "settle" in committed else "whole")


async def the_task_ended_once(store, text):
    task = await store.get("acme", "task-1")
    events = await store.events("acme", "task-1", 0, 100)
    assert task.state is TaskState.OK
    assert [event.offset for event in events] == list(range(1, task.last_offset + 1))
    assert [event.kind for event in events].count(EventKind.DONE) == 1
    assert text_of(events) == text
    names = [fact.name for fact in await store.waiting(SCOPE, 100)]
    assert names.count("task.accepted") == 1
    assert names.count("task.ended") == 1
