"""One run: what to change, the tests that pytest has collected, and the figures for each area."""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TextIO

import pytest

from tools.mutation.areas import Area
from tools.mutation.crew import Crew, Ended, Note
from tools.mutation.mutants import Likeness, Mutant, mutants_of
from tools.mutation.seen import Seen, collect, record, shares_of
from tools.mutation.trials import Fate, Trials, Verdict

ENOUGH = 0.85


@dataclass(frozen=True, slots=True)
class Order:
    """What to try. Without a `sample` every mutant of each area is tried."""

    root: Path
    areas: Sequence[Area]
    sample: int | None
    seed: int
    processes: int
    equivalent: Mapping[Likeness, str]


@dataclass(slots=True)
class Tally:
    """What became of the mutants of an area."""

    area: Area
    possible: int
    fates: Counter[Fate] = field(default_factory=Counter)
    survivors: list[Mutant] = field(default_factory=list)
    equivalent: int = 0

    @property
    def ratio(self) -> float:
        """Killed, of those that a test could notice."""
        killed, survived = self.fates[Fate.KILLED], len(self.survivors)
        return killed / (killed + survived) if killed + survived else 1.0


class Campaign:
    """A plugin for pytest: instead of running the tests it tries mutants with them."""

    def __init__(self, order: Order, out: TextIO) -> None:
        self._order = order
        self._out = out
        self._crew = Crew(order.processes)
        self.tallies: list[Tally] = []
        self.complaints: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Stands in for pytest's own loop over the tests."""
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors while the tests were collected")
        seen = self._look_on(session.items)
        trials = Trials(self._order.root, session.items, seen, self._crew)
        verdicts: list[Verdict] = []
        for area in self._order.areas:
            verdicts.extend(self._try(area, trials))
        noticed = sorted({verdict.test for verdict in verdicts if verdict.test is not None})
        for test in trials.prove(noticed):
            number = sum(verdict.test == test for verdict in verdicts)
            self.complaints.append(f"{session.items[test].nodeid} fails without a mutant, too; it killed {number}")
        return True

    def close(self) -> None:
        """Ends whatever it still has at work."""
        self._crew.disband()

    def _say(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def _look_on(self, items: Sequence[pytest.Item]) -> Seen:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="aion-mutation-") as folder:
            shares = shares_of(items, self._order.processes)
            results = [Path(folder, str(number)) for number, _ in enumerate(shares)]
            for share, result in zip(shares, results, strict=True):
                self._crew.work(partial(_look_on, self._order.root, items, share, result), self._looked)
            self._crew.finish()
            seen = collect(self._order.root, [result for result in results if result.exists()])
        for number in seen.failed:
            self.complaints.append(f"{items[number].nodeid} fails without a mutant; it is not asked")
        self._say(f"mutation: {len(seen.seconds)} tests looked on in {time.monotonic() - began:.0f} s")
        return seen

    def _looked(self, ended: Ended) -> None:
        if ended.status != 0:
            self.complaints.append(f"a share of the tests could not be looked on: status {ended.status}")

    def _try(self, area: Area, trials: Trials) -> list[Verdict]:
        mutants = [mutant for file in area.files for mutant in mutants_of(self._order.root, file)]
        tally = Tally(area, len(mutants))
        self.tallies.append(tally)
        if self._order.sample is not None and self._order.sample < len(mutants):
            chosen = random.Random(f"{self._order.seed}/{area.name}").sample(range(len(mutants)), self._order.sample)
            mutants = [mutants[number] for number in sorted(chosen)]
        began = time.monotonic()
        verdicts = trials.try_all(mutants, partial(self._count, tally))
        self._say(f"mutation: {area.name}, {len(mutants)} mutants in {time.monotonic() - began:.0f} s")
        return verdicts

    def _count(self, tally: Tally, verdict: Verdict) -> None:
        tally.fates[verdict.fate] += 1
        is_known = verdict.mutant.likeness in self._order.equivalent
        if verdict.fate is Fate.SURVIVED:
            if is_known:
                tally.equivalent += 1
            else:
                tally.survivors.append(verdict.mutant)
                self._say(f"  survived  {verdict.mutant}")
        elif verdict.fate is Fate.UNTRIED:
            self.complaints.append(f"it could not be tried, the work itself broke: {verdict.mutant}")
        elif is_known and verdict.fate is Fate.KILLED:
            self.complaints.append(f"it is called equivalent, and a test notices it: {verdict.mutant}")


def _look_on(root: Path, items: Sequence[pytest.Item], share: Sequence[int], result: Path, note: Note) -> int:
    note.write(len(share))
    record(root, items, share, result)
    return 0
