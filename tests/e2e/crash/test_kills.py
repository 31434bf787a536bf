"""SIGKILL at every failpoint: every accepted task ends exactly once, and a retry with its key gives the same task.

Proves docs/semantics.md 11 and 5.1, 5.4, 2.2, 4.1 under it. The short form kills once at the steps that every task
goes through, the full one twenty times at each failpoint.
"""

import pytest

from tests.e2e.crash.aftermath import settle_and_judge
from tests.e2e.crash.rounds import Story
from tests.e2e.crash.server import Place

STORE_STEPS = ("accept", "claim", "append", "settle", "cancel", "renew", "reclaim")
SERVER = ("server.before_accept", "server.before_answer")
WORKER = (
    "worker.before_engine",
    "worker.after_engine",
    "worker.before_append",
    "worker.before_settle",
    "worker.after_settle",
)
STORE = tuple(f"store.{step}.{when}_commit" for step in STORE_STEPS for when in ("before", "after"))
FAILPOINTS = (*SERVER, *WORKER, *STORE)

OF_EVERY_TASK = (
    "server.before_accept",
    "server.before_answer",
    "worker.after_engine",
    "worker.before_settle",
    *(f"store.{step}.{when}_commit" for step in ("accept", "append", "settle") for when in ("before", "after")),
)

KILLS = 20
HELD_EVERY = 5


async def _kill_at(story: Story, failpoint: str, nth: int, *, held: int = 0) -> None:
    if failpoint.startswith("store.reclaim"):
        if held or not story.leases_left:
            await story.life(f"store.append.after_commit=kill@{nth}", held=held)
        nth = 1
    await story.life(f"{failpoint}=kill@{nth}", held=held)
    # What a reclaim had committed leaves no leases to the next one.
    story.leases_left = failpoint == "store.reclaim.before_commit"


@pytest.mark.timeout(300)
async def test_one_kill_at_each_step_of_every_task_loses_and_doubles_nothing(tmp_path):
    story = Story(Place(tmp_path), seed=0)
    for failpoint in OF_EVERY_TASK:
        await _kill_at(story, failpoint, story.chance.randint(1, 3))
    assert story.place.kills >= len(OF_EVERY_TASK)
    await settle_and_judge(story.place, story.recorder)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("failpoint", FAILPOINTS)
async def test_twenty_kills_at_a_failpoint_lose_and_double_nothing(tmp_path, failpoint):
    story = Story(Place(tmp_path), seed=FAILPOINTS.index(failpoint))
    for number in range(KILLS):
        held = 2 if number % HELD_EVERY == 0 else 0
        await _kill_at(story, failpoint, story.chance.randint(1, 4 if "renew" in failpoint else 8), held=held)
    assert story.place.kills >= KILLS
    await settle_and_judge(story.place, story.recorder)
