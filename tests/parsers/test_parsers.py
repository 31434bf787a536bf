"""Parsers of what strangers send: whatever it is, it is taken or refused in their words, soon and in little room."""

import os
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.effort import effort
from tests.parsers.mutation import mutants
from tests.parsers.trial import MOST_BYTES, load, names, refuses

SEED = "AION_PARSER_SEED"
CASES = effort(300, 40_000)


def peak() -> int:
    """What this process has held at most, in bytes."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


@pytest.mark.parametrize("name", names())
def test_known_inputs_are_read_or_refused_and_the_first_is_read(name):
    target = load(name)
    outcomes = [refuses(target, data) for data in target.seeds]
    assert outcomes[0] is False, "a target that refuses everything is looked at from outside only"
    refuses(target, b"")


@pytest.mark.parametrize("name", names())
def test_whatever_comes_is_read_or_refused(name):
    target, seed = load(name), int(os.environ.get(SEED) or Random().randrange(1 << 32))
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    for number, data in enumerate(islice(mutants(target.seeds, Random(seed)), CASES)):
        try:
            refuses(target, data)
        except Exception as defect:
            defect.add_note(f"{SEED}={seed}, case {number} of {name}: {data!r}")
            raise
    assert peak() - before <= MOST_BYTES
