"""Tries mutants: plants each in a fork and runs the tests that run its lines, until one fails.

The tests that noticed something are then run once without a mutant, in a fork of their own: one that fails anyway, or
only because it runs alone, would have proved nothing.
"""

import re
import signal
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import IntEnum
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Final

import pytest

from tools.mutation.crew import BROKE, Crew, Ended, Note
from tools.mutation.mutants import Mutant
from tools.mutation.planting import NotPlanted, Stillborn, plant
from tools.mutation.seen import Seen, run_test

MOST_SECONDS: Final = 20.0
"""So long may the tests of one mutant take without it; those that take longest are left out."""

_LONGEST_TEST: Final = 3.0
_PATIENCE: Final = 6.0
"""Seconds that a test may take with a mutant besides ten times what it takes without: then it hangs."""


class Fate(IntEnum):
    """What became of a mutant; the value is the exit status of its fork."""

    SURVIVED = 0
    KILLED = 1
    STILLBORN = 2
    UNREACHED = 3
    UNTRIED = BROKE


class Verdict:
    """A mutant's fate and the test that noticed it, if one did."""

    def __init__(self, mutant: Mutant, fate: Fate, test: int | None) -> None:
        self.mutant = mutant
        self.fate = fate
        self.test = test


class Trials:
    """The tests, as they are collected in this process, and what is known of them."""

    def __init__(self, root: Path, items: Sequence[pytest.Item], seen: Seen, crew: Crew) -> None:
        self._root = root
        self._items = items
        self._seen = seen
        self._crew = crew
        self._noticed: dict[str, Counter[int]] = {}
        self._usable = 0
        failed = set(seen.failed)
        for number, seconds in seen.seconds.items():
            if seconds <= _LONGEST_TEST and number not in failed:
                self._usable |= 1 << number

    def try_all(self, mutants: Sequence[Mutant], tell: Callable[[Verdict], None]) -> list[Verdict]:
        """The fate of each; `tell` hears it as soon as it is known."""
        verdicts: list[Verdict] = []

        def heard(mutant: Mutant) -> Callable[[Ended], None]:
            def hear(ended: Ended) -> None:
                verdict = self._verdict(mutant, ended)
                verdicts.append(verdict)
                tell(verdict)

            return hear

        for mutant in mutants:
            self._crew.work(self._trial(mutant), heard(mutant))
        self._crew.finish()
        return verdicts

    def prove(self, tests: Sequence[int]) -> list[int]:
        """Those of these tests that fail alone and without a mutant."""
        untrue: list[int] = []

        def heard(test: int) -> Callable[[Ended], None]:
            return lambda ended: untrue.append(test) if ended.status != Fate.SURVIVED else None

        for test in tests:
            self._crew.work(partial(self._run, (test,)), heard(test))
        self._crew.finish()
        return untrue

    def _trial(self, mutant: Mutant) -> Callable[[Note], int]:
        def trial(note: Note) -> int:
            try:
                constants = plant(mutant)
            except Stillborn:
                return Fate.STILLBORN
            except NotPlanted:
                return Fate.UNREACHED
            if constants:
                tests = self._seen.tests_that_name(self._root, constants) | self._files_that_name(constants)
            else:
                tests = self._seen.tests_of(mutant.likeness.file, range(mutant.line, mutant.last_line + 1))
            return self._run(self._chosen(tests, mutant), note)

        return trial

    def _files_that_name(self, names: Collection[str]) -> int:
        """The tests of files in which one of these names stands: they look at the constant themselves."""
        wanted = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
        files = {path for path in {item.path for item in self._items} if wanted.search(path.read_text())}
        return sum(1 << number for number, item in enumerate(self._items) if item.path in files)

    def _chosen(self, tests: int, mutant: Mutant) -> Sequence[int]:
        """Who noticed something in this file before comes first; then who imports it; then the quickest files, whose
        fixtures are shared.
        """
        noticed = self._noticed.get(mutant.likeness.file, Counter())
        numbers = [number for number in range(len(self._items)) if (tests & self._usable) >> number & 1]
        imports = importing(mutant.likeness.file, {self._items[number].path for number in numbers})
        slowest: dict[Path, float] = {}
        for number in numbers:
            path = self._items[number].path
            slowest[path] = max(slowest.get(path, 0.0), self._seen.seconds[number])

        def turn(number: int) -> tuple[int, bool, float, Path, int]:
            path = self._items[number].path
            return -noticed[number], path not in imports, slowest[path], path, number

        numbers.sort(key=turn)
        chosen, left = [], MOST_SECONDS
        for number in numbers:
            left -= self._seen.seconds[number]
            if left > 0:
                chosen.append(number)
        return chosen

    def _run(self, tests: Sequence[int], note: Note) -> int:
        for test, following in zip_longest(tests, tests[1:]):
            note.write(test)
            signal.setitimer(signal.ITIMER_REAL, _PATIENCE + 10 * self._seen.seconds[test])
            try:
                if not run_test(self._items[test], None if following is None else self._items[following]):
                    return Fate.KILLED
            except BaseException:  # noqa: BLE001 - whatever a mutant raises through pytest was noticed
                return Fate.KILLED
        return Fate.SURVIVED

    def _verdict(self, mutant: Mutant, ended: Ended) -> Verdict:
        if ended.status in set(Fate) - {Fate.KILLED}:
            return Verdict(mutant, Fate(ended.status), None)
        # Any other end is a test that failed, hung or brought the process down.
        self._noticed.setdefault(mutant.likeness.file, Counter())[ended.noted] += 1
        return Verdict(mutant, Fate.KILLED, ended.noted)


def importing(source: str, tests: Iterable[Path]) -> set[Path]:
    """Those of these test files that import the module of a source file, say src/domain/tasks.py."""
    *package, name = Path("aion", *Path(source).with_suffix("").parts[1:]).parts
    wanted = re.compile(rf"from {re.escape('.'.join(package))}(?:\.{name} import | import [^\n]*\b{name}\b)")
    return {path for path in tests if wanted.search(path.read_text())}
