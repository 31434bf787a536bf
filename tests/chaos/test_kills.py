"""SIGKILL at every failpoint: every accepted task ends exactly once, and a retry with its key gives the same task.

Proves docs/semantics.md 11 and 5.1, 5.4, 2.2, 4.1 under it. The short form kills once at the steps that every task
goes through, the full one twenty times at each failpoint. Clients come over gRPC, REST with SSE, and the WebSocket.
"""

import pytest

from tests.chaos import places
from tests.chaos.aftermath import settle_and_judge
from tests.chaos.rounds import Story
from tests.chaos.server import Place
from tests.effort import effort

FAILPOINTS = (*places.SERVER, *places.WORKER, *places.STORE, *places.MODULES)

OF_EVERY_TASK = (
    "server.before_accept",
    "server.before_http_answer",
    "worker.after_claim",
    "worker.before_settle",
    *(f"store.{step}.{when}_commit" for step in ("accept", "append", "settle") for when in places.WHEN),
)

KILLS = effort(3, 20)
HELD_EVERY = 5
RARE = ("renew", "purge", "delivered")
"""What happens once in a while, not once a task."""

ONCE = ("reclaim", "open", "reap", "modules.before_keep")
"""What happens once in a life at most."""


async def _kill_at(story: Story, failpoint: str, nth: int, *, held: int = 0) -> None:
    if failpoint.startswith("store.reclaim") and (held or not story.leases_left):
        await story.life(f"store.append.after_commit=kill@{nth}", held=held)
    if failpoint == "modules.before_keep":
        story.place.forget_compiled()
    if any(word in failpoint for word in ONCE):
        nth = 1
    if failpoint.startswith("store.reap"):
        # Nothing is overdue where leases are renewed.
        await story.life(f"store.renew.before_commit=error,{failpoint}=kill", held=2)
    else:
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
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("failpoint", FAILPOINTS)
async def test_many_kills_at_a_failpoint_lose_and_double_nothing(tmp_path, failpoint):
    story = Story(Place(tmp_path), seed=FAILPOINTS.index(failpoint))
    for number in range(KILLS):
        held = 2 if number % HELD_EVERY == 0 else 0
        most = 2 if any(word in failpoint for word in RARE) else 8
        await _kill_at(story, failpoint, story.chance.randint(1, most), held=held)
    assert story.place.kills >= KILLS
    await settle_and_judge(story.place, story.recorder)
