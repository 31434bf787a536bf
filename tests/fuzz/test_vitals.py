"""Memory is judged by what was held at most, not only by what is left: a process that takes much and gives it back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.fuzz.vitals import MORE_AT_ONCE, MORE_MEMORY, Vitals, forget_peaks, growth

TAKES = """
import sys
for size in map(int, sys.stdin):
    held = bytearray(size)
    del held
    print(flush=True)
"""
"""Takes as many bytes as each line says, and gives them back."""


@contextmanager
def process() -> Iterator["subprocess.Popen[str]"]:
    """One that takes what it is told."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", TAKES], stdin=pipe, stdout=pipe, text=True) as started:
        assert started.stdin is not None
        yield started
        started.stdin.close()


def take(taker: "subprocess.Popen[str]", size: int) -> Vitals:
    """The vitals of the process once it has taken so much and given it back."""
    assert taker.stdin is not None
    assert taker.stdout is not None
    taker.stdin.write(f"{size}\n")
    taker.stdin.flush()
    assert taker.stdout.readline() == "\n"
    return Vitals.of(taker.pid)


def test_what_was_held_for_a_moment_is_found_until_it_is_forgotten():
    with process() as taker:
        before = take(taker, 0)
        after = take(taker, MORE_AT_ONCE + (1 << 20))
        assert after.rss < before.rss + MORE_MEMORY
        [problem] = growth(before, after)
        assert "were held at once" in problem
        forget_peaks(taker.pid)
        assert growth(before, take(taker, 0)) == []


def test_what_is_left_is_found():
    before = Vitals(rss=1 << 30, peak=1 << 30, descriptors=1, threads=1, cpu=0.0)
    [problem] = growth(before, replace(before, rss=before.rss + MORE_MEMORY))
    assert "are left" in problem
