"""The simulation bites: with a known bug planted into AION, it says so within a few worlds, in the right words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage import steps
from aion.adapters.storage.waiting import WaitingTasks
from aion.domain import lifecycle
from aion.domain.attempts import AttemptOutcome, AttemptResult, Lease
from aion.domain.backoff import FIRST_BACKOFF
from aion.domain.lifecycle import Change
from aion.domain.tasks import Task, TaskState
from tests.simulation.queue_machine import QueueMachine
from tests.simulation.world import ANY, LATE_WRITES, REPEATED_WRITES, Stress, simulate

WORLDS = 200
"""Within so many the bug must have shown itself."""

Plant = Callable[[pytest.MonkeyPatch], None]


def no_fence_check(patch: pytest.MonkeyPatch) -> None:
    """Whoever holds any lease of a running task may write."""

    def held(task: Task, fence: int) -> Lease:
        if task.lease is None:
            raise lifecycle.StaleFence("it does not run")
        return task.lease

    patch.setattr(lifecycle, "held", held)


def settled_twice(patch: pytest.MonkeyPatch) -> None:
    """The same settle given again ends the task again."""
    held = lifecycle.held

    def held_after_the_end(task: Task, fence: int) -> Lease:
        if task.state.ended and fence == task.fence:
            return Lease(task.attempts[-1].owner, fence, task.expire_time)
        return held(task, fence)

    patch.setattr(lifecycle, "held", held_after_the_end)
    patch.setattr(steps, "_settled_earlier", lambda task, value: None)
    settle = steps.settle
    patch.setattr(steps, "settle", lambda value, transaction: settle(replace(value, after_offset=None), transaction))


def lost_wake_up(patch: pytest.MonkeyPatch) -> None:
    """Nobody is told that a task changed."""
    patch.setattr(ProcessSignals, "task_changed", lambda self, tenant, task_id: None)


def eager_jumps_the_queue(patch: pytest.MonkeyPatch) -> None:
    """A new task starts at once although others wait."""
    patch.setattr(WaitingTasks, "any_ready", lambda self, now_us, engines=None: False)


def retries_without_bound(patch: pytest.MonkeyPatch) -> None:
    """What may be tried again is tried again for ever."""

    def may_retry(task: Task, result: AttemptResult) -> bool:
        return result.outcome is AttemptOutcome.FAILED and result.failure is not None and result.failure.retryable

    patch.setattr(lifecycle, "_may_retry", may_retry)


def a_cancel_that_ends_ok(patch: pytest.MonkeyPatch) -> None:
    """A task that waits is OK when it is canceled: no attempt of it ever ran."""
    cancel_asked = lifecycle.cancel_asked

    def asked(task: Task, now: datetime) -> Change:
        change = cancel_asked(task, now)
        waits = task.state is TaskState.PENDING
        return replace(change, task=change.task.changed(state=TaskState.OK)) if waits else change

    patch.setattr(lifecycle, "cancel_asked", asked)


def failures_that_end_ok(patch: pytest.MonkeyPatch) -> None:
    """A task of which every attempt failed is OK."""
    patch.setitem(lifecycle._STATE_OF, AttemptOutcome.FAILED, TaskState.OK)


def what_is_done_is_tried_again(patch: pytest.MonkeyPatch) -> None:
    """An attempt that ended OK does not end its task."""
    patch.setattr(lifecycle, "_may_retry", lambda task, result: len(task.attempts) == 1)
    patch.setattr(lifecycle, "backoff", lambda task_id, times: FIRST_BACKOFF)


def accepted_and_over(patch: pytest.MonkeyPatch) -> None:
    """A task has ended when it is accepted."""
    patch.setattr(WaitingTasks, "any_ready", lambda self, now_us, engines=None: True)

    def over(task: Task) -> Change:
        ended = lifecycle.cancel_asked(task, task.create_time)
        return replace(ended, facts=("task.accepted", *ended.facts))

    patch.setattr(lifecycle, "accepted", over)


@pytest.mark.parametrize(
    ("plant", "stress", "sentence"),
    [
        pytest.param(no_fence_check, LATE_WRITES, "the result of attempt", marks=pytest.mark.slow),
        (settled_twice, REPEATED_WRITES, "facts say task.ended"),
        (lost_wake_up, ANY, "was answered at"),
        (eager_jumps_the_queue, ANY, "started at once"),
        (retries_without_bound, ANY, "it may"),
        (a_cancel_that_ends_ok, ANY, "was PENDING and is now OK"),
        (failures_that_end_ok, ANY, "is OK, its attempts ended"),
        (what_is_done_is_tried_again, ANY, "although an attempt ended OK"),
        (accepted_and_over, ANY, "began CANCELED"),
    ],
    ids=["fence", "settle", "wake-up", "eager start", "retries", "cancel", "failures", "done", "accepted"],
)
def test_a_planted_bug_is_found(plant: Plant, stress: Stress, sentence: str, monkeypatch: pytest.MonkeyPatch):
    plant(monkeypatch)
    for seed in range(WORLDS):
        wrong = simulate(seed, stress=stress).wrong
        if any(sentence in problem for problem in wrong):
            return
    pytest.fail(f"{WORLDS} worlds did not show it")


def test_the_queue_machine_finds_a_missing_fence_check(monkeypatch: pytest.MonkeyPatch):
    no_fence_check(monkeypatch)
    tries = settings(
        max_examples=200,
        stateful_step_count=50,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(QueueMachine, settings=tries)
