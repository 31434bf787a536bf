"""Workers apart, and their server, that die or stand still at a named step: no task is lost, none settled twice.

Proves docs/semantics.md 2.2, 2.7, 7.9, 7.10, 7.11 and 11 with workers apart: at each step between the answer to a
lease and the answer to a settle.
"""

import asyncio
import random
import time
from collections.abc import Awaitable

import pytest

from tests.chaos import places
from tests.chaos.aftermath import settle_and_judge
from tests.chaos.client import Client, Steps
from tests.chaos.crew import BOUND, Crew, crew, until
from tests.chaos.history import Outcome
from tests.chaos.server import Died
from tests.effort import effort

FAILPOINTS = places.WORKER
KILLS = effort(2, 20)
SUBMITTERS = 2


async def _load(staff: Crew, client: Client, chance: random.Random) -> None:
    """Submits, and looks now and then; the queue stays short, so that all that is new is soon done."""
    while staff.server.alive:
        call = await client.submit(staff.recorder.new_key(Steps(chance.randint(1, 4), chance.randint(0, 2))), wait=0.3)
        if call.outcome is Outcome.ANSWERED and call.task is not None and chance.random() < 0.3:
            await client.watch(call.task.task_id)


async def _under_load(staff: Crew, chance: random.Random, death: Awaitable[None]) -> None:
    async with staff.client() as client:
        load = [asyncio.create_task(_load(staff, client, chance)) for _ in range(SUBMITTERS)]
        try:
            await death
        finally:
            # Nobody is left who would end what they wait for.
            for one in load:
                one.cancel()
            ends = await asyncio.gather(*load, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def _kill_workers(staff: Crew, failpoint: str, kills: int, chance: random.Random) -> None:
    staff.place.gate.touch()
    for _ in range(kills):
        victim = await staff.hire(f"victim-{len(staff.men)}", failpoints=f"{failpoint}=kill@{chance.randint(1, 6)}")
        await _under_load(staff, chance, victim.until_killed())
        staff.place.kills += 1


async def _judged(staff: Crew, began: float) -> None:
    """Any task may have waited from the first kill to the last."""
    await settle_and_judge(staff.place, staff.recorder, staff.server, bound=BOUND + time.time() - began)


async def test_a_worker_that_dies_between_a_write_and_the_next_loses_and_doubles_nothing(tmp_path):
    chance, began = random.Random(0), time.time()
    async with crew(tmp_path) as staff:
        await _kill_workers(staff, "worker.after_append", 1, chance)
        await staff.hire("last")
        await _judged(staff, began)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("failpoint", FAILPOINTS)
async def test_workers_that_die_at_one_step_again_and_again_lose_and_double_nothing(tmp_path, failpoint):
    chance, began = random.Random(failpoint), time.time()
    async with crew(tmp_path) as staff:
        await _kill_workers(staff, failpoint, KILLS, chance)
        await staff.hire("last")
        await _judged(staff, began)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "failpoint",
    [
        "server.before_answer",
        *(f"store.{step}.{when}_commit" for step in ("claim", "append", "settle", "renew") for when in places.WHEN),
    ],
)
async def test_a_server_that_dies_under_its_workers_gives_and_takes_nothing_twice(tmp_path, failpoint):
    """The answers to a lease, an append, a settle and a renewal are among those that are lost."""
    chance, began = random.Random(failpoint), time.time()
    async with crew(tmp_path) as staff:
        staff.place.gate.touch()
        await staff.hire("first")
        await staff.hire("second")
        for _ in range(KILLS):
            staff.server.destroy()
            most = 2 if "renew" in failpoint else 8
            try:
                await staff.revive(f"{failpoint}=kill@{chance.randint(1, most)}")
                await _under_load(staff, chance, staff.server.wait_until_killed())
            except Died:
                staff.server.must_have_been_killed()
        await staff.revive()
        await _judged(staff, began)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("failpoint", FAILPOINTS)
async def test_a_worker_that_stands_still_at_a_step_beyond_its_lease_writes_nothing_stale(tmp_path, failpoint):
    go_on = tmp_path / "go-on"
    async with crew(tmp_path) as staff:
        staff.place.gate.touch()
        first = await staff.hire("first", slots=1, failpoints=f"{failpoint}=pause:{go_on}")
        async with staff.client() as client:
            call = await client.submit(staff.recorder.new_key(Steps(3, pause=1)))
            assert call.task is not None
            if failpoint != "worker.after_settle":
                # It has been leased: whoever comes now gets it only when that lease is over.
                await until(staff.leased, "the first worker has the task")
            second = await staff.hire("second")
            ended = await staff.ended(client, call.task.task_id)
            assert ended.state == "OK"
            go_on.touch()
            # The first goes on only now, with a lease that is long over, and has to be of use again.
            await second.stop()
            again = await client.submit(staff.recorder.new_key(Steps(1)), wait=20.0)
            assert again.task is not None
            assert again.task.state == "OK", first.said()[-3000:]
        final = await settle_and_judge(staff.place, staff.recorder, staff.server, bound=BOUND)
    outcomes = {each.task.task_id: [attempt.outcome for attempt in each.task.attempts] for each in final.tasks}
    *before, last = outcomes[call.task.task_id]
    assert last == "OK"
    # What had been settled stays; else its lease ran out, and nothing of the first attempt counts.
    assert set(before) == (set() if failpoint == "worker.after_settle" else {"LOST"})
