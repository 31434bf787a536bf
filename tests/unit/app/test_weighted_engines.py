"""An intent whose engines have weights, from the operator's file to accepted tasks."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from tests.manual_clock import ManualClock
from tests.sample_tasks import START
from tests.unit.app.submit_desk import CALLER, COMMAND, Desk
from tests.unit.catalog.operators import Operator

STABLE, CANARY = "module:summarize@1.0.0", "module:summarize@1.1.0"
NAMES = [f"task-{number}" for number in range(60)]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    operator = Operator(tmp_path)
    operator.install(version="1.0.0")
    operator.install(version="1.1.0")
    operator.write(
        "intents.yml",
        "intents:\n- name: summarize\n  engines:\n"
        "  - {engine: module:summarize@1.0.0, weight: 3}\n  - {engine: 'module:summarize@~1.1', weight: 1}\n",
    )
    clock = ManualClock(START)
    async with open_store("sqlite://", clock, signals := ProcessSignals(), "test") as store:
        desk = Desk(store, signals, clock, operator)
        desk.accept = replace(desk.accept, max_pending=len(NAMES))
        desk.worker.free = 0
        yield desk


async def test_a_task_gets_the_engine_that_a_dry_run_with_its_id_shows_and_so_does_its_replay(desk: Desk) -> None:
    """9.6 The draw follows from the task's id alone."""
    drawn = Counter[str]()
    for name in NAMES:
        command = replace(COMMAND, task_id=name, idempotency_key="")
        checked = (await desk.accept(CALLER, replace(command, validate_only=True))).task.decision
        accepted = (await desk.accept(CALLER, command)).task.decision
        assert (checked.engine, checked.reason) == (accepted.engine, accepted.reason)
        again = await desk.accept(CALLER, command)
        assert (again.replayed, again.task.decision) == (True, accepted)
        drawn[accepted.engine] += 1
        assert f"drawn by weight {3 if accepted.engine == STABLE else 1} of 4" in accepted.reason
    assert drawn.keys() == {STABLE, CANARY}
    assert drawn[STABLE] > drawn[CANARY]


async def test_what_is_stored_says_the_weights_and_the_digests_of_all_candidates(desk: Desk) -> None:
    """2.9 The decision says which bytes were decided for."""
    task = (await desk.accept(CALLER, COMMAND)).task
    stored = (await desk.store.get("acme", task.task_id)).decision
    (module, _) = desk.accept.catalog.modules()
    assert {candidate.engine: candidate.weight for candidate in stored.candidates} == {STABLE: 3, CANARY: 1}
    assert {candidate.digest for candidate in stored.candidates} == {stored.engine_digest} == {module.digest}
    assert not stored.digest_pinned


async def test_dry_runs_without_an_id_draw_as_new_tasks_do(desk: Desk) -> None:
    """9.6 A dry run without an id shows what some new task would get."""
    command = replace(COMMAND, idempotency_key="", validate_only=True)
    planned = [(await desk.accept(CALLER, command)).task for _ in range(60)]
    assert {task.task_id for task in planned} == {""}
    assert {task.decision.engine for task in planned} == {STABLE, CANARY}


async def test_a_range_that_a_client_prefers_is_the_newest_version_within_it(desk: Desk) -> None:
    """9.8 A range of versions stands for its newest version that can run."""
    task = (await desk.accept(CALLER, replace(COMMAND, preferred_engine="module:summarize@<1.1"))).task
    assert (task.decision.engine, "as asked for" in task.decision.reason) == (STABLE, True)
