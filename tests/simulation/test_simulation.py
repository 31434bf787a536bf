"""Whole worlds from seeds: whatever goes wrong in them, the promises of docs/semantics.md hold.

`AION_SIM_SEED=N` replays one world; `AION_SIM_FROM=N` begins a run of many at another seed.
"""

import gc
import os
import subprocess
import sys

import pytest

from tests.effort import effort
from tests.simulation.world import STEPS, World, simulate

SEEDS = effort(1_000, 100_000)
STEPS_OF_EACH = effort(10, STEPS)
PIECES = 20
ENOUGH = 5
"""So many broken worlds of a piece are told: hours of looking shall show more than the first."""
REPLAYED, REPLAYED_STEPS, FROM = "AION_SIM_SEED", "AION_SIM_STEPS", "AION_SIM_FROM"


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("piece", range(PIECES))
def test_every_world_keeps_every_promise_and_comes_to_rest(piece):
    first = int(os.environ.get(FROM, "0"))
    broken: list[str] = []
    for seed in range(first + piece, first + SEEDS, PIECES):
        try:
            outcome = simulate(seed, STEPS_OF_EACH)
        except Exception as error:
            error.add_note(f"in the world of seed {seed}")
            raise
        if outcome.wrong:
            broken.append(str(outcome))
        elif outcome.commits < 5:
            broken.append(f"seed {seed} did next to nothing: {outcome}")
        if len(broken) == ENOUGH:
            break
    assert not broken, "\n".join(broken)


def test_a_world_to_replay_keeps_every_promise():
    """The one that a failed run names; seed 0 when none is asked for."""
    outcome = simulate(int(os.environ.get(REPLAYED, "0")), int(os.environ.get(REPLAYED_STEPS, str(STEPS))))
    assert not outcome.wrong, str(outcome)


def test_the_same_seed_makes_the_same_world_in_every_process():
    """Also where sets of texts have another order."""
    seeds = (3, 9)
    here = [simulate(seed).trace for seed in seeds]
    code = f"from tests.simulation.world import simulate\nfor seed in {seeds}: print(simulate(seed).trace)"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    there = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.split() == here
    assert len(set(here)) == len(seeds)


def test_another_seed_makes_another_world():
    assert len({simulate(seed, steps=10).trace for seed in range(5)}) == 5


def test_a_world_that_is_over_is_gone_when_the_next_one_begins():
    """A hundred thousand of them run in a row, and what a collection has not found stays."""
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()  # else one may begin by itself, and hide that nobody began one
    try:
        for seed in range(3):
            simulate(seed, steps=5)
        assert sum(type(one) is World for one in gc.get_objects()) == 1
    finally:
        if collecting:
            gc.enable()


def test_what_a_failed_world_says_can_be_replayed():
    outcome = simulate(12, steps=5)
    outcome.wrong.append("something")
    assert "AION_SIM_SEED=12 AION_SIM_STEPS=5 " in str(outcome)
    assert "something" in str(outcome)
