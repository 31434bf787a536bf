"""SIGKILL around the commit in which a schedule's time becomes a task and is counted: exactly one, counted once.

Proves docs/semantics.md 12.1, in processes that own the store one after the other and share a clock that stands still.
"""

import asyncio
import signal
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aion import failpoints
from aion.adapters.signals import ProcessSignals
from aion.adapters.storage.sqlite import open_store
from tests.chaos.server_process import fork
from tests.manual_clock import ManualClock
from tests.sample_schedules import MINUTE
from tests.sample_tasks import START
from tests.unit.app.schedule_desk import Desk

KILLS = tuple(f"store.accept.{when}_commit" for when in ("before", "after"))
PATIENCE = 60


@asynccontextmanager
async def desk_at(path: Path):
    """A scheduler over the store in a file, a minute after START."""
    clock = ManualClock(START)
    async with open_store(f"sqlite:///{path}", clock, ProcessSignals(), "a test") as store:
        clock.advance(MINUTE)
        yield Desk(store, clock)


def fire_and_die(path: str, failpoint: str) -> None:
    """Looks once for what is due, and is killed. For a process of its own."""

    async def live() -> None:
        async with desk_at(Path(path)) as desk:
            failpoints.configure({failpoints.ENVIRONMENT: f"{failpoint}=kill"})
            await desk.scheduler.once()

    asyncio.run(live())


@pytest.mark.parametrize("failpoint", KILLS)
async def test_a_time_becomes_one_task_whatever_is_killed_in_between(tmp_path, failpoint):
    path = tmp_path / "aion.sqlite"
    async with desk_at(path) as desk:
        await desk.create()
    dead = fork(fire_and_die, str(path), failpoint)
    await asyncio.to_thread(dead.join, PATIENCE)
    assert dead.exitcode == -signal.SIGKILL
    async with desk_at(path) as desk:
        await desk.scheduler.once()
        (task,) = await desk.tasks()
        schedule = await desk.get()
        assert (task.schedule_id, schedule.last_task_id, schedule.fired) == ("nightly", task.task_id, 1)
        assert schedule.next_fire_time == START + 2 * MINUTE
